"""The standing cast: two companies with the same people, made once into the template database."""

from datetime import date

from accounts.models import User
from org import actions
from org.models import Member, Role, Unit
from tenancy.context import company
from tenancy.models import Company

SINCE = date(2024, 1, 1)
CANARIES = {"acme": "CANARY-ACME-7f3a9c", "rival": "CANARY-RIVAL-d41e6b"}

# name -> (unit, role); a disabled member has a post like everybody else
PEOPLE = {
    "management": ("root", Role.MANAGEMENT),
    "director": ("root", Role.DIRECTOR),
    "finance": ("root", Role.FINANCE),
    "finance2": ("root", Role.FINANCE),
    "secretary": ("root", Role.SALES_OPS),
    "admin": ("root", Role.COMPANY_ADMIN),
    "east_manager": ("east", Role.REGIONAL_MANAGER),
    "west_manager": ("west", Role.REGIONAL_MANAGER),
    "east_supervisor": ("east_one", Role.SUPERVISOR),
    "west_supervisor": ("west_one", Role.SUPERVISOR),
    "east_rep": ("east_one", Role.REP),
    "east_rep2": ("east_one", Role.REP),
    "bare_rep": ("east_two", Role.REP),
    "west_rep": ("west_one", Role.REP),
    "disabled": ("east_one", Role.REP),
}
UNITS = {
    "east": ("root", Unit.Kind.REGION, "HD", "华东大区"),
    "west": ("root", Unit.Kind.REGION, "XB", "西北大区"),
    "east_one": ("east", Unit.Kind.TEAM, "HD1", "华东一组"),
    "east_two": ("east", Unit.Kind.TEAM, "HD2", "华东二组"),
    "west_one": ("west", Unit.Kind.TEAM, "XB1", "西北一组"),
}


def build(slug: str) -> Company:
    """One company with tree, people, posts and grants."""
    firm = actions.found(f"{slug.title()} 工业有限公司", slug=slug)
    with company(firm.pk):
        units = {
            "root": actions.add_unit(firm.name, parent=None, kind=Unit.Kind.COMPANY, code=slug[:3])
        }
        for key, (parent, kind, code, name) in UNITS.items():
            units[key] = actions.add_unit(name, parent=units[parent], kind=kind, code=code)
        for key, (unit, role) in PEOPLE.items():
            user = User(login=f"{key}@{slug}.example", email=f"{key}@{slug}.example")
            user.set_unusable_password()
            user.save()
            member = actions.add_member(user, name=f"{slug}.{key}", employee_no=key)
            actions.start_post(member, unit=units[unit], role=role, starts_on=SINCE)
        actions.disable(Member.objects.get(employee_no="disabled"), by=None)
    return firm


def main() -> None:
    """Called once when the template is built."""
    for slug in CANARIES:
        build(slug)
