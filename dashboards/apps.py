"""The dashboards floor as a Django app."""

from django.apps import AppConfig


class DashboardsConfig(AppConfig):
    name = "dashboards"
