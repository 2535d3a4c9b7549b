"""T16: the contract list as a table, through the same sight and filters as on the page."""

from collections.abc import Sequence

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as N_

from contracts.filters import ContractFilter
from contracts.models import Contract
from files.exporters import Exporter, register
from kit.sheets.writing import Cell
from org.models import Member

HEADINGS = (
    N_("Number"),
    N_("Title"),
    N_("Customer"),
    N_("Tier"),
    N_("Owner"),
    N_("Unit"),
    N_("Status"),
    N_("Contract amount"),
    N_("Amount without tax"),
    N_("Delivery date"),
    N_("Valid from"),
    N_("Valid to"),
    N_("Signed on"),
    N_("Archive number"),
)


def ids(member: Member, filters: QueryDict) -> list[int]:
    """Exactly the rows that the list shows to the member with these filters."""
    rows = ContractFilter(filters, Contract.objects.visible_to(member)).qs
    return list(rows.order_by("-updated_at", "-id").values_list("pk", flat=True))


def header(contacts: bool) -> list[str]:
    return [_(text) for text in HEADINGS]


def rows(
    member: Member, some: Sequence[int], contacts: bool, filters: QueryDict
) -> list[Sequence[Cell]]:
    found = Contract.objects.visible_to(member).filter(pk__in=some)
    by_pk = {c.pk: c for c in found.select_related("customer", "owner", "unit")}
    return [row(by_pk[pk]) for pk in some if pk in by_pk]


def row(contract: Contract) -> list[Cell]:
    return [
        contract.number,
        contract.title,
        contract.customer.name,
        contract.customer.tier,
        contract.owner.name,
        contract.unit.name,
        str(contract.state.label),
        contract.gross_amount,
        contract.net_amount,
        contract.delivery_on,
        contract.starts_on,
        contract.ends_on,
        contract.signed_on,
        contract.archive_number,
    ]


def ready() -> None:
    register(
        Exporter(
            kind="contracts.contract",
            label=N_("Contracts"),
            rule="contracts.list",
            contacts_rule="",
            ids=ids,
            header=header,
            rows=rows,
            url="contracts:list",
            model="contracts.Contract",
        )
    )
