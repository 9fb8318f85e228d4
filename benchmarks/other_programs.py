"""What other programs take for (a), each in an environment of its own under benchmarks/.peers, made only on request."""

from __future__ import annotations

import os
import subprocess
import venv
from dataclasses import dataclass
from pathlib import Path

from benchmarks.measure import ROOT, Line, best, not_measured, ratio

PEERS = ROOT / "benchmarks" / ".peers"
PROGRAMS = ROOT / "benchmarks" / "programs"
SLOWEST_SECONDS = 180


@dataclass(frozen=True)
class Program:
    name: str
    requirement: str
    script: str
    at_most: float  # our time over its time


KNOWN = (
    Program("aurora-cycler-manager", "aurora-cycler-manager==0.11.6", "run_aurora.py", 0.5),
    Program("cellpy", "cellpy==1.0.3", "run_cellpy.py", 0.15),
    Program("navani", "navani==0.1.22", "run_navani.py", 0.15),
)


def run(path: Path, folder: Path, install: bool) -> list[Line]:
    return [_compare(program, path, folder / program.name, install) for program in KNOWN]


def _compare(program: Program, path: Path, folder: Path, install: bool) -> Line:
    from benchmarks.spine import file_to_tables

    what = f"file → everything stored, against {program.name}"
    python = PEERS / program.name / ("Scripts" if os.name == "nt" else "bin") / "python"
    if not python.exists() and not install:
        return not_measured("a", what, "make bench ARGS=--peers installs it")
    try:
        if not python.exists():
            venv.create(PEERS / program.name, with_pip=True)
            pip = [str(python), "-m", "pip", "install", "--quiet", program.requirement]
            subprocess.run(pip, check=True, capture_output=True)
        (folder / "ours").mkdir(parents=True)
        before = best(lambda: file_to_tables(path, folder / "ours"), repeats=10)
        own = {"HOME": str(folder), "XDG_DATA_HOME": str(folder), "XDG_CONFIG_HOME": str(folder), "TQDM_DISABLE": "1"}
        done = subprocess.run(
            [str(python), str(PROGRAMS / program.script), str(path), str(folder)],
            check=True,
            capture_output=True,
            text=True,
            cwd=folder,
            env={**os.environ, **own},
            timeout=SLOWEST_SECONDS,
        )
    except subprocess.TimeoutExpired:
        return not_measured("a", what, f"took more than {SLOWEST_SECONDS} s")
    except subprocess.CalledProcessError as error:
        said = error.stderr if isinstance(error.stderr, str) else error.stderr.decode(errors="replace")
        return not_measured("a", what, (said.strip().splitlines() or ["it failed"])[-1][:100])
    # It runs in a process of its own; ours is timed before and after, so that a busy moment hits both.
    after = best(lambda: file_to_tables(path, folder / "ours"), repeats=10)
    return ratio("a", what, min(before, after), float(done.stdout.split()[-1]), program.name, program.at_most)
