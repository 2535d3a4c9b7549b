"""Celery shells: mail goes out; old notices go, once a day in every company."""

from celery import shared_task
from django.conf import settings

from notices import actions
from tenancy.calendar import working
from tenancy.jobs import beat, look_everywhere, run_everywhere


@shared_task(name="notices.tidy")
def tidy() -> int:
    return run_everywhere("notices.tidy")


@shared_task(name="notices.mail")
def mail() -> int:
    """Every minute: what is due is planned in each company, then sent one by one.

    When the mail server is away the rest waits for the next minute, so that runs do not pile up.
    """
    if not settings.HAS_MAIL:
        return 0
    away: list[Exception] = []

    def post(pk: int) -> int:
        with working(pk):
            planned = actions.plan_mail()
            waiting = actions.waiting_mail()
            beat("notices.mail", {"planned": planned})
        done = 0
        try:
            for row in () if away else waiting:
                done += actions.send_mail(pk, row)
        except actions.Unreachable as error:
            away.append(error)
        return done

    return look_everywhere("notices.mail", post)
