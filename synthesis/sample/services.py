"""The verbs of samples."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import ProtectedError
from simple_history.utils import bulk_create_with_history

from labdb.accounts.models import User
from labdb.accounts.services import require_role
from labdb.history import because
from synthesis.batch.models import Batch
from synthesis.sample.models import Sample

Stage = Sample.Stage
MOST_IN_A_SERIES = 200

# What the code of a sample of a stage begins with, behind the code of its batch.
LETTERS = {
    Stage.MIXED: "M",
    Stage.AS_SINTERED: "AS",
    Stage.WASHED: "W",
    Stage.REANNEALED: "RA",
    Stage.FINAL: "F",
    Stage.SUB_LOT: "S",
    Stage.RETAINED: "R",
}


class SampleError(ValueError):
    """A sample that cannot be; says why.

    Attributes:
        field: of the form, where one is to blame.
    """

    def __init__(self, sentence: str, field: str = "") -> None:
        super().__init__(sentence)
        self.field = field


@dataclass(frozen=True)
class Series:
    """Samples of one batch that are taken together: one, or one of each of eight saggars.

    Attributes:
        count: how many.
        prefix: of their codes; a number follows. Empty: the batch's code and the letters of the stage.
        first: number of the first one; None goes on from those that are there.
        stage_number: of a wash, say; sub-lots are numbered through.
        from_saggars: each is from a saggar of its own, which has its number.
        zones: furnace zones that the saggars stand in, in equal shares one after the other; 0 says nothing of zones.
    """

    stage: str
    count: int = 1
    prefix: str = ""
    first: int | None = None
    stage_number: int = 1
    from_saggars: bool = False
    zones: int = 0
    amount_g: float | None = None
    location: str = ""
    note: str = ""


def planned(batch: Batch, series: Series) -> list[Sample]:
    """The samples of a series, not saved yet.

    Raises:
        SampleError: none, too many, or more zones than saggars.
    """
    if not 1 <= series.count <= MOST_IN_A_SERIES:
        raise SampleError(f"A series has 1 to {MOST_IN_A_SERIES} samples, not {series.count}.", "count")
    if series.zones and not series.from_saggars:
        raise SampleError("Furnace zones are those of saggars; say that each is from a saggar of its own.", "zones")
    if series.zones > series.count:
        raise SampleError(f"{series.count} saggars stand in at most {series.count} zones, not {series.zones}.", "zones")
    if series.amount_g is not None and not series.amount_g > 0:
        raise SampleError(f"The amount is {series.amount_g:g} g; it must be over 0, or left out.", "amount_g")
    prefix = series.prefix.strip() or f"{batch.code}-{LETTERS[Stage(series.stage)]}"
    first = next_number(batch, prefix) if series.first is None else series.first
    digits = len(str(first + series.count - 1))
    made = []
    for place in range(series.count):
        number = first + place
        made.append(
            Sample(
                batch=batch,
                code=f"{prefix}{number:0{digits}d}",
                stage=series.stage,
                stage_number=number if series.stage == Stage.SUB_LOT else series.stage_number,
                saggar=str(number) if series.from_saggars else "",
                furnace_zone=str(place * series.zones // series.count + 1) if series.zones else "",
                amount_g=series.amount_g,
                location=series.location.strip(),
                note=series.note.strip(),
            )
        )
    return made


def next_number(batch: Batch, prefix: str) -> int:
    """One more than the highest number that follows a prefix in the codes of a batch's samples."""
    codes = batch.samples.filter(code__startswith=prefix).values_list("code", flat=True)
    numbers = [int(rest) for code in codes if (rest := code[len(prefix) :]).isdecimal()]
    return max(numbers, default=0) + 1


@transaction.atomic
def add_series(batch: Batch, user: User, series: Series) -> list[Sample]:
    """Take a series of samples of a batch, all or none.

    Raises:
        PermissionDenied: the user may not write in the batch's project.
        SampleError: the series is senseless, or a code is taken.
        ValidationError: a field is wrong.
    """
    samples = planned(batch, series)
    add_samples(samples, user)
    return samples


@transaction.atomic
def add_samples(samples: Sequence[Sample], user: User) -> None:
    """Save new samples, of one or of several batches, all or none.

    Raises:
        PermissionDenied: the user may not write in one of the projects.
        SampleError: a code is taken.
        ValidationError: a field is wrong.
    """
    for project in {sample.batch.project for sample in samples}:
        require_role(user, project)
    if taken := taken_codes(samples):
        raise SampleError(taken_sentence([sample.code for sample in taken]), "codes")
    for sample in samples:
        sample.created_by = user
        sample.clean_fields(exclude=["batch", "created_by"])
    bulk_create_with_history(list(samples), Sample, default_user=user)


def taken_codes(samples: Sequence[Sample]) -> list[Sample]:
    """Those whose code their batch, or a sample before them, has already; one query."""
    batches = {sample.batch_id for sample in samples}
    rows = Sample.objects.filter(batch__in=batches, code__in={sample.code for sample in samples})
    seen = set(rows.values_list("batch_id", "code"))
    taken = []
    for sample in samples:
        key = (sample.batch_id, sample.code)
        if key in seen:
            taken.append(sample)
        seen.add(key)
    return taken


def taken_sentence(codes: Sequence[str]) -> str:
    shown = ", ".join(codes[:5]) + (f" and {len(codes) - 5} more" if len(codes) > 5 else "")
    return f"The batch has {shown} already; begin with a higher number, or with another code."


@transaction.atomic
def save_sample(sample: Sample, user: User, reason: str = "") -> Sample:
    """Save a changed sample; the history keeps why.

    Raises:
        PermissionDenied: the user may not write in the batch's project.
        ValidationError: a field is wrong, or the code is taken.
    """
    require_role(user, sample.batch.project)
    if sample.pk is None:
        sample.created_by = user
    sample.full_clean()
    because(sample, user, reason)
    sample.save()
    return sample


@transaction.atomic
def remove_sample(sample: Sample, user: User, reason: str) -> None:
    """Remove a sample that was entered wrongly; the history keeps it with the reason.

    Raises:
        PermissionDenied: the user may not write in the batch's project.
        SampleError: no reason is given, or something was measured on it.
    """
    require_role(user, sample.batch.project)
    if not reason.strip():
        raise SampleError("Removing a sample needs its reason.", "reason")
    because(sample, user, reason)
    try:
        sample.delete()
    except ProtectedError as error:
        raise SampleError(f"Something was measured on {sample}, so it stays.", "reason") from error
