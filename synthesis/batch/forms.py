"""Forms of batches. A mass may be typed with its unit: "100 kg"."""

from __future__ import annotations

from typing import Any, ClassVar, cast

from django import forms
from django.utils import timezone

from labdb.accounts.models import Project, User
from synthesis.batch.masses import grams_of, shown, unit_of
from synthesis.batch.models import Batch
from synthesis.chemical.models import Lot
from synthesis.recipe.models import RecipeVersion


class MassField(forms.CharField):
    """A mass, kept in grams; shown and meant in the unit of the batch."""

    def __init__(self, *, unit: str = "g", **kwargs: Any) -> None:
        super().__init__(widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}), **kwargs)
        self.in_unit(unit)

    def in_unit(self, unit: str) -> None:
        self.unit = unit
        self.widget.attrs["data-unit"] = unit

    def prepare_value(self, value: Any) -> Any:
        return f"{shown(value, self.unit):.10g}" if isinstance(value, int | float) else value

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text:
            return None
        try:
            grams = grams_of(text, self.unit)
        except ValueError as error:
            raise forms.ValidationError(str(error)) from error
        if not grams > 0:
            raise forms.ValidationError(f"The mass is {text}; it must be over 0.")
        return grams

    def has_changed(self, initial: Any, data: Any) -> bool:
        return super().has_changed(self.prepare_value(initial), data)


class WhyField(forms.CharField):
    """Why a record is changed; the history shows it."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=100, label="Why", help_text="What the history will say.", **kwargs)


def versions_for(project: Project, kept: RecipeVersion | None = None) -> Any:
    """The recipe versions that a batch of a project may be made by."""
    rows = RecipeVersion.objects.filter(recipe__project=project).select_related("recipe")
    usable = rows.exclude(state=RecipeVersion.State.WITHDRAWN)
    return usable | rows.filter(pk=kept.pk) if kept else usable


class StartForm(forms.ModelForm):
    """What a new batch is called; how much of it, and from which lots, is computed beside it."""

    class Meta:
        model = Batch
        fields: ClassVar = ["code", "product", "scale", "started_on", "operator", "furnace", "note"]
        widgets: ClassVar = {
            "started_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            "note": forms.Textarea(attrs={"rows": 2}),
        }
        labels: ClassVar = {"started_on": "Started"}

    def _get_validation_exclusions(self) -> set[str]:
        # The project is that of the recipe, and still takes part in "one code a project".
        return super()._get_validation_exclusions() - {"project"}  # type: ignore[misc]  # not in the stubs


class BareForm(forms.ModelForm):
    """A batch whose making nobody recorded here: bought, or made before labdb."""

    class Meta:
        model = Batch
        fields: ClassVar = ["project", "code", "product", "scale", "started_on", "note"]
        widgets: ClassVar = {
            "started_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            "note": forms.TextInput,
        }
        labels: ClassVar = {"started_on": "Made on"}
        help_texts: ClassVar = {"note": "Where it comes from."}

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        projects = cast(forms.ModelChoiceField, self.fields["project"])
        projects.empty_label = None
        projects.queryset = Project.objects.editable_by(user)


class BatchForm(forms.ModelForm):
    """What is said of a batch beside its process and its weighings."""

    wanted_precursor_mass_g = MassField(label="Precursor to weigh", required=False)
    mass_after_sintering_g = MassField(label="Mass after sintering", required=False)
    mass_after_washing_g = MassField(label="Mass after washing", required=False)
    reason = WhyField(required=False)

    class Meta:
        model = Batch
        fields: ClassVar = [
            "code", "product", "recipe_version", "scale", "started_on", "operator", "furnace",
            "wanted_precursor_mass_g", "mass_after_sintering_g", "mass_after_washing_g", "note",
        ]  # fmt: skip
        widgets: ClassVar = {
            "started_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            "note": forms.Textarea(attrs={"rows": 3}),
        }
        labels: ClassVar = {"recipe_version": "Recipe", "started_on": "Started"}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        batch: Batch = self.instance
        recipe = cast(forms.ModelChoiceField, self.fields["recipe_version"])
        recipe.queryset = versions_for(batch.project, batch.recipe_version)
        recipe.empty_label = "Not recorded"
        for field in self.fields.values():
            if isinstance(field, MassField):
                field.in_unit(unit_of(batch.scale))

    def _get_validation_exclusions(self) -> set[str]:
        # The project is not asked for, and still takes part in "one code a project".
        return super()._get_validation_exclusions() - {"project"}  # type: ignore[misc]  # not in the stubs


class MassesForm(forms.Form):
    """What came out of the furnace and of the wash."""

    mass_after_sintering_g = MassField(label="Mass after sintering", required=False)
    mass_after_washing_g = MassField(label="Mass after washing", required=False)
    reason = WhyField(required=False)

    def __init__(self, *args: Any, batch: Batch, **kwargs: Any) -> None:
        names = ("mass_after_sintering_g", "mass_after_washing_g")
        super().__init__(*args, **{"initial": {name: getattr(batch, name) for name in names}, **kwargs})
        for name in names:
            cast(MassField, self.fields[name]).in_unit(unit_of(batch.scale))


class LotChoice(forms.ModelChoiceField):
    def label_from_instance(self, lot: Lot) -> str:
        left = f"{lot.left_g:.6g} g left"  # type: ignore[attr-defined]  # annotated by with_amount_left
        expired = ", expired" if lot.expires_on and lot.expires_on < timezone.localdate() else ""
        return f"{lot.chemical} {lot.number}: {lot.assay_percent:g} %, {left}{expired}"


class WeighForm(forms.Form):
    """What was weighed of a lot."""

    lot = LotChoice(Lot.objects.none(), empty_label="Choose")
    mass_g = MassField(label="Mass as weighed")
    reason = forms.CharField(
        label="Reason", max_length=300, required=False, help_text="Why it is weighed all the same; the record keeps it."
    )

    def __init__(self, *args: Any, batch: Batch, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(MassField, self.fields["mass_g"]).in_unit(unit_of(batch.scale))
        lots = cast(forms.ModelChoiceField, self.fields["lot"])
        lots.queryset = Lot.objects.with_amount_left().select_related("chemical")
        version = batch.recipe_version
        meant = set(version.components.values_list("chemical_id", flat=True)) if version else set()
        planned = set(batch.planned_lots.values_list("pk", flat=True))
        left: list[Any] = list(lots.queryset)
        offered = [lot for lot in left if lot.left_g > 1e-9 or lot.pk in planned]
        offered.sort(key=lambda lot: (lot.pk not in planned, lot.chemical.name, lot.expires_on is None, lot.expires_on))
        groups = [
            ("Planned", [lot for lot in offered if lot.pk in planned]),
            ("In the recipe", [lot for lot in offered if lot.chemical_id in meant and lot.pk not in planned]),
            ("Other", [lot for lot in offered if lot.chemical_id not in meant and lot.pk not in planned]),
        ]
        lots.choices = [
            ("", "Choose"),
            *(
                (name, [(str(lot.pk), lots.label_from_instance(lot)) for lot in group])
                for name, group in groups
                if group
            ),
        ]


class CopyForm(forms.Form):
    code = forms.CharField(label="Code of the copy", max_length=100)


class ReasonForm(forms.Form):
    reason = forms.CharField(label="Why", max_length=100)
