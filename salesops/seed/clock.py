"""A clock that stands where the story stands, so that the real actions write past days."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from unittest import mock

from django.utils import timezone


@contextmanager
def standing(moment: dt.datetime) -> Iterator[None]:
    """Inside, `timezone.now()` is the moment, also where a model has it as its default."""

    class Standing(dt.datetime):
        @classmethod
        def now(cls, tz: dt.tzinfo | None = None) -> dt.datetime:
            return moment.astimezone(tz)

    with mock.patch.object(timezone, "datetime", Standing):
        yield
