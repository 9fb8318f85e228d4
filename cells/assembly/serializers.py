"""Cells as requests and answers hold them."""

from __future__ import annotations

from typing import Any, cast

from django.core.exceptions import ValidationError as FieldErrors
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from cells.assembly import layers
from cells.assembly.build import BUILD_FIELDS
from cells.assembly.discs import disc_of, no_disc_sentence
from cells.assembly.masses import contradictions
from cells.assembly.models import Cell, CellTemplate
from cells.assembly.services import batch_of, no_batch_sentence
from labdb.accounts.models import Project
from labdb.api.fields import VisibleField
from labdb.provenance.api import ResultRow, ResultViewSet, described
from labdb.provenance.models import Result

ELECTRODES = ("positive_electrode", "negative_electrode")


class LayerLine(serializers.Serializer):
    """How a layer of solid electrolyte looks; `cells/assembly/layers.py` checks it."""

    material = serializers.CharField()
    role = serializers.ChoiceField(choices=list(layers.ROLES), required=False)
    mass_mg = serializers.FloatField(required=False)
    pressed_at_megapascal = serializers.FloatField(required=False)


@extend_schema_field(LayerLine(many=True))
class LayersField(serializers.JSONField):
    """Layers of solid electrolyte as JSON."""

    def to_internal_value(self, data: Any) -> Any:
        try:
            return layers.as_stored(layers.parse(super().to_internal_value(data)))
        except layers.LayerError as error:
            raise serializers.ValidationError(str(error)) from error


class CellRow(serializers.ModelSerializer):
    batch_code = serializers.CharField(source="batch.code", read_only=True, allow_null=True)
    positive_electrode_code = serializers.CharField(source="positive_electrode.code", read_only=True, allow_null=True)
    negative_electrode_code = serializers.CharField(source="negative_electrode.code", read_only=True, allow_null=True)
    solid_layers = LayersField(read_only=True)
    created_by = serializers.CharField(source="created_by.username", read_only=True)
    nominal_capacity_mah = serializers.FloatField(source="one_c_mah", read_only=True, allow_null=True)
    excluded = serializers.BooleanField(
        source="is_excluded", read_only=True, help_text="Left out of means; /api/v1/exclusions says why."
    )

    class Meta:
        model = Cell
        fields: tuple[str, ...] = (
            "id", "project", "code", "product", "batch", "batch_code", "positive_electrode", "positive_electrode_code",
            "negative_electrode", "negative_electrode_code", "active_mass_mg", "active_mass_source",
            "areal_loading_mg_per_cm2", "n_p_ratio", "nominal_capacity_mah", *BUILD_FIELDS, "built_on", "built_by",
            "note", "simulated", "excluded", "created_by", "created_at",
        )  # fmt: skip
        read_only_fields = fields


class BalanceRow(serializers.Serializer):
    """Both electrodes beside one another, and what is missing for it."""

    n_p_ratio = serializers.FloatField(allow_null=True)
    n_p_capacity_ratio = serializers.FloatField(allow_null=True)
    electrode_area_ratio = serializers.FloatField(source="area_ratio", allow_null=True)
    missing = serializers.ListField(child=serializers.CharField())
    doubts = serializers.ListField(child=serializers.CharField())


class CellDetail(CellRow):
    balance = serializers.SerializerMethodField()
    tests = serializers.SerializerMethodField()
    results = serializers.SerializerMethodField()

    class Meta(CellRow.Meta):
        fields = (*CellRow.Meta.fields, "balance", "tests", "results")
        read_only_fields = fields

    @extend_schema_field(BalanceRow)
    def get_balance(self, cell: Cell) -> Any:
        return BalanceRow(cell.balance).data

    def get_tests(self, cell: Cell) -> list[int]:
        return list(cell.cycling_tests.order_by("pk").values_list("pk", flat=True))

    @extend_schema_field(ResultRow(many=True))
    def get_results(self, cell: Cell) -> Any:
        """Of the current runs of its tests."""
        rows = Result.objects.filter(run__in=cell.cycling_tests.values("current_run"))
        return ResultViewSet.rows_of(described(rows).order_by("pk"))


