"""navani: a Neware file → its table and cycle summary as pickles, dQ/dV of every half cycle."""

import sys
import time
from pathlib import Path

from navani import echem

path, folder = Path(sys.argv[1]), Path(sys.argv[2])

begin = time.perf_counter()
table = echem.echem_file_loader(path, mass=3.04)
echem.cycle_summary(table).to_pickle(folder / "cycles.pickle")
table.to_pickle(folder / "table.pickle")
for half, part in table.groupby("half cycle"):
    if half and len(part) > 100:
        echem.dqdv_single_cycle(part["Capacity"], part["Voltage"])
print(time.perf_counter() - begin)
