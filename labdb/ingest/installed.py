"""The techniques of this installation, as the settings list them."""

from __future__ import annotations

from functools import cache

from django.conf import settings
from django.utils.module_loading import import_string

from labdb.ingest.reader import Reader
from labdb.ingest.technique import Technique


@cache
def techniques() -> tuple[Technique, ...]:
    return tuple(import_string(path) for path in settings.TECHNIQUES)


def technique(name: str) -> Technique:
    """
    Raises:
        ValueError: no technique of this installation has that name.
    """
    for known in techniques():
        if known.name == name:
            return known
    raise ValueError(f"labdb has no technique named {name}")


def reader_of(technique_name: str, reader_name: str) -> Reader:
    """
    Raises:
        ValueError: the technique has no such reader.
    """
    for reader in technique(technique_name).readers:
        if reader.name == reader_name:
            return reader
    raise ValueError(f"{technique_name} has no reader named {reader_name}")