class CellWrite(serializers.ModelSerializer):
    """What a person says of a cell; its project stays what it was."""

    project = VisibleField(queryset=Project.objects.all())
    batch_code = serializers.CharField(
        required=False, allow_blank=True, max_length=100, help_text="Of a batch of the cell's project; empty for none."
    )

    positive_electrode_code = serializers.CharField(
        required=False,
        allow_blank=True,
        max_length=100,
        help_text="Of an electrode disc of the project; mass, loading and batch follow it. Empty for none.",
    )
    negative_electrode_code = serializers.CharField(required=False, allow_blank=True, max_length=100)
    solid_layers = LayersField(required=False)

    class Meta:
        model = Cell
        fields: tuple[str, ...] = (
            "project", "code", "product", "batch_code", "positive_electrode_code", "negative_electrode_code",
            "active_mass_mg", *BUILD_FIELDS, "built_on", "built_by", "note",
        )  # fmt: skip

    def validate_project(self, project: Project) -> Project:
        if self.instance is not None and project != self.instance.project:
            raise serializers.ValidationError("A cell stays in its project; make it anew in the other one.")
        return project

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        project = attrs.get("project") or cast(Cell, self.instance).project
        if "batch_code" in attrs:
            attrs["batch"] = self._named("batch", project, attrs.pop("batch_code"))
        for name in ELECTRODES:
            if f"{name}_code" in attrs:
                attrs[name] = self._named(name, project, attrs.pop(f"{name}_code"))
        self._check(attrs)
        if "active_mass_mg" in attrs and attrs["active_mass_mg"] != getattr(self.instance, "active_mass_mg", None):
            attrs["active_mass_source"] = Cell.MassSource.ENTERED
        self._refuse_contradictions(attrs)
        return attrs

    def _refuse_contradictions(self, attrs: dict[str, Any]) -> None:
        typed = {name: attrs.get(name) for name in ("active_mass_mg", "batch")}
        new = {name: value if value != getattr(self.instance, name, None) else None for name, value in typed.items()}
        disc = attrs.get("positive_electrode", getattr(self.instance, "positive_electrode", None))
        found = contradictions(disc, new["active_mass_mg"], new["batch"])
        if found:
            raise serializers.ValidationError(
                {"batch_code" if name == "batch" else name: [sentence] for name, sentence in found.items()}
            )

    def _named(self, name: str, project: Project, code: str) -> Any:
        """The batch or electrode of a code; those of a bulk request are fetched once, and come in the context."""
        if not code:
            return None
        known = self.context.get("known", {}).get("batch" if name == "batch" else "electrode")
        if known is not None:
            found = known.get((project.pk, code))
        else:
            found = batch_of(project, code) if name == "batch" else disc_of(project, code)
        if found is None:
            sentence = no_batch_sentence if name == "batch" else no_disc_sentence
            raise serializers.ValidationError({f"{name}_code": sentence(project, code)})
        return found

    def _check(self, attrs: dict[str, Any]) -> None:
        """Refuse what the format does not have, and electrodes of the wrong sign."""
        cell = Cell(**attrs)
        if self.instance is not None:
            before = {name: getattr(self.instance, name) for name in (*BUILD_FIELDS, *ELECTRODES, "project")}
            cell = Cell(**{**before, **{name: value for name, value in attrs.items() if name in before}})
        try:
            cell.clean()
        except FieldErrors as error:
            raise serializers.ValidationError(
                {f"{name}_code" if name in ELECTRODES else name: said for name, said in error.message_dict.items()}
            ) from error


class BulkCell(CellWrite):
    """As one cell; that its code is free is asked once for all rows."""

    class Meta(CellWrite.Meta):
        validators = ()


class TemplateRow(serializers.ModelSerializer):
    solid_layers = LayersField(read_only=True)
    created_by = serializers.CharField(source="created_by.username", read_only=True)

    class Meta:
        model = CellTemplate
        fields: tuple[str, ...] = ("id", "project", "name", *BUILD_FIELDS, "note", "created_by", "created_at")
        read_only_fields = fields


class TemplateWrite(serializers.ModelSerializer):
    project = VisibleField(queryset=Project.objects.all())
    solid_layers = LayersField(required=False)

    class Meta:
        model = CellTemplate
        fields: tuple[str, ...] = ("project", "name", *BUILD_FIELDS, "note")

    def validate_project(self, project: Project) -> Project:
        if self.instance is not None and project != cast(CellTemplate, self.instance).project:
            raise serializers.ValidationError("A template stays in its project.")
        return project

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        before = cast(CellTemplate, self.instance).build if self.instance is not None else {}
        said = {name: value for name, value in attrs.items() if name in BUILD_FIELDS}
        try:
            CellTemplate(**{**before, **said}).clean()
        except FieldErrors as error:
            raise serializers.ValidationError(error.message_dict) from error
        return attrs
