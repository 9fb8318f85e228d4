"""Who may see and change what: Ada owns, Ben shares her project, Cleo may see nothing."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied

from cells.assembly.models import Cell
from labdb.accounts.models import Membership, Project, Role
from labdb.accounts.services import create_project, remove_member, require_role, set_member


def test_members_see_their_project_and_outsiders_nothing(cell, ada, ben, cleo):
    assert list(Cell.objects.visible_to(ada)) == [cell]
    assert list(Cell.objects.visible_to(ben)) == [cell]
    assert not Cell.objects.visible_to(cleo).exists()
    assert not Cell.objects.visible_to(AnonymousUser()).exists()
    assert not Project.objects.visible_to(cleo).exists()


def test_a_viewer_changes_nothing(cell, ada, ben):
    assert Cell.objects.editable_by(ada).exists()
    assert not Cell.objects.editable_by(ben).exists()


def test_a_person_who_left_sees_nothing(cell, ada):
    ada.is_active = False
    assert not Cell.objects.visible_to(ada).exists()
    assert cell.project.role_of(ada) is None


def test_a_token_limited_to_a_project_sees_only_that(cell, ada):
    ada.only_project_id = create_project(ada, "Another").pk
    assert not Cell.objects.visible_to(ada).exists()
    assert cell.project.role_of(ada) is None
    assert [str(p) for p in Project.objects.visible_to(ada)] == ["Another"]


def test_each_role_may_what_those_before_it_may(project, ben, ada):
    set_member(ada, project, ben, Role.QA_RELEASER)
    for role in Role:
        require_role(ben, project, role)
    set_member(ada, project, ben, Role.RESEARCHER)
    with pytest.raises(PermissionDenied, match="needs the role verifier"):
        require_role(ben, project, Role.VERIFIER)


def test_only_a_manager_changes_members(project, ada, ben, cleo):
    with pytest.raises(PermissionDenied):
        set_member(ben, project, ben, Role.QA_RELEASER)
    with pytest.raises(PermissionDenied):
        set_member(cleo, project, cleo, Role.VIEWER)
    set_member(ada, project, cleo, Role.VIEWER)
    assert Membership.objects.filter(project=project).count() == 3


def test_the_last_manager_stays(project, ada, ben):
    with pytest.raises(ValueError, match="only manager"):
        remove_member(ada, project, ada)
    with pytest.raises(ValueError, match="only manager"):
        set_member(ada, project, ada, Role.VIEWER)
    remove_member(ada, project, ben)
    assert project.role_of(ben) is None
