"""Every number of the field rules as a dated parameter of the company: `param(key, on=day)`."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils import timezone

from kit.because import Refused
from kit.registry import bind
from tenancy.context import memo, required


@dataclass(frozen=True, slots=True)
class Declared:
    """What code knows of a parameter: its default, its bounds and the clause it details."""

    key: str
    default: Any
    label: str
    unit: str = ""
    low: Decimal | None = None
    high: Decimal | None = None
    clause: str = ""

    def check(self, value: Any) -> Any:
        """The value in the default's own type; Refused when it is out of bounds."""
        if not isinstance(self.default, Decimal | int) or isinstance(self.default, bool):
            return value
        number = Decimal(str(value))
        if (self.low is not None and number < self.low) or (
            self.high is not None and number > self.high
        ):
            raise Refused(f"{self.key}: {self.low} – {self.high}", code="out_of_bounds")
        return type(self.default)(number)


declared: dict[str, Declared] = {}


def declare(key: str, default: Any, label: str, **facts: Any) -> None:
    """Make a parameter known: unit, low, high and clause are optional."""
    known = declared[key] = Declared(key, default, label, **facts)
    if known.clause:
        bind(known.clause, "param", key, "shows")


def today() -> date:
    return timezone.localdate()


def values(on: date) -> Mapping[str, Any]:
    """All values the company has set for a day, in one query a transaction."""
    from tenancy.models import Param  # apps declare their parameters before models are loaded

    store = memo()
    key = ("params", required(), on)
    if key not in store:
        rows = Param.objects.filter(during__contains=on).values_list("key", "value")
        store[key] = dict(rows)
    return store[key]


def param(key: str, *, on: date | None = None) -> Any:
    """The value in force on a day (default today), in the type of the declared default."""
    known = declared[key]
    found = values(on or today())
    return known.check(found[key]) if key in found else known.default
