"""The table of the figures page as a file: same period, same limits, same sight."""

from collections.abc import Sequence

from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as N_

from desk.dashboard import KEYS, asked, seat_of, table
from figures.measures import measures
from figures.totals import Row
from files.exporters import Exporter, register
from kit.sheets.writing import Cell
from org.models import Member


def found(member: Member, filters: QueryDict) -> list[Row]:
    period, within, owner = asked(filters, timezone.localdate())
    return table(member, period, within, owner, seat_of(member))[1]


def ids(member: Member, filters: QueryDict) -> list[int]:
    """Places in the table: its lines are sums and have no numbers of their own."""
    return list(range(len(found(member, filters))))


def header(contacts: bool) -> list[str]:
    return [_("Region, team, person or month"), *(_(measures[key].label) for key in KEYS)]


def rows(
    member: Member, some: Sequence[int], contacts: bool, filters: QueryDict
) -> list[Sequence[Cell]]:
    lines = found(member, filters)
    return [
        [lines[n].label, *(lines[n].values[key] for key in KEYS)] for n in some if n < len(lines)
    ]


def ready() -> None:
    register(
        Exporter(
            kind="figures",
            label=N_("Figures"),
            rule="figures.view",
            contacts_rule="",
            ids=ids,
            header=header,
            rows=rows,
            url="desk:figures",
        )
    )
