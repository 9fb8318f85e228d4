"""The formats of fracture censuses: typed in, or a lab's own table."""

from characterization.fracture.entry import ENTRY
from characterization.measurement.plain_table import Head, plain_reader
from labdb.ingest.entry import entry_reader
from labdb.ingest.reader import Reader

HEADS = {
    "cycle_count": Head(r"(after )?cycles?( (number|count|no))?|number of cycles"),
    "intact": Head(r"(intact|undamaged|unbroken)( particles)?"),
    "mildly_damaged": Head(r"mild|(mildly|slightly) (damaged|cracked)( particles)?|mild damage|cracked"),
    "broken": Head(r"(broken|fractured|severely damaged)( particles)?"),
    "image": Head(r"image|field|micrograph|picture|frame|photo"),
}

READERS: list[Reader] = [
    entry_reader("fracture_census", "Fracture census", ENTRY),
    plain_reader("fracture_census", "Fracture census", ENTRY, HEADS),
]
