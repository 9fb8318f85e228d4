"""What a simulated cell is, what it holds, and what becomes of it; the equations are in `model.py`. Pure.

All charges are mAh per gram of the cathode active material that the cell was built with, all currents A/g.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from enum import StrEnum

from dashboards.demo.simulate.electrodes import Array, OpenCircuit

MAH_PER_AH = 1000.0
SECOND_PER_HOUR = 3600.0


class StepKind(StrEnum):
    """As Neware names them."""

    REST = "Rest"
    CC_CHARGE = "CC Chg"
    CV_CHARGE = "CV Chg"
    CC_DISCHARGE = "CC DChg"


@dataclass(frozen=True)
class Ageing:
    """What each cycle costs: X(n) = x·p, p = (n / 100)^exponent + steepness·max(0, n − knee) / 100, for n cycles done.

    Attributes:
        exponent: below 1 slows down, above 1 speeds up.
        active_loss: share of the cathode lost after 100 cycles (cracked off, turned to rock salt).
        lithium_loss_mah_per_g: lithium bound in the anode's film after 100 cycles; without effect on a lithium foil.
        polarisation_growth: what 100 cycles add to the factor ρ of the polarisation.
        hindrance_growth: what 100 cycles add to the factor κ of the hindrance; a slow check-up cycle gets most of
            this loss back.
        knee_cycle: after it, all of this goes faster.
        knee_steepness: how much faster.
    """

    exponent: float
    active_loss: float
    lithium_loss_mah_per_g: float
    polarisation_growth: float
    hindrance_growth: float
    knee_cycle: float = math.inf
    knee_steepness: float = 0.0

    def progress(self, cycles: float) -> float:
        beyond = max(0.0, cycles - self.knee_cycle)
        return float((cycles / 100.0) ** self.exponent) + self.knee_steepness * beyond / 100.0


@dataclass(frozen=True)
class Cell:
    """The parameters of one cell.

    Attributes:
        cathode: its open-circuit curve.
        site_capacity_mah_per_g: of all sites of the cathode; what 4.3 V reaches is less.
        one_c_a_per_g: the specific current that is called 1 C.
        active_mass_mg: of the cathode.
        hindered_mah_per_g: δ₁, vacancies that a discharge at 1 C cannot fill.
        hindrance_exponent: m, how δ depends on the current.
        ohmic_ohm_gram: R.
        exchange_a_per_g: i₀ at half filling.
        shuttled: share of the charge that goes round inside the cell and is not stored.
        ageing: see there.
        anode: its open-circuit curve; None is a metal whose potential stays where it is.
        metal_volt: that potential; 0 is lithium, and an alloy of indium and lithium lies above it.
        anode_capacity_mah_per_g: per gram of cathode.
        film_mah_per_g: lithium that forms the anode's film during formation.
        activation_volt: extra polarisation at the start of the very first charge.
    """

    cathode: OpenCircuit
    site_capacity_mah_per_g: float
    one_c_a_per_g: float
    active_mass_mg: float
    hindered_mah_per_g: float
    hindrance_exponent: float
    ohmic_ohm_gram: float
    exchange_a_per_g: float
    shuttled: float
    ageing: Ageing
    anode: OpenCircuit | None = None
    metal_volt: float = 0.0
    anode_capacity_mah_per_g: float = 0.0
    film_mah_per_g: float = 0.0
    activation_volt: float = 0.06


@dataclass(frozen=True)
class State:
    """What a cell holds between two steps."""

    vacancies: float
    lithium: float
    active: float = 1.0
    cycles: int = 0
    polarisation: float = 1.0  # ρ
    hindrance: float = 1.0  # κ


@dataclass(frozen=True)
class Step:
    """One executed step on a fine grid; counters begin at 0 and never fall.

    Attributes:
        kind: rest, constant current, constant voltage.
        c_rate: of its constant current, or what a hold began with.
        time_second: since the step began.
        current_a_per_g: positive charges.
        voltage_volt: at the terminals.
        capacity_mah_per_g: what went through the terminals.
        energy_mwh_per_g: likewise.
    """

    kind: StepKind
    c_rate: float
    time_second: Array
    current_a_per_g: Array
    voltage_volt: Array
    capacity_mah_per_g: Array
    energy_mwh_per_g: Array


@dataclass(frozen=True)
class Ledger:
    """Where the charge of one cycle went, mAh/g: charged = discharged + shuttled + stranded + kept.

    Attributes:
        charged: through the terminals.
        discharged: through the terminals.
        shuttled: went round inside the cell.
        stranded: taken out of cathode that was lost before the discharge.
        kept: vacancies at the end of the cycle more than at its start.
        bound: lithium of the anode that its film took; not a part of the sum, which is the cathode's.
    """

    charged: float
    discharged: float
    shuttled: float
    stranded: float
    kept: float
    bound: float


@dataclass(frozen=True)
class Limits:
    """Voltage window, and the C-rate at which a hold at the upper end is over."""

    low_volt: float
    high_volt: float
    hold_end_c_rate: float = 0.1


@dataclass(frozen=True)
class Cycle:
    """One cycle as executed."""

    steps: tuple[Step, ...]
    ledger: Ledger
    end: State = field(repr=False)
