"""Forms of electrodes."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from django import forms

from cells.electrode.arithmetic import ElectrodeError
from cells.electrode.formulation import ROLES
from cells.electrode.models import ElectrodeDisc, ElectrodeSheet
from cells.electrode.numbers import SheetSaid
from cells.electrode.services import MOST_AT_ONCE
from labdb.accounts.models import Project, User
from synthesis.batch.models import Batch

NUMBER = re.compile(r"[+-]?(\d+([.,]\d*)?|[.,]\d+)([eE][+-]?\d+)?")


class Percent(forms.FloatField):
    """A fraction that is typed as per cent."""

    def __init__(self, **kwargs: Any) -> None:
        attrs = {"step": "any", "min": "0", "max": "100", "data-unit": "%"}
        super().__init__(min_value=0, max_value=100, widget=forms.NumberInput(attrs=attrs), **kwargs)

    def prepare_value(self, value: Any) -> Any:
        return f"{value * 100:.6g}" if isinstance(value, float) else value

    def clean(self, value: Any) -> float | None:
        percent = super().clean(value)
        return None if percent is None else round(percent / 100, 8)


class SheetForm(forms.ModelForm):
    batch_code = forms.CharField(
        label="Batch", required=False, max_length=100, help_text="That the active material is of."
    )
    solids_fraction = Percent(label="Solids in the slurry", required=False)
    reason = forms.CharField(
        max_length=100, required=False, label="Why", help_text="What the history will say: “foil weighed anew”."
    )

    class Meta:
        model = ElectrodeSheet
        fields: ClassVar = [
            "project", "code", "polarity", "batch_code", "active_material", "made_on", "operator",
            "solvent", "solids_fraction", "coating_method", "coated_sides",
            "foil_material", "foil_detail", "foil_thickness_micrometer", "foil_areal_mass_mg_per_cm2",
            "coating_areal_mass_mg_per_cm2", "coating_thickness_micrometer",
            "calendered_density_g_per_cm3", "calender_line_force_n_per_mm",
            "specific_capacity_mah_per_g", "specific_capacity_c_rate", "note",
        ]  # fmt: skip
        widgets: ClassVar = {
            "made_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            "note": forms.Textarea(attrs={"rows": 2}),
        }

    PARTS: ClassVar = (
        ("What it is", ("project", "code", "polarity", "batch_code", "active_material", "made_on", "operator")),
        ("Slurry", ("solvent", "solids_fraction", "coating_method")),
        (
            "Foil",
            ("foil_material", "foil_detail", "foil_thickness_micrometer", "foil_areal_mass_mg_per_cm2", "coated_sides"),
        ),
        (
            "Coating",
            (
                "coating_areal_mass_mg_per_cm2",
                "coating_thickness_micrometer",
                "calendered_density_g_per_cm3",
                "calender_line_force_n_per_mm",
            ),
        ),
        ("For the balance of a cell", ("specific_capacity_mah_per_g", "specific_capacity_c_rate")),
        ("Remarks", ("note", "reason")),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        projects = self.fields["project"]
        projects.queryset = Project.objects.editable_by(user)  # type: ignore[attr-defined]  # a choice of records
        if not self.instance.pk and not self.initial.get("project"):
            mine = list(projects.queryset[:2])  # type: ignore[attr-defined]  # the only one needs no choosing
            self.initial["project"] = mine[0] if len(mine) == 1 else None
        self.fields["batch_code"].widget.attrs |= {"list": "known-batch_code", "autocomplete": "off"}
        if self.instance.pk:
            projects.disabled = True
            projects.help_text = "An electrode stays in its project."
            self.initial["batch_code"] = self.instance.batch.code if self.instance.batch else ""
        else:
            del self.fields["reason"]

    @property
    def parts(self) -> list[tuple[str, list[forms.BoundField]]]:
        """The fields as they stand on the page, under headings."""
        return [(title, [self[name] for name in names if name in self.fields]) for title, names in self.PARTS]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        project, code = data.get("project"), data.get("batch_code", "").strip()
        self.instance.batch = None
        if project and code:
            self.instance.batch = Batch.objects.filter(project=project, code=code).first()
            if self.instance.batch is None:
                self.add_error(
                    "batch_code",
                    f"{project} has no batch {code}; make it first, or name the active material where it is bought.",
                )
        return data


class ComponentForm(forms.Form):
    role = forms.ChoiceField(choices=[("", "–"), *ROLES.items()], required=False)
    name = forms.CharField(required=False, max_length=100)
    mass_fraction = Percent(label="Share", required=False)
    density_g_per_cm3 = forms.FloatField(
        label="Density",
        required=False,
        min_value=1e-6,
        widget=forms.NumberInput(attrs={"step": "any", "data-unit": "g/cm³"}),
    )

    @property
    def line(self) -> dict[str, Any]:
        """What is said, as a formulation takes it; empty for a blank row."""
        return {name: value for name, value in self.cleaned_data.items() if value not in (None, "")}


class DryingForm(forms.Form):
    temperature_celsius = forms.FloatField(
        label="Temperature", required=False, widget=forms.NumberInput(attrs={"step": "any", "data-unit": "°C"})
    )
    duration_hour = forms.FloatField(
        label="Duration",
        required=False,
        min_value=0,
        widget=forms.NumberInput(attrs={"step": "any", "data-unit": "h"}),
    )
    vacuum = forms.BooleanField(required=False)
    note = forms.CharField(required=False, max_length=100, widget=forms.TextInput(attrs={"placeholder": "overnight"}))

    @property
    def line(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if value not in (None, "", False)}


Components = forms.formset_factory(ComponentForm, extra=0, max_num=20)
Dryings = forms.formset_factory(DryingForm, extra=0, max_num=10)
# Blank rows that stand below those that are filled.
BLANK_COMPONENTS, BLANK_DRYINGS = 2, 1
# The row of a new sheet: most cathodes are mixed of these three.
USUAL = ({"role": "active"}, {"role": "conductive"}, {"role": "binder"})


def rows_of(lines: Sequence[Mapping[str, Any]], blank: int) -> list[dict[str, Any]]:
    return [*(dict(line) for line in lines), *({} for _ in range(blank))]


def said_lines(formset: Any) -> list[dict[str, Any]]:
    """The rows that are not blank and have no error, in order."""
    return [line for form in formset.forms if form.is_valid() and (line := form.line)]


def sheet_said(form: SheetForm, components: Sequence[Any]) -> SheetSaid:
    """What is said so far, while one types; what is wrong counts as not said."""
    data = getattr(form, "cleaned_data", {})
    return SheetSaid(
        components=tuple(components),
        foil_material=data.get("foil_material") or "",
        foil_thickness_micrometer=data.get("foil_thickness_micrometer"),
        foil_areal_mass_mg_per_cm2=data.get("foil_areal_mass_mg_per_cm2"),
        coated_sides=int(data.get("coated_sides") or 1),
        coating_areal_mass_mg_per_cm2=data.get("coating_areal_mass_mg_per_cm2"),
        coating_thickness_micrometer=data.get("coating_thickness_micrometer"),
        specific_capacity_mah_per_g=data.get("specific_capacity_mah_per_g"),
    )


class PunchForm(forms.Form):
    """One disc, or a series of equal ones with their masses."""

    count = forms.IntegerField(
        label="How many", required=False, min_value=1, max_value=MOST_AT_ONCE, help_text="Empty: one for each mass."
    )
    codes = forms.CharField(
        label="Code", required=False, max_length=90, help_text="A number follows. Empty: the electrode's code."
    )
    first = forms.IntegerField(
        label="First number", required=False, min_value=0, help_text="Empty: goes on from those that are there."
    )
    diameter_mm = forms.FloatField(label="Diameter", required=False, min_value=1e-6)
    area_cm2 = forms.FloatField(
        label="or area", required=False, min_value=1e-6, help_text="Of no disc: one side of one piece."
    )
    pieces = forms.IntegerField(
        initial=1, min_value=1, max_value=1000, help_text="In a stack; masses are of all together."
    )
    foil_mass_mg = forms.FloatField(
        label="Foil mass of each", required=False, min_value=0, help_text="Empty: by the foil of the sheet."
    )
    masses = forms.CharField(
        label="Masses",
        required=False,
        help_text="With foil, one a line: paste a column. “–” for one that is not weighed yet.",
        widget=forms.Textarea(attrs={"rows": 8, "data-unit": "mg", "inputmode": "decimal"}),
    )

    def clean_masses(self) -> list[float | None]:
        return typed_masses(self.cleaned_data["masses"])

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if bool(data.get("diameter_mm")) == bool(data.get("area_cm2")):
            self.add_error("diameter_mm", "Give the diameter of a disc, or the area of another shape.")
        masses, count = data.get("masses"), data.get("count")
        if masses and count and len(masses) != count:
            self.add_error("count", f"There are {len(masses)} masses; leave this empty, or make them as many.")
        elif not masses and not count:
            self.add_error("count", "Say how many, or give their masses.")
        return data

    def blame(self, error: ElectrodeError | forms.ValidationError) -> None:
        """Put what the service refused at its field, or above the form where it has none for it."""
        said: Mapping[str, Any]
        if isinstance(error, ElectrodeError):
            said = {error.field: [str(error)]}
        else:
            said = error.message_dict if hasattr(error, "error_dict") else {"": error.messages}
        for field, sentences in said.items():
            named = {"mass_mg": "masses", "code": "codes"}.get(field, field)
            for sentence in dict.fromkeys(sentences):
                self.add_error(named if named in self.fields else None, sentence)

    @property
    def weights(self) -> list[float | None]:
        """One for each disc."""
        return self.cleaned_data["masses"] or [None] * self.cleaned_data["count"]

    @property
    def said(self) -> dict[str, Any]:
        names = ("diameter_mm", "area_cm2", "pieces", "foil_mass_mg")
        return {name: self.cleaned_data[name] for name in names}


def typed_masses(text: str) -> list[float | None]:
    """Masses in mg, one a line; blank lines at the end are nothing, "–" is one that is not known.

    Raises:
        ValidationError: a line is no mass.
    """
    masses: list[float | None] = []
    for number, line in enumerate(text.rstrip().splitlines(), start=1):
        mass = typed_number(line, f"Line {number}")
        if mass is not None and not mass > 0:
            raise forms.ValidationError(f"Line {number}: a mass is over 0 mg, not {mass:g} mg.")
        masses.append(mass)
    return masses


def typed_number(text: str, where: str) -> float | None:
    """A number as a spreadsheet or a balance writes it: decimal comma or point, a unit behind it.

    Raises:
        ValidationError: it is none.
    """
    word = text.replace("\u202f", "").replace("\u00a0", "").strip()
    for unit in ("mg", "µm"):
        word = word.removesuffix(unit).strip()
    if word in ("", "-", "–", "—"):
        return None
    if not NUMBER.fullmatch(word):
        raise forms.ValidationError(f"{where}: “{text.strip()[:40]}” is no number; 12.34 is one.")
    value = float(word.replace(",", "."))
    if not math.isfinite(value):
        raise forms.ValidationError(f"{where}: “{text.strip()[:40]}” is too large a number.")
    return value


class DiscForm(forms.ModelForm):
    reason = forms.CharField(
        max_length=100, required=False, label="Why", help_text="What the history will say: “balance was not tared”."
    )

    class Meta:
        model = ElectrodeDisc
        fields: ClassVar = [
            "code", "diameter_mm", "area_cm2", "pieces", "mass_mg", "foil_mass_mg", "thickness_micrometer", "note",
        ]  # fmt: skip
        widgets: ClassVar = {
            "note": forms.Textarea(attrs={"rows": 2}),
            **{
                name: forms.NumberInput(attrs={"step": "any", "min": "0"})
                for name in ("diameter_mm", "area_cm2", "mass_mg", "foil_mass_mg", "thickness_micrometer")
            },
        }
