"""The forms of a cell and of a template. A form has all fields; those of other formats are hidden and not kept."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar, cast

from django import forms
from django.core.exceptions import ValidationError

from cells.assembly import formats, layers
from cells.assembly.build import BUILD_FIELDS
from cells.assembly.discs import disc_of, no_disc_sentence
from cells.assembly.masses import contradictions
from cells.assembly.models import Cell, CellTemplate
from cells.assembly.services import batch_of, no_batch_sentence
from labdb.accounts.models import Project, User

# The form from top to bottom: heading → fields.
GROUPS = (
    ("Which", ("project", "name", "code", "format", "product", "batch_code")),
    (
        "Electrodes",
        (
            "positive_electrode", "active_mass_mg", "anode", "negative_electrode", "anode_detail",
            "anode_thickness_micrometer", "anode_diameter_mm",
        ),
    ),
    (
        "Electrolyte",
        (
            "separator", "separator_thickness_micrometer", "electrolyte", "electrolyte_volume_microliter",
            "electrolyte_mass_g", "solid_layers", "cathode_pressure_megapascal",
        ),
    ),
    (
        "How it is tested",
        (
            "nominal_specific_capacity_mah_per_g", "lower_voltage_volt", "upper_voltage_volt", "reference_electrode",
            "reference_potential_volt", "test_temperature_celsius", "stack_pressure_megapascal",
        ),
    ),
    ("Assembly", ("case", "pouch_layers", "glovebox", "built_on", "built_by", "note")),
)  # fmt: skip
WIDE = ("solid_layers", "note")


class LayersField(forms.CharField):
    """Layers of solid electrolyte as a person writes them, kept as JSON."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", "Solid electrolyte")
        kwargs.setdefault("help_text", f"A line each: {', '.join(layers.ROLES)}; material, mass, pressed at.")
        widget = forms.Textarea(
            attrs={"rows": 3, "placeholder": "separator: Li3InCl6, 100 mg, 100 MPa\ninterlayer: Li6PS5Cl, 30 mg"}
        )
        super().__init__(**{"widget": widget, "required": False, **kwargs})

    def prepare_value(self, value: Any) -> Any:
        return layers.as_text(layers.parse(value)) if isinstance(value, list) else value

    def clean(self, value: Any) -> list[dict[str, Any]]:
        try:
            return layers.as_stored(layers.of_text(super().clean(value) or ""))
        except layers.LayerError as error:
            raise ValidationError(str(error)) from error

    def has_changed(self, initial: Any, data: Any) -> bool:
        return super().has_changed(self.prepare_value(initial or []), data)


