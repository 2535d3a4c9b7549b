"""Audit stores bare ids and frozen names, so that history outlives what it speaks of."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "audit"
