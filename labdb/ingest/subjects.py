"""What a file is hung on, found from what a request names: `cell=12`, `test=3`, `new_cell=C-014`.

The techniques say which names there are, so the ground floor knows neither cells nor samples.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.module_loading import import_string

from labdb.accounts.models import Project, User
from labdb.ingest.installed import techniques

# The user and the text that was given → the subject and its project, None where it may be of any project.
Finder = Callable[[User, str], tuple[Any, Project | None]]


def subject_names() -> list[str]:
    """Every name by which a request may say what was measured."""
    return sorted({name for technique in techniques() for name in technique.subjects})


def find_subject(user: User, given: Mapping[str, str]) -> tuple[Any, Project | None]:
    """The subject that a request names, and its project; twice None where it names none.

    Raises:
        ValueError: it names two, or one that the user cannot see.
    """
    named = {name: given[name].strip() for name in subject_names() if given.get(name, "").strip()}
    if not named:
        return None, None
    if len(named) > 1:
        raise ValueError(f"{' and '.join(named)} are given; a file is of one of them.")
    ((name, text),) = named.items()
    found = next(technique.subjects[name] for technique in techniques() if name in technique.subjects)
    finder: Finder = import_string(found)
    return finder(user, text)
