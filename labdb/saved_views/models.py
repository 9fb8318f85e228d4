"""Views of lists that are worth keeping: filters, columns and order under a name."""

from __future__ import annotations

from typing import ClassVar, Self

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.urls import reverse
from django.utils import timezone

from labdb.accounts.models import Project, User


class SavedViewQuerySet(models.QuerySet):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Those of the person, and those that a project of theirs shares."""
        if not isinstance(user, User):
            return self.none()
        shared = models.Q(project__in=Project.objects.visible_to(user))
        return self.filter(shared if user.only_project_id else shared | models.Q(owner=user))


class SavedView(models.Model):
    """The address of a list without its page: `?state=failed&sort=-name`, under a name."""

    page = models.CharField(max_length=60, help_text="The list, by the name of its address: batch-list.")
    name = models.CharField(max_length=100)
    query = models.TextField(blank=True, help_text="Filters, columns and order, as in the address.")
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="saved_views")
    project = models.ForeignKey(
        Project,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="saved_views",
        help_text="Whose members see it too.",
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = SavedViewQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["name", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["owner", "page", "name"],
                name="view_name_once_a_list",
                violation_error_message="You have a view of that name for this list already.",
            )
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return f"{reverse(self.page)}?{self.query}"
