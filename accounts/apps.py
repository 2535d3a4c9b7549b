"""Accounts: the login table and the door in front of it."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "accounts"
