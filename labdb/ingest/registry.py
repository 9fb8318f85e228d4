"""Which reader is for a file: asked of every reader, answered by content. Pure but for the list in the settings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from labdb.ingest.reader import FileHead, Reader
from labdb.ingest.signatures import looks_like
from labdb.ingest.technique import Technique


@dataclass(frozen=True)
class Match:
    """A technique and the reader of it that recognises a file."""

    technique: Technique
    reader: Reader


def matches(head: FileHead, techniques: Sequence[Technique], said: str = "") -> list[Match]:
    """Every reader that recognises the file. One is an answer; none, or two, is a question for a person.

    Args:
        said: the technique that a person said it is; no other is then asked.
    """
    asked = [of for of in techniques if (of.name == said if said else not of.only_when_said)]
    return [Match(technique, reader) for technique in asked for reader in technique.readers if reader.recognises(head)]


def unknown_sentence(head: FileHead, said: str = "") -> str:
    """What the owner of a file reads that no reader recognises.

    Args:
        said: what a person said it is, "XRD"; only its readers were then asked.
    """
    if not head.data:
        return f"{head.name}: the file is empty (0 bytes); export it again."
    if said:
        return f"{head.name}: no reader of {said} recognises it; it is kept, choose what it is in the inbox."
    what = looks_like(head)
    if what:
        return f"{head.name}: no reader is for it, as it is {what}. It is kept; choose what it is in the inbox."
    return f"{head.name}: no reader recognises what is in this file; it is kept, choose what it is in the inbox."


def ambiguous_sentence(head: FileHead, found: Sequence[Match]) -> str:
    """What the owner of a file reads that two readers recognise."""
    names = " and ".join(match.reader.label for match in found)
    return f"{head.name}: could be {names}; it is kept, choose which in the inbox."
