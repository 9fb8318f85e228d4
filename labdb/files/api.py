"""Raw files: list, upload, download, and the answer that the inbox waits for."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

from django.db.models import Exists, OuterRef, QuerySet
from django.http.response import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.parsers import FormParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from labdb.accounts.api import person
from labdb.accounts.models import Project, User
from labdb.accounts.services import require_role
from labdb.api.errors import Conflict, LengthRequired, TooLarge
from labdb.api.filters import BOOLEAN, INTEGER, MOMENT, TEXT, Filter, choice, contains, exact, ranged
from labdb.api.parsers import JsonBody
from labdb.api.viewsets import RowViewSet
from labdb.files.download import stored_bytes
from labdb.files.models import RawFile
from labdb.files.uploads import HashedUpload
from labdb.ingest.installed import techniques
from labdb.ingest.services import Ingested, choose, ingest
from labdb.ingest.subjects import ASKED, AUTO, find_subject, subject_names
from labdb.provenance.models import MeasurementFile


class RawFileRow(serializers.ModelSerializer):
    uploaded_by = serializers.CharField(source="uploaded_by.username")

    class Meta:
        model = RawFile
        fields: tuple[str, ...] = (
            "id", "project", "name", "folder", "size", "sha256", "technique", "reader", "state", "inbox_reason",
            "inbox_note", "simulated", "uploaded_by", "uploaded_at",
        )  # fmt: skip
        read_only_fields = fields


class RawFileDetail(RawFileRow):
    tests = serializers.SerializerMethodField(help_text="Ids of the measurements that the file is part of.")

    class Meta(RawFileRow.Meta):
        fields = (*RawFileRow.Meta.fields, "tests")
        read_only_fields = fields

    def get_tests(self, raw_file: RawFile) -> list[int]:
        return list(raw_file.measurement_files.order_by("measurement_id").values_list("measurement_id", flat=True))


class SubjectFields(serializers.Serializer):
    """The names by which a request says what was measured, as the techniques of this installation have them."""

    def get_fields(self) -> dict[str, Any]:
        return {
            **super().get_fields(),
            ASKED: serializers.ChoiceField(
                [AUTO],
                required=False,
                help_text="In the place of the names below: labdb finds out what was measured, from the names of file"
                " and folder and from what the file says; where it is not sure, the file waits in the inbox.",
            ),
            **{
                name: serializers.CharField(
                    required=False,
                    help_text="What was measured: one of these, or none and the file waits in the inbox.",
                )
                for name in subject_names()
            },
        }


class Upload(SubjectFields):
    file = serializers.ListField(child=serializers.FileField(), help_text="One or several.")
    project = serializers.IntegerField(required=False, help_text="May be left out where cell or test says it.")
    technique = serializers.CharField(
        required=False, help_text="What the files are, where their content cannot tell it: pictures."
    )
    folder = serializers.CharField(
        required=False, help_text="In which the files lay: GP-NCM-B1/XRD; it is kept, and may tell what was measured."
    )


class Choice(SubjectFields):
    technique = serializers.CharField()
    reader = serializers.CharField()


class IngestedRow(serializers.Serializer):
    file = RawFileRow(source="raw_file")
    new = serializers.BooleanField(help_text="False: the project has these bytes already.")
    test = serializers.IntegerField(source="measurement.pk", allow_null=True, default=None)
    run = serializers.IntegerField(source="run.pk", allow_null=True, default=None)
    sentence = serializers.CharField(help_text="What became of it, for a person.")


class IngestedRows(serializers.Serializer):
    results = IngestedRow(many=True)


def _of_tests(rows: QuerySet, tests: list[int]) -> QuerySet:
    return rows.filter(Exists(MeasurementFile.objects.filter(raw_file=OuterRef("pk"), measurement__in=tests)))


@extend_schema_view(list=extend_schema(summary="Files, newest first"), retrieve=extend_schema(summary="One file"))
class RawFileViewSet(RowViewSet):
    queryset = RawFile.objects.all()
    serializer_class = RawFileRow
    detail_class = RawFileDetail
    parser_classes = (MultiPartParser, FormParser, JsonBody)
    filters = (
        exact(INTEGER, "id", project="project_id")
        | {"test": Filter(INTEGER, help="part of this measurement", apply=_of_tests)}
        | exact(TEXT, "name", "sha256", "technique", "reader", uploaded_by="uploaded_by__username")
        | contains("name", "folder")
        | exact(choice(RawFile.State.values), "state")
        | exact(choice(RawFile.Reason.values), "inbox_reason")
        | exact(BOOLEAN, "simulated")
        | ranged(INTEGER, "size")
        | ranged(MOMENT, "uploaded_at")
    )

    def get_queryset(self) -> QuerySet[RawFile]:
        return RawFile.objects.visible_to(self.request.user)

    def retrieve(self, request: Request, pk: str) -> Response:
        return Response(self.get_serializer(self._one()).data)

    def _one(self) -> RawFile:
        return cast(RawFile, self.get_object())

    @extend_schema(
        summary="Upload files",
        description="Multipart. Every file is kept; what was measured is said by one of the names of subjects, or found"
        " out with subject=auto.",
        request={"multipart/form-data": Upload},
        responses={201: IngestedRows, 200: IngestedRows},
    )
    def create(self, request: Request) -> Response:
        user = person(request)
        files = uploaded_files(request)
        form = cast(Mapping[str, str], request.data)
        try:
            subject, of_project = find_subject(user, form)
        except ValueError as error:
            raise ValidationError({"subject": str(error)}) from error
        project = of_project
        if form.get("project"):
            project = _project(user, form["project"])
        if project is None:
            raise ValidationError({"project": "Say into which project: its id; GET /api/v1/projects lists yours."})
        if of_project is not None and of_project != project:
            raise ValidationError({"project": f"What was measured is in another project, {of_project}."})
        said = form.get("technique", "").strip()
        known = [of.name for of in techniques()]
        if said and said not in known:
            raise ValidationError({"technique": f"There is no technique {said}; there are: {', '.join(known)}."})
        return self._told(receive(files, project, user, subject, said=said, folder=form.get("folder", "")))

    def _told(self, done: list[Ingested]) -> Response:
        code = status.HTTP_201_CREATED if any(one.new for one in done) else status.HTTP_200_OK
        return Response({"results": IngestedRow(done, many=True).data}, status=code)

    @extend_schema(
        summary="The original bytes",
        description="With ETag (the SHA-256), If-None-Match and Range.",
        parameters=[OpenApiParameter("Range", str, OpenApiParameter.HEADER)],
        responses={
            (200, "application/octet-stream"): OpenApiTypes.BINARY,
            (206, "application/octet-stream"): OpenApiTypes.BINARY,
        },
    )
    @action(detail=True)
    def download(self, request: Request, pk: str) -> HttpResponseBase:
        raw_file = self._one()
        return stored_bytes(
            request._request, raw_file.key, sha256=raw_file.sha256, size=raw_file.size, name=raw_file.name
        )

    @extend_schema(
        summary="Say what a file in the inbox is, and what was measured", request=Choice, responses=IngestedRow
    )
    @action(detail=True, methods=["post"])
    def choose(self, request: Request, pk: str) -> Response:
        raw_file = self._one()
        require_role(person(request), raw_file.project)
        if raw_file.state != RawFile.State.INBOX:
            raise Conflict(f"{raw_file.name} is not in the inbox; it is filed already.")
        asked = Choice(data=request.data)
        asked.is_valid(raise_exception=True)
        try:
            subject, _ = find_subject(person(request), asked.validated_data)
            done = choose(
                raw_file, person(request), asked.validated_data["technique"], asked.validated_data["reader"], subject
            )
        except ValueError as error:
            raise ValidationError({"technique": str(error)}) from error
        return Response(IngestedRow(done).data)


def _project(user: User, text: str) -> Project:
    project = Project.objects.visible_to(user).filter(pk=text).first() if str(text).isdecimal() else None
    if project is None:
        raise ValidationError(
            {"project": f"You are not a member of a project {text}; GET /api/v1/projects lists yours."}
        )
    return project


def uploaded_files(request: Request, name: str = "file") -> list[HashedUpload]:
    """The files of a multipart request, on disk, within the limit.

    Raises:
        TooLarge, LengthRequired, ValidationError: with a sentence that says what to do.
    """
    if "chunked" in request.headers.get("Transfer-Encoding", "").lower() and not request.headers.get("Content-Length"):
        raise LengthRequired
    files = request.FILES.getlist(name)
    refused = getattr(request._request, "upload_refused", None)
    if refused:
        raise TooLarge(refused)
    if not files:
        raise ValidationError({name: f"No file arrived; send one or several as multipart/form-data under {name}."})
    return cast(list[HashedUpload], files)


def receive(
    files: list[HashedUpload], project: Project, user: User, subject: Any, *, said: str = "", folder: str = ""
) -> list[Ingested]:
    """Ingest what was uploaded; the same way in as a page's."""
    require_role(user, project)
    return [
        ingest(
            Path(file.temporary_file_path()),
            f"{folder}/{file.name or ''}",
            project,
            user,
            subject=subject,
            said=said,
            sha256=file.sha256,
            move=True,
        )
        for file in files
    ]
