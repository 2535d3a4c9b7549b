"""List and check are the same rule, over random trees, posts, shares and moves."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import User
from customers.models import Customer
from org import actions
from org.access import after, sees
from org.models import Member, Role, Unit

ROLES = [
    Role.REP, Role.SUPERVISOR, Role.REGIONAL_MANAGER, Role.DIRECTOR, Role.FINANCE, Role.ANALYST,
    Role.COMPANY_ADMIN, Role.SALES_OPS,
]  # fmt: skip


def customer(owner, unit, name):
    return Customer.objects.create(name=name, owner=owner, unit=unit, org_path=unit.path)


def independent(member, obj, units):
    """The manual's words, written again without paths: own, or a leader above it in the tree."""
    if obj.owner_id == member.pk:
        return True
    above, unit = set(), units[obj.unit_id]
    while unit is not None:
        above.add(unit.pk)
        unit = units.get(unit.parent_id)
    seeing = {
        Role.SUPERVISOR, Role.REGIONAL_MANAGER, Role.DIRECTOR, Role.MANAGEMENT, Role.FINANCE,
        Role.SALES_OPS, Role.ANALYST,
    }  # fmt: skip
    today = timezone.localdate()
    return any(
        post.unit_id in above
        and post.role in seeing
        and (post.ends_on is None or post.ends_on >= today)
        for post in member.posts.all()
    )


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(data=st.data())
def test_list_and_check_agree_over_random_trees(acme, data):
    """ORG-1.1: the tree decides what is seen."""
    # every example starts from the same rows
    with transaction.atomic():
        agree(acme, data)
        transaction.set_rollback(True)


def agree(acme, data):
    root = acme.unit("root")
    tag = "x"
    units = [root]
    for n in range(data.draw(st.integers(1, 6))):
        parent = data.draw(st.sampled_from(units))
        units.append(actions.add_unit(f"u{tag}-{n}-{len(units)}", parent=parent, kind="team"))
    members = []
    for n in range(data.draw(st.integers(1, 4))):
        user = User.objects.create(login=f"{tag}-{n}")
        member = actions.add_member(user, name=f"m{n}")
        for role in data.draw(st.lists(st.sampled_from(ROLES), min_size=1, max_size=2)):
            post = actions.start_post(
                member,
                unit=data.draw(st.sampled_from(units)),
                role=role,
                starts_on=timezone.localdate() - timedelta(days=9),
            )
            if data.draw(st.integers(0, 4)) == 0:
                actions.end_post(post, by=None, ends_on=timezone.localdate() - timedelta(days=1))
        members.append(member)
    made = [
        customer(data.draw(st.sampled_from(members)), data.draw(st.sampled_from(units)), f"c{n}")
        for n in range(data.draw(st.integers(1, 8)))
    ]
    by_id = {unit.pk: unit for unit in Unit.objects.all()}
    for member in (Member.objects.get(pk=m.pk) for m in members):
        listed = set(
            Customer.objects.visible_to(member)
            .filter(pk__in=[c.pk for c in made])
            .values_list("pk", flat=True)
        )
        checked = {c.pk for c in made if sees(member, c)}
        wanted = {c.pk for c in made if independent(member, c, by_id)}
        assert listed == checked == wanted


@pytest.mark.parametrize(
    ("path", "inside", "outside"),
    [("000001/", "000001/000009/", "000010/"), ("000001/000002/", "000001/000002/", "000001/")],
)
def test_a_range_holds_exactly_the_subtree(path, inside, outside):
    assert path <= inside < after(path)
    assert not path <= outside < after(path)


def test_every_visible_record_can_say_why(acme):
    one = customer(acme.east_rep, acme.unit("east_one"), "甲")
    for who in ("director", "east_manager", "east_supervisor", "east_rep", "finance", "secretary"):
        because = sees(getattr(acme, who), one)
        assert because, who
        assert str(because), who
    for who in ("west_manager", "west_rep", "east_rep2", "bare_rep", "admin"):
        because = sees(getattr(acme, who), one)
        assert not because, who
        assert str(because), who


def test_a_disabled_member_keeps_no_grant_and_no_token(acme):
    from org.models import ApiToken, UnitGrant

    actions.make_token(acme.east_manager, name="t", by=acme.east_manager)
    actions.disable(acme.east_manager, by=acme.admin)
    assert not UnitGrant.objects.filter(user=acme.east_manager.user).exists()
    assert not ApiToken.objects.filter(member_id=acme.east_manager.pk, revoked_at=None).exists()


def test_an_ended_post_ends_its_sight(acme):
    one = customer(acme.east_rep, acme.unit("east_one"), "乙")
    assert sees(acme.anew("east_supervisor"), one)
    post = acme.east_supervisor.posts.get()
    actions.end_post(post, by=acme.admin, ends_on=timezone.localdate() - timedelta(days=1))
    assert not sees(acme.anew("east_supervisor"), one)


def test_only_the_one_rule_asks_guardian():
    """guardian's own checkers ignore the date a grant ends; groups would leave the company."""
    from pathlib import Path

    base = Path(__file__).resolve().parents[2]
    users = {
        str(path.relative_to(base))
        for app in ("accounts", "approvals", "audit", "contracts", "customers", "desk", "figures",
                    "files", "kit", "org", "salesops", "tenancy")
        for path in (base / app).rglob("*.py")
        if "guardian." in path.read_text() and "migrations" not in path.parts
    }  # fmt: skip
    assert users <= {"org/models.py", "customers/models/keeping.py", "salesops/settings.py"}


def test_guardians_generic_tables_stay_empty(acme):
    from guardian.models import GroupObjectPermission, UserObjectPermission

    assert not GroupObjectPermission.objects.exists()
    assert not UserObjectPermission.objects.exists()
