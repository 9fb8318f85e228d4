"""What every page's frame shows: navigation, projects, who is logged in."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse

from labdb.accounts.current import current_project
from labdb.accounts.models import Project, User
from labdb.release import version


@dataclass(frozen=True)
class Entry:
    """A line of the navigation; `g` and its key go there."""

    label: str
    url: str
    icon: str
    key: str
    current: bool


class Frame:
    """Asks the database only for what a page really draws."""

    version = version()  # "labdb 0.1.0"

    def __init__(self, request: HttpRequest) -> None:
        self.request = request

    @cached_property
    def navigation(self) -> list[Entry]:
        entries = [(label, reverse(name), icon, key) for label, name, icon, key in settings.NAVIGATION]
        path = self.request.path
        here = max((url for _, url, _, _ in entries if path.startswith(url)), key=len, default="")
        if here == "/" != path:
            here = ""
        return [Entry(label, url, icon, key, url == here) for label, url, icon, key in entries]

    @cached_property
    def project(self) -> Project | None:
        return current_project(self.request)

    @cached_property
    def projects(self) -> QuerySet[Project]:
        return Project.objects.visible_to(self.request.user)

    @cached_property
    def initials(self) -> str:
        user = self.request.user
        if not isinstance(user, User):
            return ""
        return (user.first_name[:1] + user.last_name[:1]) or user.username[:2]


def frame(request: HttpRequest) -> dict[str, Frame]:
    """A context processor."""
    return {"frame": Frame(request)}
