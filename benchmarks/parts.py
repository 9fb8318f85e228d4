"""(d) one cycle out of 10⁷ rows, the first view of all of them, and a zoom."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from benchmarks.measure import Line, best, side_by_side, text
from labdb.tables import parquet
from labdb.tables.overview import overview, window

TIMES_FASTER = 20
ZOOM_SECONDS = 0.050


def run(long_path: Path, folder: Path) -> list[Line]:
    overview_path = folder / "overview.parquet"
    drawn = parquet.read(long_path, ["test_time_second", "voltage_volt", "current_ampere"])
    parquet.write(overview(drawn), overview_path)
    last = float(drawn["test_time_second"][-1])
    del drawn

    def one_cycle() -> None:
        parquet.read(long_path, cycles=(500, 500))

    one, whole = side_by_side(one_cycle, lambda: parquet.read(long_path), repeats=3)
    faster = whole / one
    value = f"{text(whole)} (all) / {text(one)} = {faster:.0f}× faster"
    lines = [Line("d", "one cycle out of 10⁷ rows", value, f"≥ {TIMES_FASTER}×", faster >= TIMES_FASTER)]
    shares = {"first view": 1.0, "zoom to a tenth": 0.1, "zoom to a twentieth": 0.05, "zoom to a thousandth": 1e-3}
    for what, share in shares.items():
        start = 0.3 * last if share < 1 else 0.0
        duration = best(partial(window, long_path, overview_path, start, start + share * last))
        lines.append(Line("d", f"{what} of 10⁷ rows", text(duration), "≤ 50 ms", duration <= ZOOM_SECONDS))
    return lines
