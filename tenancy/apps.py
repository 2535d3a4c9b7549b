"""Tenancy attaches its constraints to every company model as the class is made."""

from django.apps import AppConfig


class TenancyConfig(AppConfig):
    name = "tenancy"
