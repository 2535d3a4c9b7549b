"""The Celery application: at-least-once work, no results, no waiting."""
import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "salesops.settings")

app = Celery("salesops", task_cls="salesops.watch:Watched")
app.conf.update(
    task_acks_late=True,
    task_reject_on_worker_lost=True,    # a killed child's task runs again at once
    task_ignore_result=True,
    task_store_errors_even_if_ignored=False,
    result_backend=None,                # with one, a request waits 25 s when Redis is down
    task_serializer="json",
    accept_content=["json"],
    task_publish_retry=False,
    task_publish_retry_policy={"max_retries": 0, "interval_start": 0, "interval_step": 0},
    broker_connection_retry_on_startup=True,
    broker_transport_options={
        "socket_connect_timeout": 1, "socket_timeout": 30,
        "max_retries": 0, "interval_start": 0, "interval_step": 0},
    worker_prefetch_multiplier=1,
    worker_hijack_root_logger=False,
)
# broker, time zone and schedule come from the settings
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
