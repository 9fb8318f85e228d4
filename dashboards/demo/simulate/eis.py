"""Impedance spectra of half cells after so many cycles, as Gamry's Framework writes them. Pure.

A cell is R0-p(R1,CPE1)-p(R2,CPE2)-W1: the electrolyte, the surface layer, the charge transfer, diffusion in the
particles. Each point scatters by 0.2 % of |Z| in its real and its imaginary part. The notes of the file say that
nothing was measured. The same cell and seed give the same bytes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import numpy as np

from cells.impedance.circuit import parse
from dashboards.demo.simulate.neware_csv import SIMULATED

CIRCUIT = "R0-p(R1,CPE1)-p(R2,CPE2)-W1"
CYCLES = (25, 50, 75, 100)
FROM_HERTZ, TO_HERTZ, PER_DECADE = 1e5, 1e-2, 10
NOISE = 0.002
DISCHARGED_VOLT = 2.7
# Charge transfer of coin half cells that were discharged to 2.7 V, ohm by cycle; plausible, not of a publication.
CHARGE_TRANSFER_OHM: dict[str, Mapping[int, float]] = {
    "GP-NCM": {25: 21.0, 50: 26.5, 75: 33.0, 100: 40.5},
    "P-NCM": {25: 28.0, 50: 47.0, 75: 74.0, 100: 112.0},
    "GP-Ni96": {25: 18.5, 50: 25.0, 75: 33.5, 100: 44.0},
    "P-Ni96": {25: 27.0, 50: 52.0, 75: 88.0, 100: 138.0},
}
# By how much the two cells of a duplicate lie beside the target.
DUPLICATES = (0.97, 1.03)


@dataclass(frozen=True)
class AgedElectrode:
    """A cell whose impedance is measured.

    Attributes:
        label: as the operator noted it, "GP-NCM-C07 after 50 cycles".
        charge_transfer_ohm: R2.
        ohmic_ohm, surface_ohm: R0 and R1.
        warburg: σ of W1, ohm s^-0.5.
    """

    label: str
    charge_transfer_ohm: float
    ohmic_ohm: float = 4.2
    surface_ohm: float = 9.5
    warburg: float = 4.0

    @property
    def values(self) -> dict[str, float]:
        return {
            "R0": self.ohmic_ohm,
            "R1": self.surface_ohm,
            "CPE1 Q": 2.5e-5,
            "CPE1 n": 0.90,
            "R2": self.charge_transfer_ohm,
            "CPE2 Q": 3.0e-3,
            "CPE2 n": 0.88,
            "W1 σ": self.warburg,
        }


def aged(product: str, code: str, cycle_count: int, duplicate: int = 0) -> AgedElectrode:
    """A cell of a product after so many cycles, the first or the second of its duplicates.

    Args:
        code: of the cell, as its label begins.
        cycle_count: one of `CYCLES`.
    """
    share = DUPLICATES[duplicate % len(DUPLICATES)]
    target = CHARGE_TRANSFER_OHM[product][cycle_count]
    return AgedElectrode(f"{code} after {cycle_count} cycles", target * share, surface_ohm=9.5 + 0.03 * cycle_count)


def write_gamry(
    path: Path, electrode: AgedElectrode, *, seed: int, started: datetime | None = None, noise: float = NOISE
) -> None:
    """Write the spectrum of an electrode as a Gamry .DTA.

    Args:
        started: the clock of the instrument.
        noise: SD of the real and of the imaginary part / |Z|.
    """
    began = started or datetime(2026, 5, 4, 9, 0, 0)
    decades = np.log10(FROM_HERTZ / TO_HERTZ)
    frequency = np.geomspace(FROM_HERTZ, TO_HERTZ, round(decades * PER_DECADE) + 1)
    impedance = parse(CIRCUIT).impedance(electrode.values, frequency)
    scatter = np.random.default_rng(seed).normal(scale=noise, size=(2, len(frequency)))
    impedance = impedance + np.abs(impedance) * (scatter[0] + 1j * scatter[1])
    seconds = np.cumsum(np.maximum(2.0, 3.0 / frequency))
    head = [
        "EXPLAIN",
        "TAG\tEISPOT",
        "TITLE\tLABEL\tPotentiostatic EIS\tTest &Identifier",
        f"DATE\tLABEL\t{began.month}/{began.day}/{began.year}\tDate",
        f"TIME\tLABEL\t{began:%H:%M:%S}\tTime",
        "NOTES\tNOTES\t2\t&Notes...",
        f"\t{SIMULATED}",
        f"\t{electrode.label}",
        "PSTAT\tPSTAT\tsimulated\tPotentiostat",
        f"VDC\tPOTEN\t{DISCHARGED_VOLT:.5E}\tF\tDC &Voltage (V)",
        f"FREQINIT\tQUANT\t{FROM_HERTZ:.5E}\tInitial Fre&q. (Hz)",
        f"FREQFINAL\tQUANT\t{TO_HERTZ:.5E}\tFinal Fre&q. (Hz)",
        f"PTSPERDEC\tQUANT\t{PER_DECADE:.5E}\tPoints/&decade",
        "VAC\tQUANT\t1.00000E+001\tAC &Voltage (mV rms)",
        "ZCURVE\tTABLE",
        "\tPt\tTime\tFreq\tZreal\tZimag\tZsig\tZmod\tZphz\tIdc\tVdc\tIERange",
        "\t#\ts\tHz\tohm\tohm\tV\tohm\tdeg\tA\tV\t#",
    ]
    rows = [
        f"\t{number}\t{second:.0f}\t{hertz:.7g}\t{z.real:.7g}\t{z.imag:.7g}\t1\t{abs(z):.7g}"
        f"\t{np.degrees(np.angle(z)):.6g}\t0\t{DISCHARGED_VOLT:.6g}\t9"
        for number, (second, hertz, z) in enumerate(zip(seconds, frequency, impedance, strict=True))
    ]
    path.write_text("\n".join([*head, *rows]) + "\n", encoding="utf-8", newline="\n")
