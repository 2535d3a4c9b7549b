"""用印申请: a paper to be sealed; for an amount finance looks too, and originals come back."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as N_

from applications.chain import declare
from applications.declaring import Form
from applications.fields import Amount, Choice, Day, Number, Text, YesNo
from approvals.kinds import StepPlan
from org.models import Role

SEALS = {
    "company": N_("Company seal"),
    "contract": N_("Contract seal"),
    "finance": N_("Finance seal"),
    "legal": N_("Seal of the legal representative"),
}


def check(said: Mapping[str, Any], _application: Any) -> dict[str, str]:
    if said["is_outside"] and not said["back_on"]:
        return {"back_on": _("Say when the seal comes back.")}
    return {}


declare(
    Form(
        key="seal",
        label=N_("Use of the seal"),
        help=N_("One paper to be sealed; attach it as it is to be sealed."),
        icon="rubber-stamp",
        number="YY-{yyyyMM}-{n:04}",
        named=("seal", "paper"),
        party="receiver",
        fields=(
            Choice("seal", N_("Which seal"), options=SEALS),
            Text("paper", N_("Paper to be sealed")),
            Text("receiver", N_("Who receives it")),
            Number("copies", N_("Copies"), low=1, high=99),
            Amount("amount", N_("Amount in it"), required=False),
            YesNo("is_outside", N_("The seal leaves the house")),
            Day("back_on", N_("Back on"), required=False),
        ),
        check=check,
        plan=(
            StepPlan(1, "supervisor", N_("Supervisor review"), Role.SUPERVISOR, "", hours=8),
            StepPlan(2, "finance", N_("Finance check"), Role.FINANCE, "", hours=8),
        ),
    )
)
