"""The formats of Karl Fischer titrations: typed in, or a titrator's or a lab's table."""

from characterization.measurement.plain_table import Head, plain_reader
from characterization.moisture.entry import ENTRY
from labdb.ingest.entry import entry_reader
from labdb.ingest.reader import Reader

WATER = {"µg": 1.0, "ug": 1.0, "mcg": 1.0, "mg": 1000.0}
HEADS = {
    "sample_mass_g": Head(r"(sample |powder )?(mass|weight|size)", {"g": 1.0, "mg": 1e-3}),
    "water_microgram": Head(r"(water|h2o|moisture)( found| amount| mass)?", WATER),
    "blank_microgram": Head(r"blank( value| water)?", WATER),
    "drift_microgram_per_min": Head(r"drift", {"µg/min": 1.0, "ug/min": 1.0, "mcg/min": 1.0}),
    "titration_time_min": Head(r"(titration )?(time|duration)", {"min": 1.0, "s": 1 / 60}),
    "oven_temperature_celsius": Head(r"(oven )?temp(erature)?|oven", {"°C": 1.0, "C": 1.0, "": 1.0}),
}

READERS: list[Reader] = [
    entry_reader("moisture", "Moisture", ENTRY),
    plain_reader("moisture", "Moisture", ENTRY, HEADS),
]
