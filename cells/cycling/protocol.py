"""The protocol of a test: what its cycles and stretches of steps were for. Pure; docs/definitions.md."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from itertools import groupby

import polars as pl
from polars import col

from cells.cycling.claims import Claims
from cells.cycling.cycle_kinds import FORMATION_C_RATE, tell_kinds
from cells.cycling.rate_tests import SAME_RATE, different_rates, is_erratic, tell_rate_tests
from cells.cycling.table import BLOCK_KINDS, BLOCKS

MOST_REFERENCE = 5  # cycles before and after a storage that only measure what it took; more of them age the cell
TAKEN = 0.5  # of the time or of the charge of a cycle; more of it in steps for something, and the cycle is for that
PARTED = ("formation", "check-up", "rate")  # kinds whose blocks end where the rate changes

Numbers = Sequence[float | None]


def tell_cycles(cycles: pl.DataFrame, steps: pl.DataFrame, claims: Claims) -> list[str]:
    """What each cycle was for.

    Cycles that pulses, storage or a hold take up are for that. Among the others rate tests are looked for; what is
    left is told by its rates (`tell_kinds`). Where a test stores the cell, up to 5 cycles before and after a storage
    are check-ups. What a person said goes before all of it, and changes no other cycle.

    Args:
        cycles: one row a cycle: `cycle_count`, `charge_c_rate`, `discharge_c_rate`, `charge_ampere`,
            `discharge_ampere`, `charge_capacity_mah`, `discharge_capacity_mah`.
        steps: a `STEPS` table.
        claims: of those steps.
    """
    numbers = cycles["cycle_count"].to_list()
    rates, c_rates = rates_of(cycles)
    found = _taken(steps, claims.found, numbers, by_time=("CV hold",))
    free = [position for position, kind in enumerate(found) if kind is None]
    halves = (cycles["charge_capacity_mah"] > 0) & (cycles["discharge_capacity_mah"] > 0)
    told = _tell_free([rates[n] for n in free], [c_rates[n] for n in free], [bool(halves[n]) for n in free])
    kinds = list(found)
    for position, kind in zip(free, told, strict=True):
        kinds[position] = kind
    kinds = _around_storage(kinds)
    said = _taken(steps, claims.said, numbers, by_time=[kind for kind in BLOCK_KINDS if kind != "rest"])
    return [one or other or "other" for one, other in zip(said, kinds, strict=True)]


def rates_of(cycles: pl.DataFrame) -> tuple[list[float | None], list[float | None]]:
    """The rate that tells a cycle's kind, and the same against 1 C, null where that is not known.

    It is that of the discharge, in C or in ampere; that of the charge where nothing is discharged, or where all
    discharges run alike while the charges do not.
    """
    c_rates = _telling(cycles["charge_c_rate"].to_list(), cycles["discharge_c_rate"].to_list())
    if any(c_rates):
        return c_rates, c_rates
    return _telling(cycles["charge_ampere"].to_list(), cycles["discharge_ampere"].to_list()), [None] * cycles.height


def find_blocks(steps: pl.DataFrame, cycles: pl.DataFrame, claims: Claims) -> pl.DataFrame:
    """The stretches of a test that were for one thing: every step belongs to one of them.

    A block ends where the kind changes, and in formation, check-ups and rate tests where the rate does.

    Args:
        steps: a `STEPS` table.
        cycles: its `CYCLES` table.
        claims: of those steps.

    Returns:
        A `BLOCKS` table, in time order.
    """
    kind_of = dict(zip(cycles["cycle_count"].to_list(), cycles["kind"].cast(pl.String).to_list(), strict=True))
    rates = _telling(cycles["charge_c_rate"].to_list(), cycles["discharge_c_rate"].to_list())
    if not any(rates):
        rates = _main_amperes(steps, cycles)
    rate_of = dict(zip(cycles["cycle_count"].to_list(), rates, strict=True))
    numbers: list[int] = []
    kinds: list[str] = []
    current, level = "", None
    row_cycles = steps["cycle_count"].to_list()
    for cycle, found, said in zip(row_cycles, claims.found, claims.said, strict=True):
        kind = said or found or kind_of[cycle]
        rate = rate_of[cycle] if kind in PARTED and kind == kind_of[cycle] else None
        other_rate = rate and level and max(rate, level) > SAME_RATE * min(rate, level)
        if kind != current or other_rate:
            numbers.append((numbers[-1] if numbers else 0) + 1)
            current, level = kind, rate
        else:
            numbers.append(numbers[-1])
            level = level or rate
        kinds.append(kind)
    return _block_table(steps, cycles, numbers, kinds, [said is not None for said in claims.said])


def _telling(charges: Numbers, discharges: Numbers) -> list[float | None]:
    running = [rate for rate in discharges if rate]
    alike = len(running) > 1 and different_rates(running) == 1
    if alike and different_rates([rate for rate in charges if rate]) > 1:
        return [charge or discharge or None for charge, discharge in zip(charges, discharges, strict=True)]
    return [discharge or charge or None for charge, discharge in zip(charges, discharges, strict=True)]


def _tell_free(rates: Numbers, c_rates: Numbers, whole: Sequence[bool]) -> list[str]:
    """The kinds of the cycles that nothing has taken."""
    running = [position for position, rate in enumerate(rates) if rate]
    flowing = [rate for rate in rates if rate]
    kinds: list[str | None] = [None] * len(rates)
    if is_erratic(flowing):
        kinds = ["other" if rate else None for rate in rates]
    else:
        for position, kind in zip(running, tell_rate_tests(flowing, [c_rates[n] for n in running]), strict=True):
            kinds[position] = kind
    left = [position for position, kind in enumerate(kinds) if kind is None]
    tried = [position for position, kind in enumerate(kinds) if kind == "rate"]
    plain = tell_kinds([rates[n] for n in left], [c_rates[n] for n in left])
    for position, kind in zip(left, plain, strict=True):
        after = tried and position > tried[0]
        kinds[position] = "check-up" if after and kind == "formation" else kind
    if not any(whole):  # a single charge, discharge or pulse: slow is formation, else nothing tells what it is
        slow = [0 < (rate or 0) <= FORMATION_C_RATE * 1.05 for rate in c_rates]
        kinds = [
            kind if kind == "rest" else ("formation" if young else "other")
            for kind, young in zip(kinds, slow, strict=True)
        ]
    return [kind or "other" for kind in kinds]


def _around_storage(kinds: list[str | None]) -> list[str | None]:
    """The kinds, where the few cycles that measure what a storage took are check-ups."""
    if "storage" not in kinds:
        return kinds
    told: list[str | None] = []
    stored = False
    for storage, group in groupby(kinds, key=lambda kind: kind == "storage"):
        stretch = list(group)
        measuring = ("ageing", "rate", "formation") if stored else ("ageing", "rate")
        few = sum(kind in measuring for kind in stretch) <= MOST_REFERENCE
        told += ["check-up" if few and kind in measuring else kind for kind in stretch]
        stored = stored or storage
    return told


def _taken(
    steps: pl.DataFrame, claimed: Sequence[str | None], numbers: Sequence[int], by_time: Collection[str]
) -> list[str | None]:
    """What takes up most of the charge of each cycle, or most of its time."""
    if not any(claimed):
        return [None] * len(numbers)
    moved = col("charge_capacity_mah") + col("discharge_capacity_mah")
    shares = (
        steps.select("cycle_count", "duration_second", moved=moved)
        .with_columns(claimed=pl.Series(claimed, dtype=pl.String))
        .with_columns(
            time_share=col("duration_second") / col("duration_second").sum().over("cycle_count"),
            charge_share=col("moved") / col("moved").sum().over("cycle_count"),
        )
        .filter(col("claimed").is_not_null())
        .group_by("cycle_count", "claimed", maintain_order=True)
        .agg(col("time_share").sum().fill_nan(1.0), col("charge_share").sum().fill_nan(1.0))
        .filter((col("charge_share") > TAKEN) | ((col("time_share") > TAKEN) & col("claimed").is_in(list(by_time))))
        .sort(pl.max_horizontal("time_share", "charge_share"), maintain_order=True)
    )
    kind_of = dict(shares.select("cycle_count", "claimed").iter_rows())
    return [kind_of.get(number) for number in numbers]


def _main_amperes(steps: pl.DataFrame, cycles: pl.DataFrame) -> list[float | None]:
    """Of each cycle, the mean current of the step that discharged most; of the one that charged most else."""
    main = steps.group_by("cycle_count", maintain_order=True).agg(
        discharge=_of_largest("discharge_capacity_mah"), charge=_of_largest("charge_capacity_mah")
    )
    joined = cycles.select("cycle_count").join(main, on="cycle_count", how="left", maintain_order="left")
    return _telling(joined["charge"].to_list(), joined["discharge"].to_list())


def _of_largest(capacity: str) -> pl.Expr:
    moved = col(capacity)
    largest = col("mean_current_ampere").abs().get(moved.arg_max(), null_on_oob=True)
    return pl.when(moved.max() > 0).then(largest)


def _block_table(
    steps: pl.DataFrame, cycles: pl.DataFrame, numbers: list[int], kinds: list[str], said: list[bool]
) -> pl.DataFrame:
    rows = steps.select("step_count", "cycle_count", "start_time_second", "duration_second").with_columns(
        block=pl.Series(numbers, dtype=pl.Int32), kind=pl.Series(kinds, dtype=pl.String), said=pl.Series(said)
    )
    blocks = rows.group_by("block", maintain_order=True).agg(
        col("kind").first(),
        first_step=col("step_count").first(),
        last_step=col("step_count").last(),
        first_cycle=col("cycle_count").first(),
        last_cycle=col("cycle_count").last(),
        start_time_second=col("start_time_second").first(),
        end_time_second=(col("start_time_second") + col("duration_second")).last(),
        said=col("said").any(),
    )
    # A cycle counts in the first block of its own kind that it has steps in.
    own = (
        rows.join(
            cycles.select("cycle_count", "charge_c_rate", "discharge_c_rate", cycle_kind=col("kind").cast(pl.String)),
            on="cycle_count",
            maintain_order="left",
        )
        .filter(col("kind") == col("cycle_kind"))
        .unique("cycle_count", keep="first", maintain_order=True)
        .group_by("block")
        .agg(pl.len().alias("cycles"), col("charge_c_rate").median(), col("discharge_c_rate").median())
    )
    blocks = blocks.join(own, on="block", how="left", maintain_order="left")
    return BLOCKS.conform(
        blocks.with_columns(col("cycles").fill_null(0), after_ageing_cycle=_aged(blocks, cycles, rows))
    )


def _aged(blocks: pl.DataFrame, cycles: pl.DataFrame, rows: pl.DataFrame) -> pl.Series:
    """How many ageing cycles were complete when each block began."""
    last_step = rows.group_by("cycle_count").agg(col("step_count").max())
    ageing = cycles.filter(col("ageing_index").is_not_null()).join(last_step, on="cycle_count")
    ends = ageing["step_count"].sort()
    return ends.search_sorted(blocks["first_step"], side="left").cast(pl.Int32)
