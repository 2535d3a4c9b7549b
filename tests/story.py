"""A short history for the cast, told by the seed: rows in many states without the real actions."""

import datetime as dt
import random

from django.utils import timezone

from salesops.seed import history
from salesops.seed.firm import Firm, Person
from salesops.seed.story import Story
from tenancy.calendar import zone
from tests.cast import PEOPLE, UNITS


def told(cast, customers=30, contracts=16, days=90):
    """The cast's company with customers, contracts and visits of its reps."""
    from contracts.actions import seed_vat_rates

    seed_vat_rates()
    units = {key: cast.unit(key) for key in ("root", *UNITS)}
    people = [
        Person(getattr(cast, name), role, units[unit], "", "")
        for name, (unit, role) in PEOPLE.items()
        if name != "disabled"
    ]
    firm = Firm(cast.company, units, people, cast.canary)
    story = Story(firm, random.Random(7), timezone.now().astimezone(zone()), days=days)
    history.add_products(story)
    history.add_customers(story, customers)
    first = story.today - dt.timedelta(days)
    history.add_contracts(story, contracts, first=first, last=story.today)
    history.add_visits(story, until=story.today - dt.timedelta(1), days=days, rate=0.3)
    history.write_log(story)
    return story
