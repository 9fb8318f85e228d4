"""The verbs of templates of cells."""

from __future__ import annotations

from django.db import transaction

from cells.assembly.models import CellTemplate
from labdb.accounts.models import User
from labdb.accounts.services import require_role
from labdb.history import because


@transaction.atomic
def save_template(template: CellTemplate, user: User) -> None:
    """Save a new or changed template. Cells that began with it stay as they are.

    Raises:
        PermissionDenied: the user may not write in the project.
    """
    require_role(user, template.project)
    if template.pk is None:
        template.created_by = user
    because(template, user)
    template.save()


@transaction.atomic
def remove_template(template: CellTemplate, user: User) -> None:
    """Remove a template; the history keeps it.

    Raises:
        PermissionDenied: the user may not write in the project.
    """
    require_role(user, template.project)
    because(template, user)
    template.delete()
