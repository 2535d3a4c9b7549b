"""What a contract takes from the company: head, clauses, logo and seal, each of its day."""

import base64
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from approvals.models import Decision, Status
from contracts.models import Contract
from files.actions import bytes_of
from files.models import CompanyPicture, PictureKind
from org.actions.company import HEAD
from tenancy.models import Company

SEALED = (Status.APPROVED, Status.SIGNED, Status.ARCHIVED)


def frozen_of(contract: Contract) -> dict[str, Any]:
    """T23: what a submission of now would freeze; empty parts are left out."""
    firm = Company.objects.get(pk=contract.company_id)
    owner = contract.owner
    found = {
        "head": {name: value for name in HEAD if (value := getattr(firm, name))},
        "terms": firm.terms.splitlines(),
        "drafted_by": f"{owner.name} {owner.employee_no}".strip(),
        "unit": contract.unit.name,
    }
    return {name: value for name, value in found.items() if value}


def taken(contract: Contract) -> dict[str, Any]:
    """Of a text that may still change the present, else what was frozen.

    Contracts from before anything was frozen show the company's present head.
    """
    if contract.is_open_to_edit:
        return frozen_of(contract)
    return contract.frozen if contract.frozen.get("head") else frozen_of(contract) | {"terms": []}


def pictures_of(contract: Contract) -> dict[str, CompanyPicture]:
    """CTR-1.4: the logo, and after the last approval the seal; a signed paper keeps its own."""
    moment = timezone.now()
    if contract.is_binding:
        signed = Decision.objects.filter(case_id=contract.case_id, verb="sign").order_by("-at")
        moment = signed.values_list("at", flat=True).first() or contract.case.decided_at or moment
    kinds = set(PictureKind.values)
    if contract.status not in SEALED:
        kinds.discard(PictureKind.SEAL)
    return {row.kind: row for row in CompanyPicture.objects.at(moment).filter(kind__in=kinds)}


def labelled(label: str, value: str | None) -> str:
    return f"{label} {value}" if value else ""


def place(head: dict[str, str]) -> str:
    parts = (head.get("address"), labelled(_("Telephone"), head.get("phone")))
    return "  ".join(part for part in parts if part)


def bank_rows(head: dict[str, str]) -> list[list[str]]:
    """Where the buyer pays to."""
    rows = ((_("Bank"), head.get("bank_name")), (_("Account number"), head.get("bank_account")))
    return [[label, value] for label, value in rows if value]


def drawn(picture: CompanyPicture) -> str:
    """As the layout can take it: the PNG inside a drawing, which is text."""
    size = f'width="{picture.width}" height="{picture.height}"'
    data = base64.b64encode(bytes_of(picture)).decode()
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" {size}>'
        f'<image {size} href="data:image/png;base64,{data}"/></svg>'
    )
