"""The four products and the half and pouch cells that are cycled of them: the study's parameters. Pure.

Numbers under `CALIBRATED` are solved by `calibration.py` for the values in `dashboards/demo/reported.py`; run it
again after a change of the model. All others are chosen, and docs/demo.md says why.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from dashboards.demo.simulate.cell import Ageing, Cell, Limits
from dashboards.demo.simulate.electrodes import GRAPHITE, NCM83, NI96, OpenCircuit
from dashboards.demo.simulate.programs import AgeingTest


@dataclass(frozen=True)
class Calibrated:
    """What is solved for, one set a product.

    Attributes:
        site_capacity_mah_per_g: for the first discharge of the half cell.
        hindered_mah_per_g: for the first Coulombic efficiency of the half cell.
        half_active_loss: for the half cell's retention.
        pouch_hindrance_growth: for the pouch cell's retention or cycle life.
    """

    site_capacity_mah_per_g: float
    hindered_mah_per_g: float
    half_active_loss: float
    pouch_hindrance_growth: float


CALIBRATED: Mapping[str, Calibrated] = {
    "GP-NCM": Calibrated(254.70220, 34.40369, 0.05022, 0.41807),
    "P-NCM": Calibrated(249.47382, 44.04164, 0.08613, 0.93247),
    "GP-Ni96": Calibrated(265.69646, 32.78868, 0.07002, 0.65601),
    "P-Ni96": Calibrated(269.29895, 50.89898, 0.11368, 0.63782),
}


@dataclass(frozen=True)
class Product:
    """One product as chosen; see `Calibrated` for the rest.

    Attributes:
        code: as in the study.
        composition: of the active material.
        cathode: its open-circuit curve.
        one_c_a_per_g: what 1 C means.
        hindrance_exponent: how much worse a faster discharge fills the particles.
        ohmic_ohm_gram: R of a half cell.
        exchange_a_per_g: i₀; the porous products have more surface inside.
        half_exponent: course of the half cell's fade.
        half_growth: of the polarisation of a half cell, in 100 cycles.
        half_hindrance_growth: likewise of the hindrance.
        half_retention_at_300: chosen where the article has none, else None.
        pouch_exponent: course of the pouch cell's fade.
        pouch_growth: of the polarisation of a pouch cell, in 100 cycles.
        pouch_active_loss: cathode that a pouch cell loses in 100 cycles.
        pouch_lithium_loss_mah_per_g: lithium that its graphite binds in 100 cycles.
        film_mah_per_g: lithium for the graphite's film in formation, per gram of cathode.
        pouch_active_mass_mg: four pieces of 11 mg/cm² of coating (NCM), two of 17 (Ni96), of 19.25 cm² each.
        pouch_low_volt: end of a pouch cell's discharge.
        pouch_ageing_cycles: how long the pouch cells ran.
        check_up_every: ageing cycles.
    """

    code: str
    composition: str
    cathode: OpenCircuit
    one_c_a_per_g: float
    hindrance_exponent: float
    ohmic_ohm_gram: float
    exchange_a_per_g: float
    half_exponent: float
    half_growth: float
    half_hindrance_growth: float
    half_retention_at_300: float | None
    pouch_exponent: float
    pouch_growth: float
    pouch_active_loss: float
    pouch_lithium_loss_mah_per_g: float
    film_mah_per_g: float
    pouch_active_mass_mg: float
    pouch_low_volt: float
    pouch_ageing_cycles: int
    check_up_every: int

    def half_cell(self, solved: Calibrated) -> Cell:
        return Cell(
            cathode=self.cathode,
            site_capacity_mah_per_g=solved.site_capacity_mah_per_g,
            one_c_a_per_g=self.one_c_a_per_g,
            active_mass_mg=HALF_ACTIVE_MASS_MG,
            hindered_mah_per_g=solved.hindered_mah_per_g,
            hindrance_exponent=self.hindrance_exponent,
            ohmic_ohm_gram=self.ohmic_ohm_gram,
            exchange_a_per_g=self.exchange_a_per_g,
            shuttled=0.0015,
            ageing=Ageing(
                exponent=self.half_exponent,
                active_loss=solved.half_active_loss,
                lithium_loss_mah_per_g=0.0,
                polarisation_growth=self.half_growth,
                hindrance_growth=self.half_hindrance_growth,
            ),
        )

    def pouch_cell(self, solved: Calibrated) -> Cell:
        """The same cathode against graphite: less lithium metal resistance, no spare lithium."""
        return replace(
            self.half_cell(solved),
            active_mass_mg=self.pouch_active_mass_mg,
            ohmic_ohm_gram=0.7 * self.ohmic_ohm_gram,
            shuttled=0.0006,
            ageing=Ageing(
                exponent=self.pouch_exponent,
                active_loss=self.pouch_active_loss,
                lithium_loss_mah_per_g=self.pouch_lithium_loss_mah_per_g,
                polarisation_growth=self.pouch_growth,
                hindrance_growth=solved.pouch_hindrance_growth,
            ),
            anode=GRAPHITE,
            anode_capacity_mah_per_g=N_P_RATIO * solved.site_capacity_mah_per_g * self.cathode.fraction(4.3),
            film_mah_per_g=self.film_mah_per_g,
        )

    def half_program(self) -> AgeingTest:
        return AgeingTest(HALF_LIMITS, ageing_cycles=300)

    def pouch_program(self) -> AgeingTest:
        return AgeingTest(Limits(self.pouch_low_volt, 4.2), self.pouch_ageing_cycles, self.check_up_every)


HALF_LIMITS = Limits(2.8, 4.3)
HALF_ACTIVE_MASS_MG = 4.95  # 7 mg/cm² of coating, 90 % of it active, on 10 mm
N_P_RATIO = 1.1  # graphite over what the cathode gives up to 4.3 V

PRODUCTS = (
    Product(
        code="GP-NCM",
        composition="LiNi0.83Co0.11Mn0.06O2",
        cathode=NCM83,
        one_c_a_per_g=0.190,
        hindrance_exponent=0.40,
        ohmic_ohm_gram=0.15,
        exchange_a_per_g=0.18,
        half_exponent=0.85,
        half_growth=0.15,
        half_hindrance_growth=0.06,
        half_retention_at_300=None,
        pouch_exponent=0.80,
        pouch_growth=0.06,
        pouch_active_loss=0.006,
        pouch_lithium_loss_mah_per_g=3.6,
        film_mah_per_g=18.0,
        pouch_active_mass_mg=762.0,
        pouch_low_volt=2.75,
        pouch_ageing_cycles=1020,
        check_up_every=500,
    ),
    Product(
        code="P-NCM",
        composition="LiNi0.83Co0.11Mn0.06O2",
        cathode=NCM83,
        one_c_a_per_g=0.190,
        hindrance_exponent=0.28,
        ohmic_ohm_gram=0.16,
        exchange_a_per_g=0.13,
        half_exponent=0.95,
        half_growth=0.45,
        half_hindrance_growth=0.20,
        half_retention_at_300=None,
        pouch_exponent=1.15,
        pouch_growth=0.22,
        pouch_active_loss=0.018,
        pouch_lithium_loss_mah_per_g=10.5,
        film_mah_per_g=18.0,
        pouch_active_mass_mg=762.0,
        pouch_low_volt=2.75,
        pouch_ageing_cycles=520,
        check_up_every=500,
    ),
    Product(
        code="GP-Ni96",
        composition="LiNi0.96Co0.02Mn0.02O2",
        cathode=NI96,
        one_c_a_per_g=0.245,
        hindrance_exponent=0.75,
        ohmic_ohm_gram=0.13,
        exchange_a_per_g=0.18,
        half_exponent=0.90,
        half_growth=0.20,
        half_hindrance_growth=0.08,
        half_retention_at_300=0.800,
        pouch_exponent=0.80,
        pouch_growth=0.08,
        pouch_active_loss=0.008,
        pouch_lithium_loss_mah_per_g=3.6,
        film_mah_per_g=20.0,
        pouch_active_mass_mg=589.0,
        pouch_low_volt=3.1,
        pouch_ageing_cycles=820,
        check_up_every=200,
    ),
    Product(
        code="P-Ni96",
        composition="LiNi0.96Co0.02Mn0.02O2",
        cathode=NI96,
        one_c_a_per_g=0.245,
        hindrance_exponent=0.50,
        ohmic_ohm_gram=0.14,
        exchange_a_per_g=0.14,
        half_exponent=1.00,
        half_growth=0.50,
        half_hindrance_growth=0.20,
        half_retention_at_300=0.620,
        pouch_exponent=1.05,
        pouch_growth=0.20,
        pouch_active_loss=0.020,
        pouch_lithium_loss_mah_per_g=6.0,
        film_mah_per_g=20.0,
        pouch_active_mass_mg=589.0,
        pouch_low_volt=3.1,
        pouch_ageing_cycles=420,
        check_up_every=200,
    ),
)
