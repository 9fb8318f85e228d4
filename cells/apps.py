"""The cells floor as a Django app."""

from django.apps import AppConfig


class CellsConfig(AppConfig):
    name = "cells"
