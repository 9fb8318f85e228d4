"""The form of a cell."""

from __future__ import annotations

from typing import Any, ClassVar, cast

from django import forms

from cells.assembly.models import Cell
from cells.assembly.services import batch_of, no_batch_sentence
from labdb.accounts.models import Project, User


class CellForm(forms.ModelForm):
    batch_code = forms.CharField(
        label="Batch", required=False, max_length=100, help_text="Code of the batch that the cathode is made of."
    )

    class Meta:
        model = Cell
        fields: ClassVar = [
            "project",
            "code",
            "format",
            "product",
            "batch_code",
            "active_mass_mg",
            "nominal_specific_capacity_mah_per_g",
            "reference_electrode",
            "note",
        ]
        help_texts: ClassVar = {
            "code": "As written on the cell.",
            "product": "What the material is called: GP-NCM, say.",
            "active_mass_mg": "(electrode − foil) × active fraction.",
            "nominal_specific_capacity_mah_per_g": "The specific current that is called 1 C; 190 mA/g, say.",
            "reference_electrode": "What the voltages are against.",
        }
        widgets: ClassVar = {
            "active_mass_mg": forms.NumberInput(attrs={"step": "any", "min": "0", "data-unit": "mg"}),
            "nominal_specific_capacity_mah_per_g": forms.NumberInput(
                attrs={"step": "any", "min": "0", "data-unit": "mA/g"}
            ),
            "note": forms.Textarea(attrs={"rows": 3}),
        }

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("batch_code", self.instance.batch_code)
        projects = cast(forms.ModelChoiceField, self.fields["project"])
        projects.empty_label = None
        projects.queryset = Project.objects.editable_by(user)
        for name in ("product", "batch_code"):
            self.fields[name].widget.attrs["list"] = f"known-{name}"
            self.fields[name].widget.attrs["autocomplete"] = "off"
        if self.instance.pk:
            # Files, tests and results belong to the project: a cell does not move.
            projects.disabled = True
            projects.help_text = "A cell stays in its project."

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        project, code = data.get("project"), data.get("batch_code", "").strip()
        self.instance.batch = batch_of(project, code) if project and code else None
        if project and code and self.instance.batch is None:
            self.add_error("batch_code", no_batch_sentence(project, code))
        return data
