"""What a person types in of residual lithium: a titration, or final values. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from characterization.residual_lithium.table import FOUND
from labdb.ingest.presentation import Column, Entry

TITRATION = ("sample_mass_g", "aliquot_fraction", "acid_molarity_mol_per_l", "first_volume_ml", "second_volume_ml")
FINAL = FOUND[:2]


def check(rows: Sequence[Mapping[str, Any]]) -> None:
    """
    Raises:
        ValueError: a replicate is neither a whole titration nor final values, or both.
    """
    labels = {column.name: column.label.lower() for column in ENTRY.columns}
    for number, row in enumerate(rows, start=1):
        given = [name for name in TITRATION if row.get(name) is not None]
        final = [name for name in FINAL if row.get(name) is not None]
        if given and final:
            raise ValueError(f"replicate {number}: give either the titration or the final values, not both.")
        missing = [labels[name] for name in TITRATION if name not in given]
        if given and missing:
            raise ValueError(f"replicate {number}: the titration lacks {', '.join(missing)}.")
        if not given and not final:
            raise ValueError(f"replicate {number}: give the titration or the final values.")


ENTRY = Entry(
    columns=(
        Column("sample_mass_g", "Sample", "g", required=False, help="extracted", lowest=0.001, highest=10_000),
        Column(
            "aliquot_fraction",
            "Aliquot / extract",
            required=False,
            help="1 where all of it was titrated",
            lowest=0.0001,
            highest=1,
        ),
        Column("acid_molarity_mol_per_l", "HCl", "mol/L", required=False, lowest=0.0001, highest=12),
        Column("first_volume_ml", "To pH 8.3", "mL", required=False, lowest=0, highest=1000),
        Column("second_volume_ml", "To pH 4.5", "mL", required=False, help="from the start", lowest=0, highest=1000),
        Column(FINAL[0], "LiOH, final", "mg/kg", required=False, help="0.1 % is 1000", lowest=0, highest=1e6),
        Column(FINAL[1], "Li2CO3, final", "mg/kg", required=False, help="0.1 % is 1000", lowest=0, highest=1e6),
    ),
    help="One row a titration; or, where it was evaluated elsewhere, its final values alone.",
    check=check,
)
