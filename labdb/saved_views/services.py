"""The verbs of saved views."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import QueryDict
from django.urls import NoReverseMatch, reverse

from labdb.accounts.models import Project, User
from labdb.accounts.services import require_role
from labdb.saved_views.models import SavedView

# What an address says of the moment, not of the view.
MOMENTARY = ("page", "as", "format", "csrfmiddlewaretoken")


@transaction.atomic
def save_view(user: User, page: str, name: str, query: str, project: Project | None = None) -> SavedView:
    """Keep a view; one of the same name for the same list is replaced.

    Args:
        page: the list, by the name of its address.
        query: as in the address; what belongs to the moment (page, format) is left out.
        project: shared with its members.

    Raises:
        PermissionDenied: the user may not write in the project.
        ValueError: there is no such list, or no name.
    """
    if project is not None:
        require_role(user, project)
    name = name.strip()[:100]
    if not name:
        raise ValueError("Give the view a name.")
    try:
        reverse(page)
    except NoReverseMatch:
        raise ValueError(f"There is no list {page}.") from None
    said = QueryDict(query.removeprefix("?"), mutable=True)
    for key in [key for key in said if key in MOMENTARY or not any(said.getlist(key))]:
        del said[key]
    view, _ = SavedView.objects.update_or_create(
        owner=user, page=page, name=name, defaults={"query": said.urlencode(), "project": project}
    )
    return view


def remove_view(view: SavedView, user: User) -> None:
    """
    Raises:
        PermissionDenied: the view is somebody else's.
    """
    if view.owner_id != user.pk:
        raise PermissionDenied(f"The view {view} is {view.owner}'s; only they remove it.")
    view.delete()
