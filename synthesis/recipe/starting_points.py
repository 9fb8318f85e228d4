"""Where a new recipe starts: the process of the reference study, to be changed. Pure.

Source: Nature Communications (2024), doi 10.1038/s41467-024-54637-9, as far as it says. It gives no rate for the
re-annealing; that of the sintering stands in.
"""

from __future__ import annotations

from typing import Any

REFERENCE_PROCESS: list[dict[str, Any]] = [
    {"kind": "mix"},
    {
        "kind": "heat",
        "name": "sintering",
        "segments": [
            {"kind": "ramp", "target_celsius": 760.0, "rate_celsius_per_min": 5.0, "atmosphere": "O2"},
            {"kind": "hold", "hold_hour": 12.0},
            {"kind": "cool", "target_celsius": 300.0, "rate_celsius_per_min": 2.0},
            {"kind": "natural cooling"},
        ],
    },
    {"kind": "wash", "solvent": "cold deionised water", "repeats": 2},
    {"kind": "wash", "solvent": "ethanol 95 %", "repeats": 1},
    {"kind": "dry", "temperature_celsius": 80.0, "duration_hour": 5.0},
    {
        "kind": "heat",
        "name": "re-annealing",
        "segments": [
            {"kind": "ramp", "target_celsius": 650.0, "rate_celsius_per_min": 5.0, "atmosphere": "O2"},
            {"kind": "hold", "hold_hour": 10.0},
            {"kind": "natural cooling"},
        ],
    },
    {"kind": "store", "container": "hot-sealed vacuum pouch"},
]
# Moles per mole of precursor: precursor, lithium source. A flux is what a recipe is about, so nobody gets one unasked.
REFERENCE_RATIOS = (1.0, 1.05)
