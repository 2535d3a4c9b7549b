"""Celery shells: mail goes out; old notices go, once a day in every company."""

from celery import shared_task
from django.conf import settings

from notices import actions
from tenancy.context import Origin, company
from tenancy.jobs import beat, run_everywhere
from tenancy.models import Company


@shared_task(name="notices.tidy")
def tidy() -> int:
    return run_everywhere("notices.tidy")


@shared_task(name="notices.mail")
def mail() -> int:
    """Every minute: what is due is planned in each company, then sent one by one.

    When the mail server is away the rest waits for the next minute, so that runs do not pile up.
    """
    done = 0
    if not settings.HAS_MAIL:
        return done
    for pk in Company.objects.filter(is_active=True).values_list("pk", flat=True):
        with company(pk, came=Origin(channel="job")):
            planned = actions.plan_mail()
            waiting = actions.waiting_mail()
            beat("notices.mail", {"planned": planned})
        try:
            for row in waiting:
                done += actions.send_mail(pk, row)
        except actions.Unreachable:
            break
    return done
