"""The synthesis floor as a Django app."""

from django.apps import AppConfig


class SynthesisConfig(AppConfig):
    name = "synthesis"
