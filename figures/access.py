"""Who may open the figures; what they add up is limited to the rows the reader sees anyway."""

from typing import Any

from django.utils.translation import gettext_noop as N_

from kit.because import Because
from org.access import holds, rule
from org.models import Member, Role

READERS = (
    Role.MANAGEMENT,
    Role.DIRECTOR,
    Role.REGIONAL_MANAGER,
    Role.SUPERVISOR,
    Role.REP,
    Role.FINANCE,
    Role.SALES_OPS,
    Role.ANALYST,
)


@rule("figures.view", clauses="ORG-1.6", label=N_("See the figures of one's units"))
def view(member: Member, obj: Any = None) -> Because:
    return holds(member, *READERS)
