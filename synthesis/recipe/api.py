"""Recipes and their versions: written, approved, compared, weighed out."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field, extend_schema_view
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from labdb.accounts.api import person
from labdb.accounts.models import Project
from labdb.accounts.services import require_role
from labdb.api.errors import Conflict, sentences
from labdb.api.fields import VisibleField
from labdb.api.filters import BOOLEAN, INTEGER, MOMENT, NUMBER, TEXT, choice, contains, exact, ranged
from labdb.api.idempotency import IDEMPOTENCY_KEY, idempotent
from labdb.api.viewsets import RowViewSet
from synthesis.chemical.models import Chemical, Lot
from synthesis.recipe import process, services
from synthesis.recipe.difference import differences
from synthesis.recipe.models import Recipe, RecipeVersion
from synthesis.recipe.preview import lithium_to_metals_of, ratio_lines
from synthesis.recipe.services import RecipeError
from synthesis.recipe.weighing import WeighOutError, weigh_out_for

PROCESS_HELP = (
    "The steps in order, each with its `kind` (mix, heat, wash, dry, sieve, store) and the fields of it; a heat step"
    " has `segments` (ramp, hold, cool, natural cooling)."
)


class DifferenceRow(serializers.Serializer):
    what = serializers.CharField(help_text="K2SO4; sintering, segment 1.")
    before = serializers.CharField()
    after = serializers.CharField()


class ComponentRow(serializers.Serializer):
    chemical = serializers.IntegerField(source="chemical.pk")
    name = serializers.CharField(source="chemical.name")
    formula = serializers.CharField(source="chemical.substance.text")
    role = serializers.CharField(source="chemical.role")
    ratio = serializers.FloatField(help_text="Moles per mole of precursor.")
    molar_mass_g_per_mol = serializers.FloatField()
    mass_g = serializers.FloatField(help_text="Of the pure substance, for 100 g of pure precursor.")


class ComponentWrite(serializers.Serializer):
    chemical = serializers.PrimaryKeyRelatedField(
        queryset=Chemical.objects.all(), error_messages={"does_not_exist": "There is no chemical {pk_value}."}
    )
    ratio = serializers.FloatField(help_text="Moles per mole of precursor; the precursor's own is 1.")


class RecipeVersionRow(serializers.ModelSerializer):
    recipe_code = serializers.CharField(source="recipe.code", read_only=True)
    project = serializers.IntegerField(source="recipe.project_id", read_only=True)
    created_by = serializers.CharField(source="created_by.username", read_only=True)
    approved_by = serializers.CharField(source="approved_by.username", read_only=True, allow_null=True)

    class Meta:
        model = RecipeVersion
        fields: tuple[str, ...] = (
            "id", "recipe", "recipe_code", "project", "number", "state", "composition", "warn_deviation",
            "fail_deviation", "expected_yield", "note", "created_by", "created_at", "approved_by", "approved_at",
        )  # fmt: skip
        read_only_fields = fields


class RecipeVersionDetail(RecipeVersionRow):
    components = serializers.SerializerMethodField()
    process = serializers.ListField(child=serializers.DictField(), help_text=PROCESS_HELP)
    words = serializers.SerializerMethodField(help_text="The steps as one says them.")
    lithium_to_metals = serializers.SerializerMethodField()

    class Meta(RecipeVersionRow.Meta):
        fields = (*RecipeVersionRow.Meta.fields, "components", "process", "words", "lithium_to_metals")
        read_only_fields = fields

    @extend_schema_field(ComponentRow(many=True))
    def get_components(self, version: RecipeVersion) -> Any:
        return ComponentRow(ratio_lines([(line.chemical, line.ratio) for line in version.lines]), many=True).data

    def get_words(self, version: RecipeVersion) -> list[str]:
        return [process.words(step) for step in version.steps]

    def get_lithium_to_metals(self, version: RecipeVersion) -> float | None:
        return lithium_to_metals_of([(line.chemical, line.ratio) for line in version.lines])


class VersionFields(serializers.ModelSerializer):
    """What a version says; the precursor may stand anywhere among the components."""

    components = ComponentWrite(many=True)
    process = serializers.ListField(child=serializers.DictField(), required=False, help_text=PROCESS_HELP)

    class Meta:
        model = RecipeVersion
        fields: tuple[str, ...] = (
            "composition", "components", "process", "warn_deviation", "fail_deviation", "expected_yield", "note",
        )  # fmt: skip

    def validate_process(self, value: list[dict[str, Any]]) -> list[dict[str, Any]]:
        if faults := process.problems(value):
            raise serializers.ValidationError([str(fault) for fault in faults])
        return process.dump(process.parse(value))


class RecipeVersionWrite(VersionFields):
    recipe = VisibleField(queryset=Recipe.objects.all())

    class Meta(VersionFields.Meta):
        fields = ("recipe", *VersionFields.Meta.fields)

    def validate_recipe(self, recipe: Recipe) -> Recipe:
        if self.instance is not None and recipe != self.instance.recipe:
            raise serializers.ValidationError("A version stays with its recipe.")
        return recipe


class RecipeRow(serializers.ModelSerializer):
    created_by = serializers.CharField(source="created_by.username", read_only=True)

    class Meta:
        model = Recipe
        fields: tuple[str, ...] = (
            "id", "project", "code", "description", "control_of", "simulated", "created_by", "created_at",
        )  # fmt: skip
        read_only_fields = fields


class VersionInRecipe(serializers.ModelSerializer):
    class Meta:
        model = RecipeVersion
        fields = ("id", "number", "state", "composition", "note")


class RecipeDetail(RecipeRow):
    versions = VersionInRecipe(many=True)
    differs_from_control = serializers.SerializerMethodField(
        help_text="Of a control: what its newest version differs in from the newest of the recipe that it controls."
    )

    class Meta(RecipeRow.Meta):
        fields = (*RecipeRow.Meta.fields, "versions", "differs_from_control")
        read_only_fields = fields

    @extend_schema_field(DifferenceRow(many=True, allow_null=True))
    def get_differs_from_control(self, recipe: Recipe) -> Any:
        newest, other = recipe.latest, recipe.control_of.latest if recipe.control_of else None
        if newest is None or other is None:
            return None
        return DifferenceRow(differences(other.plan, newest.plan), many=True).data


class RecipeWrite(serializers.ModelSerializer):
    project = VisibleField(queryset=Project.objects.all())
    control_of = VisibleField(queryset=Recipe.objects.all(), required=False, allow_null=True)
    version = VersionFields(required=False, help_text="Its first version, made with it.")

    class Meta:
        model = Recipe
        fields = ("project", "code", "description", "control_of", "version")

    def validate_project(self, project: Project) -> Project:
        if self.instance is not None and project != self.instance.project:
            raise serializers.ValidationError("A recipe stays in its project.")
        return project

    def validate_version(self, version: dict[str, Any]) -> dict[str, Any]:
        if self.instance is not None:
            raise serializers.ValidationError("A recipe that is there gets versions by POST /api/v1/recipe-versions/.")
        return version


@extend_schema_view(
    list=extend_schema(summary="Recipes"),
    retrieve=extend_schema(summary="One recipe and its versions"),
    create=extend_schema(
        summary="Make a recipe, with its first version where it is given", request=RecipeWrite,
        responses={201: RecipeDetail}, parameters=[IDEMPOTENCY_KEY],
    ),
    partial_update=extend_schema(
        summary="Change code, description or control", request=RecipeWrite, responses=RecipeDetail
    ),
)  # fmt: skip
class RecipeViewSet(RowViewSet):
    queryset = Recipe.objects.all()
    serializer_class = RecipeRow
    detail_class = RecipeDetail
    filters = (
        exact(INTEGER, "id", project="project_id", control_of="control_of_id")
        | exact(TEXT, "code", created_by="created_by__username")
        | contains("code", "description")
        | exact(BOOLEAN, "simulated")
        | ranged(MOMENT, "created_at")
    )
    orderings = {"code": "code"}

    def get_queryset(self) -> QuerySet[Recipe]:
        return Recipe.objects.visible_to(self.request.user)

    def _one(self, pk: Any) -> Recipe:
        rows = self.get_queryset().select_related("project", "control_of", "created_by").prefetch_related("versions")
        return get_object_or_404(rows, pk=pk)

    def _detail(self, pk: Any, code: int = status.HTTP_200_OK) -> Response:
        return Response(RecipeDetail(self._one(pk), context=self.get_serializer_context()).data, status=code)

    def retrieve(self, request: Request, pk: str) -> Response:
        return self._detail(pk)

    @idempotent
    def create(self, request: Request) -> Response:
        asked = RecipeWrite(data=request.data, context=self.get_serializer_context())
        asked.is_valid(raise_exception=True)
        data = asked.validated_data
        first = data.pop("version", None)
        with sentences(RecipeError):
            if first is None:
                made = services.create_recipe(person(request), **data)
            else:
                made = Recipe(**data)
                lines = precursor_first(first.pop("components"))
                services.draft_recipe(made, RecipeVersion(**first), lines, person(request))
        return self._detail(made.pk, status.HTTP_201_CREATED)

    def partial_update(self, request: Request, pk: str) -> Response:
        found = self._one(pk)
        require_role(person(request), found.project)
        asked = RecipeWrite(found, data=request.data, partial=True, context=self.get_serializer_context())
        asked.is_valid(raise_exception=True)
        for name, value in asked.validated_data.items():
            setattr(found, name, value)
        with sentences(RecipeError):
            services.change_recipe(found, person(request))
        return self._detail(pk)


def precursor_first(components: list[dict[str, Any]]) -> list[tuple[Chemical, float]]:
    lines = [(one["chemical"], one["ratio"]) for one in components]
    return sorted(lines, key=lambda line: line[0].role != Chemical.Role.PRECURSOR)


class WeighRow(serializers.Serializer):
    chemical = serializers.IntegerField(source="chemical.pk")
    name = serializers.CharField(source="chemical.name")
    ratio = serializers.FloatField()
    lot = serializers.IntegerField(
        source="lot.pk", allow_null=True, default=None, help_text="null: the pure substance."
    )
    lot_number = serializers.CharField(source="lot.number", allow_null=True, default=None)
    moles = serializers.FloatField()
    mass_g = serializers.FloatField(help_text="To weigh of the lot.")
    warning = serializers.CharField(help_text="The lot does not hold it, or is expired; empty where all is well.")


class WeighOutAnswer(serializers.Serializer):
    precursor_mass_g = serializers.FloatField()
    product_mass_g = serializers.FloatField(allow_null=True, help_text="The mass of product that was asked for.")
    total_g = serializers.FloatField()
    components = WeighRow(source="lines", many=True)


class DifferenceAnswer(serializers.Serializer):
    before = serializers.IntegerField()
    after = serializers.IntegerField()
    differences = DifferenceRow(many=True)


class Why(serializers.Serializer):
    reason = serializers.CharField(max_length=100)


def _number(request: Request, name: str) -> float | None:
    text = request.query_params.get(name)
    if not text:
        return None
    try:
        return float(NUMBER.parse(text))
    except ValueError:
        raise ValidationError({name: f"{text[:80]!r} is not a number."}) from None


@extend_schema_view(
    list=extend_schema(summary="Versions of recipes"),
    retrieve=extend_schema(summary="One version: components, process, words"),
    create=extend_schema(
        summary="Write the next version of a recipe, as a draft", request=RecipeVersionWrite,
        responses={201: RecipeVersionDetail}, parameters=[IDEMPOTENCY_KEY],
    ),
    partial_update=extend_schema(
        summary="Change a draft", description="Components and process are replaced as a whole.",
        request=RecipeVersionWrite, responses=RecipeVersionDetail,
    ),
)  # fmt: skip
class RecipeVersionViewSet(RowViewSet):
    queryset = RecipeVersion.objects.all()
    serializer_class = RecipeVersionRow
    detail_class = RecipeVersionDetail
    filters = (
        exact(INTEGER, "id", "number", recipe="recipe_id", project="recipe__project_id")
        | exact(TEXT, "composition", recipe_code="recipe__code", created_by="created_by__username")
        | contains("composition", "note")
        | exact(choice(RecipeVersion.State.values), "state")
        | exact(INTEGER, chemical="components__chemical_id")
        | ranged(NUMBER, "expected_yield", "warn_deviation", "fail_deviation")
        | ranged(MOMENT, "created_at")
    )

    def get_queryset(self) -> QuerySet[RecipeVersion]:
        return RecipeVersion.objects.visible_to(self.request.user)

    def _one(self, pk: Any) -> RecipeVersion:
        rows = self.get_queryset().select_related("recipe__project", "created_by", "approved_by")
        return get_object_or_404(rows.prefetch_related("components__chemical"), pk=pk)

    def _detail(self, pk: Any, code: int = status.HTTP_200_OK) -> Response:
        return Response(RecipeVersionDetail(self._one(pk), context=self.get_serializer_context()).data, status=code)

    def retrieve(self, request: Request, pk: str) -> Response:
        return self._detail(pk)

    @idempotent
    def create(self, request: Request) -> Response:
        asked = RecipeVersionWrite(data=request.data, context=self.get_serializer_context())
        asked.is_valid(raise_exception=True)
        data = asked.validated_data
        lines = precursor_first(data.pop("components"))
        with sentences(RecipeError):
            made = services.save_version(RecipeVersion(**data), lines, person(request))
        return self._detail(made.pk, status.HTTP_201_CREATED)

    def partial_update(self, request: Request, pk: str) -> Response:
        found = self._one(pk)
        require_role(person(request), found.recipe.project)
        if found.frozen:
            raise Conflict(f"{found} is {found.get_state_display()} and never changes; make a new version of it.")
        asked = RecipeVersionWrite(found, data=request.data, partial=True, context=self.get_serializer_context())
        asked.is_valid(raise_exception=True)
        data = asked.validated_data
        kept = [{"chemical": line.chemical, "ratio": line.ratio} for line in found.lines]
        lines = precursor_first(data.pop("components", kept))
        for name, value in data.items():
            setattr(found, name, value)
        with sentences(RecipeError):
            services.save_version(found, lines, person(request))
        return self._detail(pk)

    @extend_schema(
        summary="Approve a draft (a verifier who did not write it)", request=None, responses=RecipeVersionDetail
    )
    @action(detail=True, methods=["post"])
    def approve(self, request: Request, pk: str) -> Response:
        try:
            services.approve_version(self._one(pk), person(request))
        except RecipeError as error:
            raise Conflict(str(error)) from error
        return self._detail(pk)

    @extend_schema(
        summary="Take an approved version out of use (verifiers)", request=Why, responses=RecipeVersionDetail
    )
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, pk: str) -> Response:
        found = self._one(pk)
        asked = Why(data=request.data)
        asked.is_valid(raise_exception=True)
        try:
            services.withdraw_version(found, person(request), asked.validated_data["reason"])
        except RecipeError as error:
            raise Conflict(str(error)) from error
        return self._detail(pk)

    @extend_schema(
        summary="A draft that starts as a copy", request=None, responses={201: RecipeVersionDetail},
        parameters=[IDEMPOTENCY_KEY],
    )  # fmt: skip
    @action(detail=True, methods=["post"])
    @idempotent
    def new_version(self, request: Request, pk: str) -> Response:
        made = services.new_version(self._one(pk), person(request))
        return self._detail(made.pk, status.HTTP_201_CREATED)

    @extend_schema(
        summary="What another version differs in",
        parameters=[OpenApiParameter("with", int, required=True, description="Id of the other version.")],
        responses=DifferenceAnswer,
        filters=False,
    )
    @action(detail=True, methods=["get"], pagination_class=None)
    def difference(self, request: Request, pk: str) -> Response:
        before = self._one(pk)
        wanted = request.query_params.get("with", "")
        if not wanted.isdecimal() or len(wanted) > 18:
            raise ValidationError({"with": "Give the id of the other version."})
        after = self._one(wanted)
        found = DifferenceRow(differences(before.plan, after.plan), many=True).data
        return Response({"before": before.pk, "after": after.pk, "differences": found})

    @extend_schema(
        summary="Grams to weigh, from lots",
        description="For a mass of precursor (100 g where nothing is said) or of product, at the expected yield.",
        parameters=[
            OpenApiParameter("precursor_mass_g", float),
            OpenApiParameter("product_mass_g", float),
            OpenApiParameter(
                "lots",
                str,
                description="Ids of lots, separated by commas. A chemical without one is weighed from its first usable"
                " lot, the first to expire; a chemical that has none, as the pure substance.",
            ),
            OpenApiParameter("pure", bool, description="Chemicals without one of `lots` are pure."),
        ],
        responses=WeighOutAnswer,
        filters=False,
    )
    @action(detail=True, methods=["get"], pagination_class=None)
    def weigh_out(self, request: Request, pk: str) -> Response:
        version = self._one(pk)
        texts = [text for one in request.query_params.getlist("lots") for text in one.split(",") if text]
        if not all(text.isdecimal() and len(text) < 19 for text in texts):
            raise ValidationError({"lots": "Give the ids of lots, separated by commas."})
        lots = {lot.pk: lot for lot in Lot.objects.filter(pk__in=texts).select_related("chemical")}
        if missing := [text for text in texts if int(text) not in lots]:
            raise ValidationError({"lots": f"There is no lot {', '.join(missing)}."})
        in_recipe = {line.chemical_id for line in version.lines}
        if other := [str(lot) for lot in lots.values() if lot.chemical_id not in in_recipe]:
            raise ValidationError({"lots": f"{', '.join(other)}: not a chemical of {version}."})
        pure = request.query_params.get("pure", "").lower() in ("true", "1", "yes")
        chosen: dict[int, int | None] = dict.fromkeys(in_recipe) if pure else {}
        chosen |= {lot.chemical_id: lot.pk for lot in lots.values()}
        with sentences(WeighOutError):
            out = weigh_out_for(
                version, chosen, _number(request, "precursor_mass_g"), _number(request, "product_mass_g")
            )
        return Response(WeighOutAnswer(out).data)
