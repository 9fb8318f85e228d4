"""Exports of laser diffraction with one table of sizes and volumes: Mastersizer 3000, Horiba, Microtrac, a lab's own.

No file of Horiba and Microtrac was at hand: their heads are those that users' public scripts look for.

- Mastersizer 3000, csv or .xlsx: lines of `key,value` (`Sample Name`, `Dx (10)`, `Dx (50)`, `Dx (90)`), then
  `Size Classes (µm)` and `Volume Density (%)`, in other exports `Size (µm)`, `% Volume In`, `% Volume Under`. The size
  is the lower edge of its class: so the instrument's own Dx (50) comes out (users' public analyses hold it to 0.01 %).
- Horiba LA, text: lines of `key<tab>: value`, then `Diameter(µm)`, `q(%)`, `UnderSize(%)`. The undersize is read.
- Microtrac, text, csv: `Size(um)`, `%Chan`, `%Pass` from the largest size down. %Pass is what is below the size.
- Anything else with a size in µm and a volume in %. A volume of each class alone needs to know which edge the size is:
  a head says so (`Upper size (µm)`), or a person; else the upper edge is assumed, and said.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from characterization.particle_size.readers.distributions import frame, replicates_of
from characterization.particle_size.readers.heads import heads_in
from characterization.particle_size.readers.size_tables import collect
from characterization.particle_size.table import LOWER, UPPER
from labdb.ingest import units
from labdb.ingest.reader import FileHead, Reader, Reading

MASTERSIZER, HORIBA, MICROTRAC, PLAIN = "mastersizer-3000", "horiba-la", "microtrac", "particle-size-distribution"
OF_MASTERSIZER = re.compile(r"size ?classes|% volume (in|under)")
OF_MICROTRAC = re.compile(r"% ?chan(nel)?|% ?pass(ing)?")


def layout_of(heads: Sequence[str]) -> str:
    """Whose table these heads are; an empty string where they are none of sizes and volumes."""
    if not heads:
        return ""
    labels = [units.split_header(each)[0] for each in heads]
    if any(OF_MASTERSIZER.fullmatch(label) for label in labels):
        return MASTERSIZER
    if "q" in labels and "undersize" in labels:
        return HORIBA
    if any(OF_MICROTRAC.fullmatch(label) for label in labels):
        return MICROTRAC
    return PLAIN


def _reader(layout: str, version: int, label: str) -> Reader:
    def recognises(head: FileHead) -> bool:
        return layout_of(heads_in(head)) == layout

    def read(path: Path, name: str) -> Reading:
        found = collect(path, name)
        replicates = replicates_of(found, name)
        warnings = list(found.warnings)
        cumulative = all(any(volumes.kind != "in" for volumes in one.volumes) for one in replicates)
        if layout == MASTERSIZER:
            size_is = found.edge or LOWER
        else:
            size_is = found.edge or UPPER
            if not found.has_unit:
                warnings.append("the head of the sizes has no unit; they were taken as µm")
            if not found.edge and not cumulative:
                warnings.append(
                    "nothing says which edge of its class a size is; the upper one was assumed, and can be chosen"
                )
        sample = replicates[0].sample
        return Reading(frame(replicates, size_is, name), {"sample": sample} if sample else {}, tuple(warnings))

    return Reader(layout, version, label, recognises, read)


READERS = [
    _reader(MASTERSIZER, 1, "Malvern Mastersizer 3000 export"),
    _reader(HORIBA, 1, "Horiba LA text export"),
    _reader(MICROTRAC, 1, "Microtrac export"),
    _reader(PLAIN, 1, "Particle size distribution, a table"),
]
