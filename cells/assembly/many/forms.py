"""What the cells of a series have in common."""

from __future__ import annotations

from typing import Any, cast

from django import forms

from cells.assembly.many.codes import PatternError, expand
from cells.assembly.models import Cell, CellTemplate
from cells.assembly.services import batch_of, no_batch_sentence
from labdb.accounts.models import Project, User


class SeriesForm(forms.Form):
    """The head of a series; its rows are typed in below it."""

    template = forms.ModelChoiceField(CellTemplate.objects.none(), label="Built as", empty_label="Choose a template")
    pattern = forms.CharField(
        label="Codes", max_length=100, help_text="Numbers in braces: GP-NCM-C{01..12} makes twelve codes."
    )
    positive_electrodes = forms.CharField(
        label="Positive electrodes", required=False, help_text="Code of a sheet, for its free discs; or codes of discs."
    )
    negative_electrodes = forms.CharField(label="Negative electrodes", required=False, help_text="The same.")
    product = forms.CharField(max_length=100, required=False, help_text="What the material is called.")
    batch = forms.CharField(max_length=100, required=False, help_text="Empty: that of the electrodes.")
    built_on = forms.DateField(required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    built_by = forms.CharField(max_length=100, required=False)

    def __init__(self, *args: Any, user: User, like: Cell | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.like = like
        if like is not None:
            del self.fields["template"]
            return
        templates = cast(forms.ModelChoiceField, self.fields["template"])
        editable = Project.objects.editable_by(user)
        templates.queryset = CellTemplate.objects.filter(project__in=editable).select_related("project")

    @property
    def source(self) -> Cell | CellTemplate:
        """What the cells are built as; of a valid form."""
        return self.like or self.cleaned_data["template"]

    def clean_pattern(self) -> list[str]:
        try:
            return expand(self.cleaned_data["pattern"])
        except PatternError as error:
            raise forms.ValidationError(str(error)) from error

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        code = data.get("batch", "").strip()
        data["batch"] = None
        if code and (self.like or data.get("template")):
            data["batch"] = batch_of(self.source.project, code)
            if data["batch"] is None:
                self.add_error("batch", no_batch_sentence(self.source.project, code))
        return data

    @property
    def common(self) -> dict[str, Any]:
        """What all cells have beside their build; of a valid form."""
        return {name: self.cleaned_data[name] for name in ("product", "batch", "built_on", "built_by")}
