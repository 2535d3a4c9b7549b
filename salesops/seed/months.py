"""The last months of the demo, closed one after the other as the clock would have done it."""

import datetime as dt

from customers.models import Visit
from kit.calendar import shifted
from kpi import actions
from kpi.models import Period, Review
from salesops.seed import words
from salesops.seed.clock import standing
from salesops.seed.history import Story, one_visit, write_log
from tenancy.calendar import zone

MONTHS = 6
SAID = 4


def close(story: Story, months: int = MONTHS) -> None:
    """Some frozen months, the last one with comments, and the running month."""
    this = story.today.replace(day=1)
    begin = shifted(this, -months)
    step(dt.datetime.combine(begin, dt.time(0, 10), zone()))
    for back in range(months - 1, -1, -1):
        month = shifted(this, -back)
        step(dt.datetime.combine(month, dt.time(0, 10), zone()))
        over = actions.collects_until(shifted(month, -1)) + dt.timedelta(1)
        if over <= story.today:
            step(dt.datetime.combine(over, dt.time(0, 10), zone()))
            late(story, shifted(month, -1))
    write_log(story)
    comments(story)


def step(moment: dt.datetime) -> None:
    with standing(moment):
        while actions.advance(moment, is_told=False):
            pass


def late(story: Story, month: dt.date) -> None:
    """A visit of a frozen month that was written down afterwards."""
    person = story.firm.reps()[0]
    known = [c for c in story.customers if c.owner_id == person.member.pk]
    day = shifted(month, 1) - dt.timedelta(2)
    known = [c for c in known if c.created_at.date() < day]
    if known:
        visit = one_visit(story, known[0], person, story.at(day, 15))
        Visit.objects.bulk_create([visit])


def comments(story: Story) -> None:
    """Some people of the month frozen last speak, and their leaders answer."""
    period = Period.objects.frozen().first()
    if period is None:
        return
    reviews = Review.objects.filter(period=period, role="rep").select_related(
        "owner", "period", "unit"
    )
    for place, review in enumerate(reviews.order_by("owner_id")[:SAID]):
        said = story.noted(words.SAID[place % len(words.SAID)])
        with standing(period.frozen_at + dt.timedelta(hours=10 + place)):
            actions.comment(review, text=said, by=review.owner)
        boss = min(actions.superiors(review), default=None)
        if boss is not None and place < SAID - 1:
            by = next(p.member for p in story.firm.people if p.member.pk == boss)
            with standing(period.frozen_at + dt.timedelta(hours=33 + place)):
                answer = words.ANSWERED[place % len(words.ANSWERED)]
                actions.comment(review, text=story.noted(answer), by=by)
