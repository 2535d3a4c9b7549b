"""Who may open the figures; what they add up is limited to the rows the reader sees anyway."""

from typing import Any

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


@rule("figures.view")
def view(member: Member, obj: Any = None) -> Because:
    return holds(member, *READERS)
