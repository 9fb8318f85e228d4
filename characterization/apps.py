"""The characterization floor as a Django app."""

from django.apps import AppConfig


class CharacterizationConfig(AppConfig):
    name = "characterization"
