"""Celery shells: mail goes out; old notices go, once a day in every company."""

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from notices import actions
from tenancy.actions import claim
from tenancy.context import Origin, company
from tenancy.models import Company
from tenancy.params import today


@shared_task(name="notices.tidy")
def tidy() -> int:
    done = 0
    for pk in Company.objects.filter(is_active=True).values_list("pk", flat=True):
        with company(pk, came=Origin(channel="job")):
            if run := claim("notices.tidy", f"{today():%Y-%m-%d}"):
                run.did = actions.tidy()
                run.finished_at = timezone.now()
                run.save(update_fields=["did", "finished_at"])
                done += 1
    return done


@shared_task(name="notices.mail")
def mail() -> int:
    """Every minute: what is due is planned in each company, then sent one by one."""
    done = 0
    if not settings.HAS_MAIL:
        return done
    for pk in Company.objects.filter(is_active=True).values_list("pk", flat=True):
        with company(pk, came=Origin(channel="job")):
            actions.plan_mail()
            waiting = actions.waiting_mail()
        done += sum(actions.send_mail(pk, row) for row in waiting)
    return done
