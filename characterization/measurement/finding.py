"""What a file is of: the codes of its project, held against its name, its folder, and what it says of its sample."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from cells.assembly.models import Cell
from cells.cycling.services import NewCell
from characterization.measurement.guess import Guess, Known, cycles_said, guess, narrowed, stage_said
from characterization.measurement.services import AgedCell
from labdb.accounts.models import Project
from labdb.ingest.reader import ReaderError
from labdb.ingest.subjects import Arrival, FoundOut
from labdb.ingest.technique import Technique
from synthesis.batch.models import Batch
from synthesis.heat_treatment.models import FurnaceLog
from synthesis.heat_treatment.services import HeatTreatmentOf
from synthesis.sample.models import Sample

# What is read while a person waits, to see of which sample a file says it is.
MOST_READ_BYTE = 1024**2
MOST_TOLD = 4
EVERYTHING = ("batch", "sample", "cell")


def kinds_of(technique: Technique | None) -> tuple[str, ...]:
    """What files of a technique are hung on; anything, as long as nobody knows the technique."""
    if technique is None or "sample" in technique.subjects:
        return EVERYTHING
    if "new_cell" in technique.subjects:
        return ("cell",)
    return ("batch",) if "batch" in technique.subjects else ()


def known_in(project: Project, kinds: Iterable[str]) -> list[Known]:
    """Everything in a project that a name may mean; one query a kind."""
    known: list[Known] = []
    if "batch" in kinds:
        rows = Batch.objects.filter(project=project).values_list("pk", "code")
        known += [Known("batch", pk, code, pk) for pk, code in rows]
    if "sample" in kinds:
        samples = Sample.objects.filter(batch__project=project).select_related("batch")
        columns = ("code", "stage", "stage_number", "batch__code")
        for one in samples.only(*columns):
            named = one.code if one.code.startswith(one.batch.code) else f"{one.batch.code} {one.code}"
            stage = f"{one.get_stage_display()} {one.stage_number}" if one.stage_number > 1 else one.get_stage_display()
            known.append(
                Known("sample", one.pk, one.code, one.batch_id, one.stage, one.stage_number, f"{named} ({stage})")
            )
    if "cell" in kinds:
        cells = Cell.objects.filter(project=project).values_list("pk", "code", "batch_id")
        known += [Known("cell", pk, code, batch, words=f"cell {code}") for pk, code, batch in cells]
    return known


def guess_of(
    project: Project,
    name: str,
    folder: str,
    technique: Technique | None,
    sample: Callable[[], str] = lambda: "",
) -> Guess:
    """What a file is of, as far as its name, its folder and, where they leave a doubt, its content tell.

    Args:
        sample: what the file says of its sample.
    """
    known = known_in(project, kinds_of(technique))
    by_name = guess(name, known, folder)
    if by_name.sure:
        return by_name
    said = sample()
    return narrowed(by_name, guess(said, known)) if said else by_name


def sample_said(arrival: Arrival) -> str:
    """The name that a file gives its sample; empty where it gives none, is not small, or cannot be read.

    Cyclers and furnaces are told of no sample of ours.
    """
    if arrival.size > MOST_READ_BYTE or "sample" not in arrival.match.technique.subjects:
        return ""
    try:
        with arrival.opened() as path:
            return str(arrival.match.reader.read(path, arrival.name).metadata.get("sample") or "")
    except ReaderError:
        return ""  # told by the analysis


def found_out(arrival: Arrival) -> FoundOut:
    """What a file is hung on, where that is sure (`settings.SUBJECT_FINDER`)."""
    technique = arrival.match.technique
    kinds = kinds_of(technique)
    if not kinds:
        return FoundOut(None, "say in the inbox what was measured")
    found = guess_of(arrival.project, arrival.name, arrival.folder, technique, lambda: sample_said(arrival))
    if len(found.fits) > 1:
        return FoundOut(None, f"the name fits {_and(found.fits)}: say which")
    if kinds == ("cell",):
        return _of_cell(found.sure)
    if found.sure is None:
        return FoundOut(None, f"its name fits no {_or(kinds)} of {arrival.project}: say what was measured")
    if kinds == ("batch",):
        return _of_furnace(found.sure)
    return _of_powder(arrival.path, found.sure)


def _of_cell(one: Known | None) -> FoundOut:
    if one is None:
        return FoundOut(NewCell(), "on a cell named after it")
    return FoundOut(Cell.objects.select_related("project").get(pk=one.pk), f"on {one}")


def _of_furnace(one: Known) -> FoundOut:
    batch = Batch.objects.select_related("project").get(pk=one.pk)
    heats = len(batch.heats)
    if heats > 1:
        return FoundOut(None, f"the name fits {one}, which has {heats} heat treatments: say which")
    return FoundOut(HeatTreatmentOf(batch, 1), f"on {one}")


def _of_powder(path: str, one: Known) -> FoundOut:
    if one.kind == "cell":
        cell = Cell.objects.select_related("project", "batch").get(pk=one.pk)
        cycles = cycles_said(path, one.code)
        after = "" if cycles is None else f" after {cycles} cycles"
        return FoundOut(AgedCell(cell, cycles), f"on what was taken out of {one}{after}")
    if one.kind == "sample":
        return FoundOut(Sample.objects.select_related("batch__project").get(pk=one.pk), f"on {one}")
    batch = Batch.objects.select_related("project").get(pk=one.pk)
    said = stage_said(path.replace(batch.code, " "))
    if said and batch.samples.exists():  # of a batch without samples everything is measured on the batch
        stage = f"{Sample.Stage(said[0]).label} {said[1]}"
        return FoundOut(None, f"the name fits {one}, which has no sample “{stage}”: take it, or say what was measured")
    return FoundOut(batch, f"on {one}")


def first_heat_without_log(batch: Batch) -> int:
    """The first heat treatment of a batch that no log hangs on; the first one where all have one."""
    logged = set(FurnaceLog.objects.filter(batch=batch).values_list("heat_treatment", flat=True))
    return next((number for number in range(1, len(batch.heats) + 1) if number not in logged), 1)


def _and(known: tuple[Known, ...]) -> str:
    told = [str(one) for one in known[:MOST_TOLD]]
    if len(known) > MOST_TOLD:
        return f"{', '.join(told)} and {len(known) - MOST_TOLD} more"
    return f"{', '.join(told[:-1])} and {told[-1]}"


def _or(kinds: tuple[str, ...]) -> str:
    return f"{', '.join(kinds[:-1])} or {kinds[-1]}" if len(kinds) > 1 else kinds[0]
