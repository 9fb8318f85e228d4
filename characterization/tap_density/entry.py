"""What a person types in of a tap density. Pure."""

from __future__ import annotations

from labdb.ingest.presentation import Column, Entry

ENTRY = Entry(
    columns=(
        Column("mass_g", "Powder", "g", help="weighed into the cylinder", lowest=0.001, highest=10_000),
        Column("volume_cm3", "Volume after tapping", "cm³", help="read off the cylinder", lowest=0.001, highest=10_000),
        Column("taps", "Taps", kind="whole", required=False, lowest=1, highest=1_000_000),
    ),
    help="One row a filling of the cylinder.",
)
