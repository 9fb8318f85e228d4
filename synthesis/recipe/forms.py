"""Forms of recipes; the rows of a version are in `editor.py`."""

from __future__ import annotations

from typing import Any, ClassVar, cast

from django import forms

from labdb.accounts.models import Project, User
from synthesis.recipe.models import Recipe, RecipeVersion


class PercentField(forms.FloatField):
    """A fraction that is typed as %."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.NumberInput(attrs={"step": "any", "min": "0", "data-unit": "%"})
        super().__init__(widget=widget, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        return f"{value * 100:.10g}" if isinstance(value, int | float) else value

    def to_python(self, value: Any) -> float | None:  # type: ignore[override]  # its stub is that of IntegerField
        found = super().to_python(value)
        return None if found is None else round(found / 100, 12)


class RecipeForm(forms.ModelForm):
    class Meta:
        model = Recipe
        fields: ClassVar = ["project", "code", "control_of", "description"]
        labels: ClassVar = {"control_of": "Control of"}
        help_texts: ClassVar = {"code": "What the product is called: GP-NCM, say."}
        widgets: ClassVar = {"description": forms.Textarea(attrs={"rows": 2})}

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        projects, controls = (cast(forms.ModelChoiceField, self.fields[name]) for name in ("project", "control_of"))
        projects.empty_label = None
        projects.queryset = Project.objects.editable_by(user)
        known = Recipe.objects.visible_to(user).select_related("project")
        if self.instance.pk:
            projects.disabled = True
            projects.help_text = "A recipe stays in its project."
            known = known.filter(project=self.instance.project_id).exclude(pk=self.instance.pk)
        controls.queryset = known
        controls.empty_label = "No other recipe"

    def _get_validation_exclusions(self) -> set[str]:
        # A disabled project still takes part in "one code a project".
        return super()._get_validation_exclusions() - {"project"}  # type: ignore[misc]  # not in the stubs


class VersionForm(forms.ModelForm):
    """What a version says beside its rows."""

    warn_deviation = PercentField(label="Warn from", help_text="Deviation of a ratio as weighed.")
    fail_deviation = PercentField(label="Fail from", help_text="Deviation of a ratio as weighed.")
    expected_yield = PercentField(label="Expected yield", help_text="Product over theoretical mass.")

    class Meta:
        model = RecipeVersion
        fields: ClassVar = ["composition", "expected_yield", "warn_deviation", "fail_deviation", "note"]
        widgets: ClassVar = {
            "composition": forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
            "note": forms.TextInput(),
        }


class WhyForm(forms.Form):
    reason = forms.CharField(
        max_length=100,
        label="Why",
        error_messages={"required": "Say why it goes out of use; batches made by it keep it."},
    )
