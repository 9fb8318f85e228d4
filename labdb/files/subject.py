"""What was measured: the part of the upload and inbox pages that the rooms above the ground floor fill in.

`settings.SUBJECT_FORM` names the subclass of `SubjectForm` that an installation uses.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, cast

from django import forms
from django.conf import settings
from django.db.models import QuerySet
from django.utils.module_loading import import_string

from labdb.accounts.models import Project, User
from labdb.files.models import RawFile
from labdb.ingest.installed import techniques


class SubjectForm(forms.Form):
    """Into which project, and onto what; here only the project, so that files wait in the inbox."""

    project = forms.ModelChoiceField(Project.objects.none(), empty_label="Choose a project")
    technique = forms.ChoiceField(
        label="Technique", required=False, help_text="Say it for pictures, which could be of anything."
    )

    def __init__(self, *args: Any, user: User, project: Project | None = None, **kwargs: Any) -> None:
        """
        Args:
            user: sees the projects of which they are at least a researcher.
            project: the file is in it already, so it is not asked for.
        """
        super().__init__(*args, **kwargs)
        self.user = user
        field = cast(forms.ModelChoiceField, self.fields["project"])
        field.queryset = Project.objects.editable_by(user)
        if project is None:
            field.initial = self.usual_project(field.queryset)
            known = [("", "As their content says"), *((of.name, of.label) for of in techniques())]
            cast(forms.ChoiceField, self.fields["technique"]).choices = known
        else:
            del self.fields["technique"]  # said with the reader
            field.initial = project
            field.disabled = True
            field.widget = forms.HiddenInput()

    def usual_project(self, projects: QuerySet[Project]) -> Project | None:
        """Where the person uploaded last, or the only project there is; none where it could be any."""
        last = RawFile.objects.filter(uploaded_by=self.user, project__in=projects).order_by("-pk").first()
        if last:
            return last.project
        few = list(projects[:2])
        return few[0] if len(few) == 1 else None

    def suggestions(self) -> dict[str, Iterable[tuple[str, str]]]:
        """What may be typed, by the id of the field's `list`: values, each with words that tell it apart."""
        return {}

    @staticmethod
    def at_once() -> list[tuple[str, str]]:
        """The answers to `onto` that several files of the inbox can be given at once; words of the button of each."""
        return []

    @staticmethod
    def start_for(raw_file: RawFile) -> dict[str, Any]:
        """What the form begins with for a file of the inbox: the best guess."""
        return {}

    def said(self) -> str:
        """The technique that the person says the files are of; empty where their content is to tell."""
        return str(self.cleaned_data.get("technique", ""))

    def subject(self) -> Any:
        """What `labdb.ingest.services.ingest` is to hang a file on; None leaves it in the inbox."""
        return None


def subject_form_class() -> type[SubjectForm]:
    return import_string(settings.SUBJECT_FORM)
