"""What a person answers to the inbox."""

from __future__ import annotations

from typing import Any

from django import forms

from labdb.files.models import RawFile
from labdb.ingest.installed import techniques


class ReaderForm(forms.Form):
    """Which technique and reader a file is for."""

    reader = forms.ChoiceField(label="What is in the file")

    def __init__(self, *args: Any, raw_file: RawFile, **kwargs: Any) -> None:
        known = f"{raw_file.technique}:{raw_file.reader}" if raw_file.reader else ""
        super().__init__(*args, **{"initial": {"reader": known}, **kwargs})
        groups: list[Any] = [
            (of.label, [(f"{of.name}:{reader.name}", reader.label) for reader in of.readers]) for of in techniques()
        ]
        self.fields["reader"].choices = [("", "Choose"), *groups]  # type: ignore[attr-defined]

    def chosen(self) -> tuple[str, str]:
        """Technique and reader, by name."""
        technique, _, reader = self.cleaned_data["reader"].partition(":")
        return technique, reader
