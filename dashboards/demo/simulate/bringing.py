"""Files of instruments other than cyclers, as they are brought to labdb: what is in them, of what, by which instrument.
Pure.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

from dashboards.demo.simulate.processes import in_processes


@dataclass(frozen=True)
class Device:
    """An instrument of the study; the furthest back was calibrated longest ago."""

    name: str
    technique: str
    maker: str
    model: str
    calibrated_on: date
    holds_days: int = 365
    standard: str = ""


@dataclass(frozen=True)
class Brought:
    """One file, or typed values, and what it was measured on.

    Attributes:
        name: of the file.
        technique: said where a picture could be anything; else found by content.
        named: the measurements that it makes, (name, place): several for a file of several samples. A place is
            `batch`, `batch/stage`, `batch/stage/number`, or `cell@cycles`.
        write: writes the file; one of typed values, too.
        parameters: choices of a person, by the name of the measurement, or for all under "".
        instrument: one of `INSTRUMENTS`.
    """

    name: str
    named: Sequence[tuple[str, str]]
    day: date
    write: Callable[[Path], object]
    technique: str = ""
    parameters: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    instrument: str = ""
    operator: str = "simulated"

    def parameters_of(self, name: str) -> dict[str, Any]:
        return {**self.parameters.get("", {}), **self.parameters.get(name, {})}


def write_all(wanted: Sequence[Brought], folder: Path, processes: int | None = None) -> Iterator[tuple[Brought, Path]]:
    """Each with its simulated file, as it is ready, in their order.

    Args:
        folder: an existing one.
        processes: how many at once; all processors where not said, this process alone for 1.
    """
    return in_processes(partial(_written, folder=folder), wanted, processes)


def _written(one: Brought, folder: Path) -> tuple[Brought, Path]:
    path = folder / one.name
    one.write(path)
    return one, path
