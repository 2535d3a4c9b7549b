"""ORG-1.3: what each role may do on its unit and below; the one table of powers."""

from org.models import Role

PERMISSIONS: dict[str, tuple[str, ...]] = {
    Role.MANAGEMENT: ("see", "lead"),
    Role.DIRECTOR: ("see", "lead"),
    Role.REGIONAL_MANAGER: ("see", "lead"),
    Role.SUPERVISOR: ("see", "lead"),
    Role.REP: (),
    Role.FINANCE: ("see", "settle"),
    Role.SALES_OPS: ("see", "assist"),
    Role.MARKETING: (),
    Role.PRODUCTION: (),
    Role.LOGISTICS: (),
    Role.SERVICE: (),
    Role.HR: (),
    Role.ANALYST: ("see",),
    Role.COMPANY_ADMIN: ("administer",),
}

# From the front line upward: where an empty seat is looked for next (T8).
LADDER: tuple[str, ...] = (
    Role.SUPERVISOR,
    Role.REGIONAL_MANAGER,
    Role.DIRECTOR,
    Role.MANAGEMENT,
)

SELLING: frozenset[str] = frozenset(
    {Role.REP, Role.SUPERVISOR, Role.REGIONAL_MANAGER, Role.DIRECTOR}
)


def above(role: str) -> tuple[str, ...]:
    """The roles of the line that lead a role: all of them for one that is not in the line."""
    return LADDER[LADDER.index(role) + 1 :] if role in LADDER else LADDER