def _initial(value: Any) -> Any:
    """As a person writes it: 10, not 10.0."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return "" if value is None else value


class BuildForm(forms.ModelForm):
    """What a cell and a template have in common."""

    solid_layers = LayersField()

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial = {name: _initial(value) for name, value in self.initial.items()}
        projects = cast(forms.ModelChoiceField, self.fields["project"])
        projects.empty_label = None
        projects.queryset = Project.objects.editable_by(user)
        if self.instance.pk:
            # Files, tests and results belong to the project: a cell does not move.
            projects.disabled = True
            projects.help_text = "It stays in its project."
        self.fields["format"].widget.attrs["data-format"] = ""

    def begun_with(self, typed: Mapping[str, Any]) -> None:
        """Begin an unbound form with what was typed so far; for a browser without scripts, which asks for a format."""
        if not self.is_bound:
            self.initial.update({name: typed[name] for name in self.fields if name in typed})

    @property
    def chosen_format(self) -> str:
        said = self["format"].value()
        return str(said) if said in Cell.Format.values else str(Cell.Format.COIN_HALF)

    @property
    def groups(self) -> Iterator[tuple[str, list[tuple[forms.BoundField, str, bool, bool]]]]:
        """Heading → (field, the formats that have it, whether it is shown, whether it is wide)."""
        for heading, names in GROUPS:
            there = [name for name in names if name in self.fields]
            yield (
                heading,
                [(self[name], " ".join(formats.formats_with(name)), self._shown(name), name in WIDE) for name in there],
            )

    def _shown(self, name: str) -> bool:
        return formats.has(self.chosen_format, name) or bool(self.errors.get(name))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        for name in formats.FIELDS:
            if name in self.fields and not formats.has(data.get("format", ""), name):
                data[name] = None if name == "negative_electrode" else self.fields[name].clean("")
                self.errors.pop(name, None)
        return data


def _widgets(*more: tuple[str, forms.Widget]) -> dict[str, forms.Widget]:
    number = {"step": "any"}
    return {
        **{
            name: forms.NumberInput(attrs=number)
            for name in BUILD_FIELDS
            if name.endswith(("_volt", "_micrometer", "_mm", "_microliter", "_g", "_megapascal", "_celsius"))
        },
        "note": forms.Textarea(attrs={"rows": 3}),
        **dict(more),
    }


HELP = {
    "nominal_specific_capacity_mah_per_g": "The specific current that is called 1 C; 190 mA/g, say.",
    "reference_electrode": "What the voltages are against.",
}


class CellForm(BuildForm):
    batch_code = forms.CharField(
        label="Batch", required=False, max_length=100, help_text="Code of the batch that the cathode is made of."
    )
    positive_electrode = forms.CharField(
        required=False, max_length=100, help_text="Code of the disc; the mass, the loading and the batch follow it."
    )
    negative_electrode = forms.CharField(required=False, max_length=100, help_text="Code of the disc.")

    class Meta:
        model = Cell
        fields: ClassVar = [
            "project", "code", "product", "batch_code", "positive_electrode", "negative_electrode", "active_mass_mg",
            *BUILD_FIELDS, "built_on", "built_by", "note",
        ]  # fmt: skip
        help_texts: ClassVar = {
            **HELP,
            "code": "As written on the cell.",
            "product": "What the material is called: GP-NCM, say.",
            "active_mass_mg": "(electrode − foil) × active fraction; of a cell without a weighed electrode.",
        }
        widgets: ClassVar = _widgets(
            ("active_mass_mg", forms.NumberInput(attrs={"step": "any", "min": "0"})),
            ("built_on", forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")),
        )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, user=user, **kwargs)
        self.initial.setdefault("batch_code", self.instance.batch_code)
        for name in ("positive_electrode", "negative_electrode"):
            disc = getattr(self.instance, name)
            self.initial[name] = disc.code if disc else ""
        for name in ("product", "batch_code", "positive_electrode", "negative_electrode"):
            self.fields[name].widget.attrs |= {"list": f"known-{name}", "autocomplete": "off"}

    def clean_positive_electrode(self) -> Any:
        return self._disc("positive_electrode")

    def clean_negative_electrode(self) -> Any:
        return self._disc("negative_electrode")

    def _disc(self, name: str) -> Any:
        project, code = self.cleaned_data.get("project"), self.cleaned_data[name].strip()
        if not project or not code:
            return None
        disc = disc_of(project, code)
        if disc is None:
            raise ValidationError(no_disc_sentence(project, code))
        return disc

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if "active_mass_mg" in self.changed_data:
            self.instance.active_mass_source = Cell.MassSource.ENTERED
        project, code = data.get("project"), data.get("batch_code", "").strip()
        self.instance.batch = batch_of(project, code) if project and code else None
        if project and code and self.instance.batch is None:
            self.add_error("batch_code", no_batch_sentence(project, code))
        typed_mass = data.get("active_mass_mg") if "active_mass_mg" in self.changed_data else None
        typed_batch = self.instance.batch if "batch_code" in self.changed_data else None
        for name, sentence in contradictions(data.get("positive_electrode"), typed_mass, typed_batch).items():
            self.add_error("batch_code" if name == "batch" else name, sentence)
        return data


class TemplateForm(BuildForm):
    class Meta:
        model = CellTemplate
        fields: ClassVar = ["project", "name", *BUILD_FIELDS, "note"]
        help_texts: ClassVar = {**HELP, "name": "As people call it: “half cell, 200 µL LP57”, say."}
        widgets: ClassVar = _widgets()


def start_of(source: Cell | CellTemplate, names: Sequence[str] = BUILD_FIELDS) -> dict[str, Any]:
    """What a new cell takes over from a template or a like cell, for the form."""
    return {name: getattr(source, name) for name in names}
