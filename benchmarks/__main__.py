"""`make bench`: how fast the spine is, each number a ratio to something measured in the same run.

python -m benchmarks            what needs only labdb
python -m benchmarks b d        some of it
python -m benchmarks --peers    and other programs, each in an environment of its own under benchmarks/.peers
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks.measure import ROOT, Line

LETTERS = "abcdef"
LONG_CYCLES = 1_000


def real_data() -> Path | None:
    folder = Path(os.environ.get("LABDB_REAL_DATA") or ROOT.parent / "shared" / "data")
    return folder if (folder / "EXPECTED.json").exists() else None


def measured(letters: set[str], peers: bool, folder: Path) -> Iterator[Line]:
    if letters & {"a", "e"}:
        from benchmarks import spine

        data = real_data()
        yield from (line for line in spine.run(data, folder) if line.letter in letters)
        if data is not None and "a" in letters:
            from benchmarks import other_programs, run_of_file

            yield run_of_file.run(data / spine.LONG, folder)
            yield from other_programs.run(data / spine.LONG, folder, peers)
    if letters & {"b", "d"}:
        from benchmarks import cycles, parts
        from benchmarks.long_test import store_long_test

        long_path = folder / "long.parquet"
        store_long_test(long_path, LONG_CYCLES)
        if "b" in letters:
            yield from cycles.run(long_path)
        if "d" in letters:
            yield from parts.run(long_path, folder)
    if "c" in letters:
        from benchmarks import comparison

        yield from comparison.run(folder)
    if "f" in letters:
        from benchmarks import rest

        yield from rest.run(folder)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__.split("\n")[0])
    parser.add_argument("letters", nargs="*", default=list(LETTERS), metavar="a … f", help="all where none is given")
    parser.add_argument("--peers", action="store_true", help="install and measure other programs too")
    chosen = parser.parse_args()
    letters = set("".join(chosen.letters))
    if not letters <= set(LETTERS):
        parser.error(f"choose among {' '.join(LETTERS)}")
    print(f"labdb on {platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}")
    if hasattr(os, "getloadavg") and os.getloadavg()[0] > 0.5:
        print(f"others are at work here (load {os.getloadavg()[0]:.1f}): times are too long, and ratios less certain")
    missed = 0
    with tempfile.TemporaryDirectory(prefix="labdb-bench-") as folder:
        for line in measured(letters, chosen.peers, Path(folder)):
            print(line, flush=True)
            missed += line.met is False
    print(f"{missed} of the goals not met" if missed else "every measured goal is met")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
