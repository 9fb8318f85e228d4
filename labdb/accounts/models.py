"""Who works here, on which project, in which role."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime
from typing import Any, ClassVar, Self

from django.conf import settings
from django.contrib.auth.models import AbstractUser, AnonymousUser
from django.db import models
from django.urls import reverse
from django.utils import timezone


class User(AbstractUser):
    """A person. `AbstractUser` has the name, the e-mail, the password."""

    # Set for the length of one request by a token that is limited to a project.
    only_project_id: int | None = None

    def __str__(self) -> str:
        return self.get_full_name() or self.username


class Role(models.TextChoices):
    """What a member may do; each role may also do what those before it may."""

    VIEWER = "viewer", "viewer"
    RESEARCHER = "researcher", "researcher"
    VERIFIER = "verifier", "verifier"
    QA_RELEASER = "qa_releaser", "QA releaser"

    @property
    def rank(self) -> int:
        return list(Role).index(self)


class ProjectQuerySet(models.QuerySet):
    """Rows that belong to a project. The one place that says who may see a row."""

    # The way from the row to its project.
    project_path: ClassVar[str] = "project"

    def visible_to(self, user: User | AnonymousUser) -> Self:
        """The rows of the projects that the user is a member of (all rows for an administrator)."""
        return self._of_projects(user, Role.VIEWER)

    def editable_by(self, user: User | AnonymousUser) -> Self:
        """The visible rows that the user's role allows to change."""
        return self._of_projects(user, Role.RESEARCHER)

    def _of_projects(self, user: User | AnonymousUser, least: Role) -> Self:
        if not isinstance(user, User) or not user.is_active:
            return self.none()
        path = self.project_path
        rows = self
        if user.only_project_id is not None:
            rows = rows.filter(**{path: user.only_project_id})
        if user.is_superuser:
            return rows
        roles = [role for role in Role if role.rank >= least.rank]
        projects = Membership.objects.filter(user=user, role__in=roles).values("project_id")
        return rows.filter(**{f"{path}__in": projects})


class OwnProjectQuerySet(ProjectQuerySet):
    project_path = "pk"


class Project(models.Model):
    """The unit of visibility."""

    name = models.CharField(max_length=200, unique=True)
    description = models.TextField(blank=True)
    simulated = models.BooleanField(default=False, help_text="Its files were simulated, not measured.")
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = OwnProjectQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["name"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("project", args=[self.pk])

    def role_of(self, user: User | AnonymousUser) -> Role | None:
        """The user's role here; an administrator without a membership acts as researcher."""
        if not isinstance(user, User) or not user.is_active:
            return None
        if user.only_project_id not in (None, self.pk):
            return None
        membership = Membership.objects.filter(project=self, user=user).first()
        if membership:
            return Role(membership.role)
        return Role.RESEARCHER if user.is_superuser else None


class Membership(models.Model):
    """A person in a project."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="memberships")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=20, choices=Role.choices, default=Role.RESEARCHER)
    manages = models.BooleanField(default=False, help_text="May add, change and remove members.")

    class Meta:
        ordering: ClassVar = ["user__last_name", "user__username"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["project", "user"], name="one_role_a_member")]

    def __str__(self) -> str:
        return f"{self.user}: {self.get_role_display()} in {self.project}"


def digest(secret: str) -> str:
    """What is kept of a token: it has 256 random bits, so a plain hash cannot be turned back."""
    return hashlib.sha256(secret.encode()).hexdigest()


class ApiTokenQuerySet(models.QuerySet):
    def usable(self) -> Self:
        return self.filter(revoked_at=None, expires_at__gt=timezone.now(), user__is_active=True)


class ApiToken(models.Model):
    """A personal key for scripts; the secret is shown once and only its hash is kept."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="api_tokens")
    name = models.CharField(max_length=100)
    prefix = models.CharField(max_length=12, help_text="The first characters, to tell tokens apart.")
    digest = models.CharField(max_length=64, unique=True, editable=False)
    read_only = models.BooleanField(default=True)
    project = models.ForeignKey(Project, models.CASCADE, null=True, blank=True, help_text="Limited to this project.")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    expires_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True, editable=False)
    revoked_at = models.DateTimeField(null=True, editable=False)

    objects = ApiTokenQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"

    @classmethod
    def create(cls, user: User, name: str, expires_at: datetime, **limits: Any) -> tuple[ApiToken, str]:
        """A new token and its secret, which cannot be had again."""
        secret = f"labdb_{secrets.token_urlsafe(32)}"
        token = cls.objects.create(
            user=user, name=name, prefix=secret[:12], digest=digest(secret), expires_at=expires_at, **limits
        )
        return token, secret

    @property
    def state(self) -> str:
        if self.revoked_at:
            return "revoked"
        return "expired" if self.expires_at <= timezone.now() else "active"
