"""cellpy: a Neware file → its steps and summary in its own file, dQ/dV of every cycle."""

import sys
import time
from pathlib import Path

import cellpy
from cellpy.utils import ica

path, folder = Path(sys.argv[1]), Path(sys.argv[2])

begin = time.perf_counter()
cell = cellpy.get(path, instrument="neware_nda", mass=3.04, cycle_mode="cathode", testing=True)
ica.dqdv(cell, split=False)
cell.save(folder / "cell.cellpy")
print(time.perf_counter() - begin)
