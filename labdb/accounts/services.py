"""The verbs of membership and access."""

from __future__ import annotations

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from labdb.accounts.models import ApiToken, Membership, Project, Role, User


def require_role(user: User | AnonymousUser, project: Project, least: Role = Role.RESEARCHER) -> None:
    """Refuse who may not write here.

    Raises:
        PermissionDenied: the user's role in the project is lower than `least`.
    """
    role = project.role_of(user)
    if role is None or role.rank < least.rank:
        raise PermissionDenied(f"This needs the role {least.label} in the project {project}; ask one of its managers.")


def researches(user: User) -> bool:
    """Whether the user is a researcher, or more, in any project."""
    roles = [role for role in Role if role.rank >= Role.RESEARCHER.rank]
    return user.is_superuser or Membership.objects.filter(user=user, role__in=roles).exists()


def require_researcher_anywhere(user: User, what: str) -> None:
    """Refuse who researches in no project, for what belongs to the whole lab.

    Args:
        what: "chemicals and lots".

    Raises:
        PermissionDenied: the user is a viewer everywhere, or a member nowhere.
    """
    if user.only_project_id is not None:
        raise PermissionDenied(f"This token is limited to one project; {what} belong to the whole lab.")
    if not researches(user):
        raise PermissionDenied(f"{what.capitalize()} are written by researchers; you have that role in no project.")


def is_manager(user: User, project: Project) -> bool:
    """Whether the user may change the project's members."""
    return user.is_superuser or Membership.objects.filter(project=project, user=user, manages=True).exists()


def require_manager(user: User, project: Project) -> None:
    """Refuse who may not change the members.

    Raises:
        PermissionDenied: the user does not manage the project.
    """
    if not is_manager(user, project):
        raise PermissionDenied(f"Only a manager of the project {project} may change its members.")


@transaction.atomic
def create_project(user: User, name: str, description: str = "", simulated: bool = False) -> Project:
    """A new project, managed by who made it."""
    project = Project.objects.create(name=name, description=description, simulated=simulated)
    Membership.objects.create(project=project, user=user, role=Role.RESEARCHER, manages=True)
    return project


@transaction.atomic
def set_member(by: User, project: Project, user: User, role: Role, manages: bool = False) -> Membership:
    """Add a member, or change one.

    Raises:
        PermissionDenied: `by` does not manage the project.
        ValueError: the change would leave the project without a manager.
    """
    require_manager(by, project)
    if not manages:
        _keep_a_manager(project, without=user)
    membership, _ = Membership.objects.update_or_create(
        project=project, user=user, defaults={"role": role, "manages": manages}
    )
    return membership


@transaction.atomic
def remove_member(by: User, project: Project, user: User) -> None:
    """Take a member out.

    Raises:
        PermissionDenied: `by` does not manage the project.
        ValueError: the last manager cannot go.
    """
    require_manager(by, project)
    _keep_a_manager(project, without=user)
    Membership.objects.filter(project=project, user=user).delete()


def _keep_a_manager(project: Project, without: User) -> None:
    managers = Membership.objects.select_for_update().filter(project=project, manages=True)
    if list(managers.values_list("user_id", flat=True)) == [without.pk]:
        raise ValueError(f"{without} is the only manager of {project}: name another one first.")


def revoke_token(token: ApiToken) -> None:
    """Make a token useless, at once; it stays listed. Revoking twice keeps the first time."""
    ApiToken.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=timezone.now())
