"""Which of the solutions in a file is this measurement's: one export holds many samples. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from characterization.icp.table import SAMPLE

TOLD = 12  # labels that a sentence lists


@dataclass(frozen=True)
class Chosen:
    """
    Attributes:
        label: of the solutions that are measured; empty where nobody knows.
        sentence: what to say about it; empty where there was no choice.
    """

    label: str
    sentence: str = ""


def choose(table: pl.DataFrame, said: str = "", known_as: Sequence[str] = ()) -> Chosen:
    """The label of this measurement's solutions.

    What a person says comes first, then the only sample of the file, then the only one whose label begins with a name
    that the sample is known by ("GP-NCM-01" is found in "gp ncm 01, wash 2", but not in "GP-NCM-012"). Otherwise none:
    a person has to say.

    Args:
        table: an `EMISSION` table.
        said: the label that a person chose, in capitals or not.
        known_as: codes of the sample, the surest first.
    """
    labels = list(dict.fromkeys(table["sample_label"]))
    samples = list(dict.fromkeys(table.filter(pl.col("sample_kind") == SAMPLE)["sample_label"]))
    if said:
        found = next((label for label in labels if _words(label) == _words(said)), "")
        if found:
            return Chosen(found)
        return Chosen("", f"no solution of the file is labelled “{said}”; it has {_listed(samples or labels)}")
    if len(samples) == 1:
        return Chosen(samples[0])
    if not samples:
        return Chosen("", f"the file holds no sample, only {_listed(labels)}; choose one of these labels")
    for code in known_as:
        matching = [label for label in samples if _begins(label, code)]
        exact = [label for label in matching if _words(label) == _words(code)]
        if len(exact or matching) == 1:
            (label,) = exact or matching
            return Chosen(
                label, f"of the {len(samples)} samples of the file, this is taken to be {label}, by its label"
            )
    return Chosen(
        "", f"the file holds {len(samples)} samples ({_listed(samples)}); choose which one this is by its label"
    )


def _words(label: str) -> list[str]:
    return re.findall(r"[^\W_]+", label.lower())


def _begins(label: str, code: str) -> bool:
    wanted = _words(code)
    return bool(wanted) and _words(label)[: len(wanted)] == wanted


def _listed(labels: Sequence[str]) -> str:
    return ", ".join(labels[:TOLD]) + (" …" if len(labels) > TOLD else "")
