"""What the story is told with: the firm, the dice, the moment, and what is to be logged."""

import datetime as dt
import random
from dataclasses import dataclass, field
from typing import Any

from django.db import models

from contracts.models import Contract, Product
from customers.models import Customer
from kit.calendar import is_workday
from org.models import Member
from salesops.seed.firm import Firm
from tenancy.calendar import work_table, zone


@dataclass(frozen=True, slots=True)
class Act:
    """One line of the log to be."""

    at: dt.datetime
    verb: str
    by: Member
    obj: models.Model
    before: dict[str, Any] = field(default_factory=dict)
    after: dict[str, Any] = field(default_factory=dict)
    note: str = ""


@dataclass(slots=True)
class Story:
    """The firm, the dice, the present moment, and what is to be logged."""

    firm: Firm
    dice: random.Random
    now: dt.datetime
    days: int = 400  # how long ago the first customers were won
    acts: list[Act] = field(default_factory=list)
    products: list[Product] = field(default_factory=list)
    customers: list[Customer] = field(default_factory=list)

    def noted(self, text: str = "") -> str:
        """A free text, with the company's canary when it has one."""
        return f"{text} {self.firm.canary}".strip()

    def at(self, day: dt.date, hour: int | None = None) -> dt.datetime:
        """A moment of a working day in the company's zone."""
        time = dt.time(hour or self.dice.randint(9, 17), self.dice.randint(0, 59))
        return dt.datetime.combine(day, time, zone())

    def workdays(self, first: dt.date, last: dt.date) -> list[dt.date]:
        days = (first + dt.timedelta(n) for n in range((last - first).days + 1))
        return [day for day in days if is_workday(day, work_table())]

    @property
    def today(self) -> dt.date:
        return self.now.astimezone(zone()).date()


@dataclass(slots=True)
class Paper:
    """One contract of the past and the days of its life."""

    contract: Contract
    rows: list[dict[str, Any]]
    plan: list[dict[str, Any]]
    end: str
    drafted: dt.datetime
    days: list[dt.date]
