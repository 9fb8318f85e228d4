"""Timing two ways of doing the same thing in one run, and saying how they compare."""

from __future__ import annotations

import resource
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Line:
    """One row of the report: a ratio and its goal, or the reason why it was not measured."""

    letter: str
    what: str
    value: str = ""
    goal: str = ""
    met: bool | None = None

    def __str__(self) -> str:
        mark = {True: "met", False: "NOT MET", None: ""}[self.met]
        return f"({self.letter}) {self.what:<62} {self.value:<44} {self.goal:<12} {mark}".rstrip()


def not_measured(letter: str, what: str, reason: str) -> Line:
    return Line(letter, what, f"not measured: {reason}")


def seconds(work: Callable[[], Any]) -> float:
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin


def best(work: Callable[[], Any], repeats: int = 5) -> float:
    return min(seconds(work) for _ in range(repeats))


def side_by_side(ours: Callable[[], Any], other: Callable[[], Any], repeats: int = 5) -> tuple[float, float]:
    """The best time of each, taken in turns, so that a busy moment of the machine hits both; each is warm."""
    ours()
    other()
    pairs = [(seconds(ours), seconds(other)) for _ in range(repeats)]
    return min(first for first, _ in pairs), min(second for _, second in pairs)


def ratio(letter: str, what: str, ours: float, other: float, against: str, at_most: float) -> Line:
    value = f"{text(ours)} / {text(other)} ({against}) = {ours / other:.2f}×"
    return Line(letter, what, value, f"≤ {at_most:g}×", ours / other <= at_most)


def text(duration: float) -> str:
    return f"{duration * 1000:.1f} ms" if duration < 1 else f"{duration:.2f} s"


def peak_mebibytes(module: str, *arguments: str) -> float:
    """The peak memory of `python -m module`, in a process of its own that prints it last."""
    done = subprocess.run(
        [sys.executable, "-m", module, *arguments], cwd=ROOT, check=True, capture_output=True, text=True
    )
    return float(done.stdout.split()[-1])


def own_peak_mebibytes() -> float:
    status = Path("/proc/self/status")
    if status.exists():  # getrusage counts what the parent held when it started us
        return int(status.read_text().split("VmHWM:")[1].split()[0]) / 1024
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1 << 20 if sys.platform == "darwin" else 1 << 10)
