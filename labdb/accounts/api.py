"""Projects, their members, and who asks."""

from __future__ import annotations

from typing import Any, cast

from django.db.models import OuterRef, QuerySet, Subquery
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.validators import UniqueValidator
from rest_framework.views import APIView

from labdb.accounts.models import ApiToken, Membership, Project, Role, User
from labdb.accounts.services import create_project, remove_member, require_manager, set_member
from labdb.api.errors import Conflict
from labdb.api.filters import BOOLEAN, INTEGER, MOMENT, TEXT, contains, exact, ranged
from labdb.api.viewsets import RowViewSet


def person(request: Request) -> User:
    """Who asks; every address of the API needs somebody."""
    return cast(User, request.user)


class ProjectRow(serializers.ModelSerializer):
    role = serializers.ChoiceField(
        Role.choices, source="own_role", read_only=True, allow_null=True, help_text="Yours; null for an administrator."
    )
    name = serializers.CharField(
        max_length=200,
        validators=[UniqueValidator(Project.objects.all(), "A project of that name exists already; choose another.")],
    )

    class Meta:
        model = Project
        fields = ("id", "name", "description", "role", "simulated", "created_at")
        read_only_fields = ("simulated", "created_at")


class MemberRow(serializers.ModelSerializer):
    user = serializers.SlugRelatedField(
        "username",
        queryset=User.objects.filter(is_active=True),
        help_text="Log-in name.",
        error_messages={"does_not_exist": "Nobody here has the log-in name {value}."},
    )
    name = serializers.CharField(source="user.__str__", read_only=True)

    class Meta:
        model = Membership
        fields = ("user", "name", "role", "manages")


@extend_schema_view(
    list=extend_schema(summary="Your projects"),
    retrieve=extend_schema(summary="One project"),
    create=extend_schema(summary="Make a project, and manage it"),
    partial_update=extend_schema(summary="Change name or description (managers)"),
)
class ProjectViewSet(RowViewSet):
    queryset = Project.objects.all()
    serializer_class = ProjectRow
    filters = (
        exact(INTEGER, "id")
        | exact(TEXT, "name")
        | contains("name")
        | exact(BOOLEAN, "simulated")
        | ranged(MOMENT, "created_at")
    )
    orderings = {"name": "name"}
    ordering = "name"

    def get_queryset(self) -> QuerySet[Project]:
        own = Membership.objects.filter(project=OuterRef("pk"), user=self.request.user.pk)
        return Project.objects.visible_to(self.request.user).annotate(own_role=Subquery(own.values("role")[:1]))

    def retrieve(self, request: Request, pk: str) -> Response:
        return Response(self.get_serializer(self.get_object()).data)

    def create(self, request: Request) -> Response:
        user = person(request)
        if user.only_project_id is not None:
            raise PermissionDenied("This token is limited to one project, so it makes no other.")
        asked = self.get_serializer(data=request.data)
        asked.is_valid(raise_exception=True)
        project = create_project(user, asked.validated_data["name"], asked.validated_data.get("description", ""))
        return Response(self._row(project), status=status.HTTP_201_CREATED)

    def partial_update(self, request: Request, pk: str) -> Response:
        project = self.get_object()
        require_manager(person(request), project)
        asked = self.get_serializer(project, data=request.data, partial=True)
        asked.is_valid(raise_exception=True)
        asked.save()
        return Response(self._row(project))

    def _row(self, project: Project) -> dict[str, Any]:
        return self.get_serializer(self.get_queryset().get(pk=project.pk)).data

    @extend_schema(summary="Members of a project", responses=MemberRow(many=True), filters=False)
    @action(detail=True, pagination_class=None)
    def members(self, request: Request, pk: str) -> Response:
        return Response(self._members(self.get_object()))

    def _members(self, project: Project) -> Any:
        rows = project.memberships.select_related("user")
        return MemberRow(rows, many=True).data

    @extend_schema(summary="Add a member, or change one (managers)", request=MemberRow, responses=MemberRow(many=True))
    @members.mapping.post
    def set_member(self, request: Request, pk: str) -> Response:
        project = self.get_object()
        require_manager(person(request), project)
        asked = MemberRow(data=request.data)
        asked.is_valid(raise_exception=True)
        data = asked.validated_data
        before = Membership.objects.filter(project=project, user=data["user"]).first()
        role = data.get("role", before.role if before else Role.RESEARCHER)
        manages = data.get("manages", before.manages if before else False)
        try:
            set_member(person(request), project, data["user"], Role(role), manages)
        except ValueError as error:
            raise Conflict(str(error)) from error
        return Response(self._members(project))

    @extend_schema(summary="Take a member out (managers)", responses={204: None})
    @action(detail=True, methods=["delete"], url_path=r"members/(?P<username>[\w.@+-]+)", url_name="member")
    def remove_member(self, request: Request, pk: str, username: str) -> Response:
        project = self.get_object()
        user = get_object_or_404(User, username=username, memberships__project=project)
        try:
            remove_member(person(request), project, user)
        except ValueError as error:
            raise Conflict(str(error)) from error
        return Response(status=status.HTTP_204_NO_CONTENT)


class TokenInUse(serializers.ModelSerializer):
    class Meta:
        model = ApiToken
        fields = ("name", "prefix", "read_only", "project", "expires_at")


class Me(serializers.Serializer):
    username = serializers.CharField()
    name = serializers.CharField(source="__str__")
    email = serializers.EmailField()
    token = TokenInUse(allow_null=True, help_text="The token that the request came with; null for a session.")


class MeView(APIView):
    @extend_schema(summary="Who you are, and what your token may", responses=Me, operation_id="me")
    def get(self, request: Request) -> Response:
        token = request.auth if isinstance(request.auth, ApiToken) else None
        user = person(request)
        told = {"username": user.username, "name": str(user), "email": user.email}
        return Response({**told, "token": TokenInUse(token).data if token else None})
