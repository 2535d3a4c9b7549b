"""Django's entry for the kit: it only carries template tags and a catalogue of translations."""

from django.apps import AppConfig


class KitConfig(AppConfig):
    name = "kit"
