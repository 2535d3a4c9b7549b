"""Colleagues, for the search everywhere."""

from collections.abc import Iterator
from urllib.parse import urlencode

from django.db.models import OuterRef, Subquery
from django.urls import reverse

from kit.names import normalise
from kit.search import Found, Sought, best
from org.models import Member, Post, Role

MOST_COLLEAGUES = 5000


def colleagues(member: Member, sought: Sought, limit: int) -> Iterator[Found]:
    """By name, in letters, pinyin or initials, or by staff number; with the first post."""
    if sought.is_empty:
        return
    active = Member.objects.visible_to(member).filter(is_active=True)
    names = active.order_by("name", "pk").values_list("pk", "name", "employee_no")
    fit = [row for row in names[:MOST_COLLEAGUES] if sought.fits(row[1], row[2])]
    first = [row[0] for row in best(fit, sought, name=lambda row: row[1])][:limit]
    posts = Post.objects.in_force().filter(member=OuterRef("pk"))
    posts = posts.order_by("is_acting", "starts_on", "id")
    people = active.filter(pk__in=first).annotate(
        role=Subquery(posts.values("role")[:1]), seat=Subquery(posts.values("unit__name")[:1])
    )
    rows = {row.pk: row for row in people}
    is_admin = bool(member.may("org.administer"))
    for row in (rows[pk] for pk in first):
        one = reverse("org:member", args=[row.pk])
        many = f"{reverse('org:members')}?{urlencode({'q': row.name})}"
        role = str(Role(row.role).label) if row.role else ""
        yield Found(
            label=row.name,
            url=one if is_admin else many,
            note=" · ".join(filter(None, (role, row.seat))),
            is_exact=bool(row.employee_no) and normalise(row.employee_no) == sought.key,
        )
