"""Celery shell: the heads of the chains are published outside the database."""

from celery import shared_task

from audit.verify import publish
from tenancy.context import company
from tenancy.models import Company


@shared_task(name="audit.publish_heads")
def publish_heads() -> int:
    published = 0
    for pk in Company.objects.filter(is_active=True).values_list("pk", flat=True):
        with company(pk):
            published += publish(pk)
    return published
