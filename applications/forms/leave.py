"""请假申请: days off by halves, counted by the company's calendar; no two leaves share a day."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as N_

from applications.chain import declare
from applications.declaring import Form
from applications.fields import Choice, Days, Person, Text
from approvals.kinds import StepPlan
from org.models import Role
from tenancy.calendar import work_table

KINDS = {
    "annual": N_("Annual leave"),
    "sick": N_("Sick leave"),
    "personal": N_("Personal leave"),
    "marriage": N_("Marriage leave"),
    "family": N_("Maternity or paternity leave"),
    "bereavement": N_("Bereavement leave"),
    "in_lieu": N_("Time off in lieu"),
}
# the company's own: longer ones go one step further
LONG = ({"fact": "workdays", "op": "ge", "value": "3.5"},)


def check(said: Mapping[str, Any], application: Any) -> dict[str, str]:
    days = said["days"]
    if not days.workdays(work_table()):
        return {"days_last": _("There is no working day among them.")}
    if other := application.meeting(said):
        text = _("These days are taken already: %(name)s (%(state)s).")
        return {"days_first": text % {"name": other, "state": other.state.label}}
    return {}


declare(
    Form(
        key="leave",
        label=N_("Leave request"),
        help=N_("Annual, sick, personal and other leave, by days and halves of a day."),
        icon="beach",
        number="QJ-{yyyyMM}-{n:04}",
        named=("kind", "days"),
        fields=(
            Choice("kind", N_("Kind of leave"), options=KINDS),
            Days("days", N_("Days of leave"), halves=True),
            Text("reason", N_("Reason"), rows=3, most=500),
            Person("stand_in", N_("Who stands in meanwhile"), required=False),
        ),
        check=check,
        plan=(
            StepPlan(1, "supervisor", N_("Supervisor review"), Role.SUPERVISOR, ""),
            StepPlan(2, "regional_manager", N_("Regional manager approval"),
                     Role.REGIONAL_MANAGER, "", is_fixed=False, conditions=LONG),
        ),
    )
)  # fmt: skip
