"""The names of C-rates, by which tests with slightly different currents are compared. Pure."""

from __future__ import annotations

USUAL_C_RATES = (0.02, 0.05, 0.1, 0.2, 0.25, 0.33, 0.5, 0.75, 1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10, 15, 20, 30, 50)
NEAR = 0.08  # of a usual rate: a current is set to a planned mass and divided by the weighed one; 0.3 C is not 0.33 C


def called(c_rate: float) -> str:
    """The rate as people call it: "0.1C" for 0.098, "0.33C" for 1/3; two digits for a rate that nobody uses."""
    nearest = min(USUAL_C_RATES, key=lambda usual: abs(usual - c_rate))
    return f"{nearest if abs(nearest - c_rate) <= NEAR * nearest else float(f'{c_rate:.2g}'):g}C"


def of_name(name: str) -> float:
    """0.33 for "0.33C"."""
    return float(name.removesuffix("C"))
