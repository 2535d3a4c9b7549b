"""Start-up of the whole: binds every task to our broker, also in processes that only send."""
from importlib import import_module

from django.apps import AppConfig


class SalesopsConfig(AppConfig):
    name = "salesops"

    def ready(self):
        import_module("salesops.celery")
