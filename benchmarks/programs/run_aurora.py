"""aurora-cycler-manager: a Neware file → its table and cycle summary as Parquet, dQ/dV of every cycle.

Run in that program's own environment, which has nothing of labdb; so have the others in this folder.
"""

import subprocess
import sys
import time
from pathlib import Path

path, folder = Path(sys.argv[1]), Path(sys.argv[2])
# It wants a project before it is imported; it makes one in the folder that stands for the home of this process.
subprocess.run(
    [Path(sys.executable).parent / "aurora-setup", "init", folder / "aurora"], check=True, capture_output=True
)

from aurora_cycler_manager.analysis import analyse_cycles, calc_dqdv, merge_dfs  # noqa: E402
from aurora_cycler_manager.neware_harvester import get_neware_ndax_data  # noqa: E402


def work() -> None:
    table, _ = merge_dfs([get_neware_ndax_data(path)])
    summary, _ = analyse_cycles(table, 3.04, {})
    table.write_parquet(folder / "table.parquet")
    summary.write_parquet(folder / "cycles.parquet")
    for (cycle,), part in table.group_by("Cycle", maintain_order=True):
        if cycle:
            moved = part["dQ (mAh)"].to_numpy()
            calc_dqdv(part["V (V)"].to_numpy(), moved.cumsum(), moved)


times = []
for _ in range(6):
    begin = time.perf_counter()
    work()
    times.append(time.perf_counter() - begin)
print(min(times))
