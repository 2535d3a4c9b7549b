"""Celery shell: the heads of the chains are published outside the database."""

from celery import shared_task

from audit.verify import publish
from tenancy.calendar import working
from tenancy.jobs import look_everywhere


@shared_task(name="audit.publish_heads")
def publish_heads() -> int:
    return look_everywhere("audit.publish_heads", _publish)


def _publish(pk: int) -> int:
    with working(pk):
        return publish(pk)
