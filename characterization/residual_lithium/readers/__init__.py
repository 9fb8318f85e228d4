"""The formats of residual lithium: typed in, or a titrator's or a lab's table."""

from characterization.measurement.plain_table import Head, plain_reader
from characterization.residual_lithium.entry import ENTRY, FINAL, TITRATION
from labdb.ingest.entry import entry_reader
from labdb.ingest.reader import Reader

VOLUMES = {"mL": 1.0, "ml": 1.0, "cm3": 1.0, "cm³": 1.0, "µL": 1e-3, "uL": 1e-3}
FOUND = {"mg/kg": 1.0, "ppm": 1.0, "%": 1e4, "wt%": 1e4, "wt.%": 1e4, "wt %": 1e4, "mass %": 1e4}
HEADS = {
    "sample_mass_g": Head(r"(sample |powder )?(mass|weight|size)", {"g": 1.0, "mg": 1e-3}),
    "aliquot_fraction": Head(r"aliquot( fraction| / extract)?", {"": 1.0, "%": 0.01}),
    "acid_molarity_mol_per_l": Head(
        r"(acid |hcl |titrant )?(molarity|conc(entration)?)|c ?\(hcl\)|c hcl|hcl",
        {"mol/L": 1.0, "mol/l": 1.0, "M": 1.0, "N": 1.0},
    ),
    "first_volume_ml": Head(r"ep ?1( volume)?|v ?1|(first|1st) (endpoint|volume)( volume)?", VOLUMES),
    "second_volume_ml": Head(r"ep ?2( volume)?|v ?2|(second|2nd) (endpoint|volume)( volume)?", VOLUMES),
    FINAL[0]: Head(r"(residual )?(lioh|lithium hydroxide)( content)?", FOUND),
    FINAL[1]: Head(r"(residual )?(li2co3|lithium carbonate)( content)?", FOUND),
}

READERS: list[Reader] = [
    entry_reader("residual_lithium", "Residual lithium", ENTRY),
    plain_reader("residual_lithium", "Residual lithium", ENTRY, HEADS, needed=(TITRATION, FINAL)),
]
