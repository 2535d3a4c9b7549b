"""Celery shells: letters go out, what is over is let go."""

from celery import shared_task

from accounts import actions


@shared_task(name="accounts.tidy")
def tidy() -> int:
    return actions.tidy()


@shared_task(name="accounts.send_letters")
def send_letters() -> int:
    return actions.send_letters()
