"""The acts of the last days, collected in any order and done in that of time."""

import datetime as dt
from collections.abc import Callable
from typing import Any

from salesops.seed.clock import standing
from salesops.seed.history import Story

Step = tuple[dt.datetime, Callable[[], Any]]


class Morning:
    """Collects what is done when, and then does it in order."""

    def __init__(self, story: Story) -> None:
        self.story, self.steps, self.order = story, [], 0

    def add(self, moment: dt.datetime, act: Callable[[], Any]) -> None:
        self.order += 1
        self.steps.append((min(moment, self.story.now), self.order, act))

    def run(self) -> None:
        for moment, _order, act in sorted(self.steps, key=lambda step: step[:2]):
            with standing(moment):
                act()

    def ago(self, days: int, hour: int) -> dt.datetime:
        """An hour of a working day before today."""
        story = self.story
        left = story.workdays(story.today - dt.timedelta(days=days * 2 + 12), story.today)
        past = [day for day in left if day < story.today]
        return story.at(past[-days], hour)
