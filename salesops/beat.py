"""Celery's beat, for clocks that are set back."""

import math
import time

from celery.beat import PersistentScheduler


class Scheduler(PersistentScheduler):
    """What ran last lies in the future once the clock is set back: its rhythm begins anew.

    Celery's own would send nothing until the clock is where it was.
    """

    seen = math.inf

    def tick(self, *args: object, **kwargs: object) -> float:
        now = time.time()
        if now < self.seen:
            for entry in self.schedule.values():
                entry.last_run_at = min(entry.last_run_at, self.app.now())
            self._heap = None  # made anew from the entries
        self.seen = now
        return super().tick(*args, **kwargs)
