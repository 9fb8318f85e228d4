"""What the demo study's powders and electrodes were measured by: every simulated file and typed value. Pure.

Numbers that the article reports stand in `dashboards/demo/reported.py` and are taken from there or named beside; all
others are chosen, plausible for Ni-rich cathodes, and docs/demo.md says which. The pilot line's ninth batch had too
much flux, its seventh an overshoot: the residual potassium and the mixing of sites show it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from dashboards.demo.simulate import eis, physisorption, powder
from dashboards.demo.simulate.bringing import Brought, Device
from dashboards.demo.simulate.dsc import Exotherm, write_scan
from dashboards.demo.simulate.icp import Digest, write_qtegra
from dashboards.demo.simulate.rietveld import Refinement, write_cif
from dashboards.demo.simulate.sem import CrossSection, SurfaceLayer, write_cross_section, write_haadf
from dashboards.demo.simulate.tomography import CONTROL, POROUS, write_stack
from dashboards.demo.simulate.xrd import Powder, write_xrdml

FIRST_DAY = date(2025, 7, 14)
CYCLED_FROM = date(2025, 9, 5)  # after formation
PILOT_BATCHES = 12
DIGESTION = {"sample_mass_mg": 50.0, "volume_ml": 100.0, "dilution_factor": 1.0}


INSTRUMENTS = (
    Device("Diffractometer", "xrd", "Bruker", "D8 ADVANCE Da Vinci", date(2025, 3, 3), standard="corundum plate"),
    Device("ICP-OES", "icp", "Thermo", "iCAP 7600", date(2025, 6, 30), 180, "multi-element standard"),
    Device(
        "Physisorption analyser",
        "physisorption",
        "Micromeritics",
        "ASAP 2460",
        date(2025, 2, 10),
        standard="carbon black",
    ),
    Device("Tap density tester", "tap_density", "", "", date(2024, 5, 20), standard="glass cylinder"),
    Device("Laser diffraction", "particle_size", "", "", date(2025, 4, 8), standard="latex"),
    Device("Titrator", "residual_lithium", "", "", date(2025, 7, 1), 90, "sodium carbonate"),
    Device("Karl Fischer oven", "moisture", "", "", date(2025, 7, 1), 180, "water standard"),
    Device("SEM Gemini 300", "sem", "Zeiss", "Gemini 300", date(2025, 1, 20), standard="line grating"),
    Device("FIB-SEM Crossbeam 550", "tomography", "Zeiss", "Crossbeam 550", date(2025, 1, 21), standard="line grating"),
    Device("DSC 204 F1", "dsc", "NETZSCH", "204 F1", date(2025, 5, 5), standard="indium, tin, zinc"),
    Device("Potentiostat", "eis", "Gamry", "Interface 1010E", date(2025, 2, 24), standard="dummy cell"),
    Device("STEM HF5000", "image", "Hitachi", "HF5000", date(2025, 5, 12), standard="gold foil"),
)


@dataclass(frozen=True)
class Character:
    """How a product's powder is; values of its batches scatter about these.

    Attributes:
        metals: shares of the transition metals.
        porosity, porosity_sd, cross_sections: of the whole circle, as reported; and how many pictures.
        porosity_inside_half_radius: equal to the porosity where it is flat.
        tap_density_g_per_cm3: mean and SD of three.
        li_ni_mixing: share of nickel on lithium's site.
        bet_area_m2_per_g, pore_volume_cm3_per_g: of N2 physisorption.
        residual_potassium_mg_per_kg: after sintering, and after each wash.
        exotherm: of the charged powder.
    """

    metals: Mapping[str, float]
    a_angstrom: float
    c_angstrom: float
    li_ni_mixing: float
    porosity: float
    porosity_sd: float
    porosity_inside_half_radius: float
    cross_sections: int
    tap_density_g_per_cm3: tuple[float, float]
    bet_area_m2_per_g: float
    pore_volume_cm3_per_g: float
    residual_potassium_mg_per_kg: tuple[float, ...]
    d50_micrometre: float
    batches: int
    pilot: bool = False
    exotherm: Exotherm | None = None


NCM83 = {"Ni": 0.83, "Co": 0.11, "Mn": 0.06}
NI96 = {"Ni": 0.96, "Co": 0.02, "Mn": 0.02}
WITH_FLUX = (31_000.0, 2_400.0, 310.0, 190.0)
WITHOUT_FLUX = (24.0, 21.0, 19.0, 18.0)

PRODUCTS: Mapping[str, Character] = {
    "GP-NCM": Character(
        NCM83, 2.8718, 14.1985, 0.0147, 0.0819, 0.0019, 0.1311, 15, (1.75, 0.03), 1.42, 0.0068, WITH_FLUX, 9.6, 2,
        exotherm=Exotherm(221.0, 236.0, 812.0),
    ),
    "P-NCM": Character(
        NCM83, 2.8726, 14.1962, 0.0180, 0.0196, 0.0016, 0.0196, 10, (2.17, 0.06), 0.61, 0.0027, WITHOUT_FLUX, 9.9, 2,
        exotherm=Exotherm(212.0, 227.0, 954.0),
    ),
    "GP-Ni96": Character(
        NI96, 2.8755, 14.1920, 0.0212, 0.0692, 0.0021, 0.112, 4, (1.86, 0.04), 1.21, 0.0057, WITH_FLUX, 10.8, 12,
        pilot=True,
    ),
    "P-Ni96": Character(
        NI96, 2.8762, 14.1893, 0.0254, 0.0225, 0.0018, 0.0225, 4, (2.31, 0.05), 0.55, 0.0024, WITHOUT_FLUX, 11.1, 2,
        pilot=True,
    ),
}  # fmt: skip
PILOT = "GP-Ni96"
# Of the pilot line's batches: too much flux in the ninth, an overshoot of the furnace in the seventh.
POTASSIUM_FACTOR = {9: 2.9}
MIXING_FACTOR = {7: 1.35}
# Share of intact, mildly damaged and broken particles after so many cycles, and how many were counted.
FRACTURED = {
    ("GP-NCM", 30): ((0.759, 0.204, 0.037), 528),
    ("P-NCM", 30): ((0.151, 0.673, 0.176), 510),
    ("GP-NCM", 100): ((0.372, 0.497, 0.131), 508),
    ("P-NCM", 100): ((0.085, 0.588, 0.327), 496),
}
ROCK_SALT_NM = {"GP-NCM": 7.0, "P-NCM": 9.0}


def brought() -> Iterator[Brought]:
    """All of it, technique by technique; the order is that in which workers take it up."""
    for order, (product, of) in enumerate(PRODUCTS.items()):
        yield from _typed(product, of, order)
        yield from _census(product, order)
    yield from _composition()
    for order, (product, of) in enumerate(PRODUCTS.items()):
        yield from _diffraction(product, of, order)
        yield from _refinements(product, of)
        yield from _sorption(product, of, order)
        yield from _heat(product, of, order)
        yield from _cross_sections(product, of, order)
        yield from _spectra(product, order)
    yield from _stacks()
    yield from _surfaces()


def _draw(product: str, what: str, number: int = 0) -> np.random.Generator:
    """Chance of its own for each thing, so that a new one changes no other."""
    return np.random.default_rng([*product.encode(), *what.encode(), number])


def _batches(product: str, of: Character) -> Iterator[tuple[int, str, date]]:
    for number in range(1, of.batches + 1):
        yield number, f"{product}-B{number}", FIRST_DAY + timedelta(days=3 * number)


def _entry(technique: str, rows: Callable[..., Any], *told: Any, seed: int) -> Callable[[], bytes]:
    """Makes the file of values that were typed in."""
    return partial(_typed_in, technique, partial(rows, *told, seed=seed))


def _typed_in(technique: str, rows: Callable[[], Any]) -> bytes:
    return powder.entry_file(technique, rows())


def _write(path: Path, make: Callable[[], bytes]) -> None:
    path.write_bytes(make())


def _at(day: date, hour: int = 9) -> datetime:
    return datetime(day.year, day.month, day.day, hour)


def _typed(product: str, of: Character, order: int) -> Iterator[Brought]:
    """Tap density of every batch; particle size, residual lithium and moisture of the pilot's, for the release."""
    for number, batch, day in _batches(product, of):
        mean, sd = of.tap_density_g_per_cm3
        mean *= 1 + 0.006 * (_draw(product, "tap", number).standard_normal() if number > 1 else 0.0)
        seed = 1000 * order + number
        made = [("tap density", "Tap density tester", _entry("tap_density", powder.tap_density, mean, sd, seed=seed))]
        if of.pilot:
            d50 = of.d50_micrometre * (1 + 0.01 * _draw(product, "d50", number).standard_normal())
            sizes = (0.55 * d50, d50, 1.72 * d50)
            lioh = 2900 * (1 + 0.05 * _draw(product, "lioh", number).standard_normal())
            water = 240 * (1 + 0.08 * _draw(product, "water", number).standard_normal())
            lithium = _entry("residual_lithium", powder.residual_lithium, lioh, 0.72 * lioh, seed=seed)
            made += [
                ("particle size", "Laser diffraction", partial(powder.mastersizer_3000, batch, *sizes, seed=seed)),
                ("residual lithium", "Titrator", lithium),
                ("moisture", "Karl Fischer oven", _entry("moisture", powder.moisture, water, seed=seed)),
            ]
        for label, device, make in made:
            name = f"{batch} {label}.csv"
            yield Brought(name, [(name, f"{batch}/final")], day, partial(_write, make=make), instrument=device)


def _census(product: str, order: int) -> Iterator[Brought]:
    """Intact, mildly damaged and broken particles of opened cells."""
    for cycles in (30, 100):
        found = FRACTURED.get((product, cycles))
        if found is None:
            continue
        shares, counted = found
        name = f"{product} particles after {cycles} cycles.csv"
        make = _entry("fracture_census", powder.census, shares, counted, cycles, seed=order)
        day = FIRST_DAY + timedelta(days=120 + cycles)
        place = f"{product}-H{1 if cycles == 30 else 2}@{cycles}"
        yield Brought(name, [(name, place)], day, partial(_write, make=make), instrument="SEM Gemini 300")


def _composition() -> Iterator[Brought]:
    """One run a product: its first batch after sintering and after each wash, of the others the final powder."""
    for order, (product, of) in enumerate(PRODUCTS.items()):
        digests: list[Digest] = []
        named: list[tuple[str, str]] = []
        parameters: dict[str, dict[str, Any]] = {"": dict(DIGESTION)}
        last = FIRST_DAY
        for number, batch, day in _batches(product, of):
            last = day + timedelta(days=2)
            draw = _draw(product, "icp", number)
            factor = POTASSIUM_FACTOR.get(number, 1.0) if product == PILOT else 1.0
            ratios = {"Li": 1.018 * (1 + 0.003 * draw.standard_normal()), **of.metals}
            stages = ["as_sintered", "washed/1", "washed/2", "final"] if number == 1 else ["final"]
            for stage in stages:
                left = of.residual_potassium_mg_per_kg[("as_sintered", "washed/1", "washed/2", "final").index(stage)]
                left *= factor * (1 + 0.06 * draw.standard_normal())
                lithium = ratios["Li"] * (1.03 if stage == "as_sintered" else 1.0)
                label = f"{batch} {stage.replace('/', ' ').replace('_', '-')}"
                name = f"{label} ICP"
                residuals = {"K": left, "S": 0.41 * left}
                digests.append(Digest(label, {**ratios, "Li": lithium}, residuals, **DIGESTION))
                named.append((name, f"{batch}/{stage}"))
                parameters[name] = {"sample_label": label}
        write = partial(write_qtegra, digests=digests, seed=order)
        yield Brought(f"{product} ICP.csv", named, last, write, parameters=parameters, instrument="ICP-OES")


def _diffraction(product: str, of: Character, order: int) -> Iterator[Brought]:
    for number, batch, day in _batches(product, of):
        mixing = of.li_ni_mixing * (MIXING_FACTOR.get(number, 1.0) if product == PILOT else 1.0)
        oxide = Powder(batch, of.a_angstrom, of.c_angstrom, mixing, dict(of.metals), 0.11, seed=100 * order + number)
        name = f"{batch} XRD.xrdml"
        write = partial(write_xrdml, powder=oxide, begin=_at(day))
        yield Brought(name, [(name, f"{batch}/final")], day, write, instrument="Diffractometer")


def _refinements(product: str, of: Character) -> Iterator[Brought]:
    """One refinement of each of the two NCM products, whose mixing of sites is reported."""
    if of.pilot:
        return
    result = Refinement(product, of.a_angstrom, of.c_angstrom, of.li_ni_mixing, metals=dict(of.metals))
    name = f"{product}-B1 Rietveld.cif"
    write = partial(write_cif, refinement=result)
    day = FIRST_DAY + timedelta(days=12)
    yield Brought(name, [(name, f"{product}-B1/final")], day, write, instrument="Diffractometer")


def _sorption(product: str, of: Character, order: int) -> Iterator[Brought]:
    for number, batch, day in _batches(product, of):
        if number > 2:
            continue
        area = of.bet_area_m2_per_g * (1 + 0.02 * _draw(product, "bet", number).standard_normal())
        name = f"{batch} N2 77K.aif"
        surface = physisorption.PorousPowder(
            area, of.pore_volume_cm3_per_g, sample_mass_mg=1500.0, seed=10 * order + number
        )
        write = partial(physisorption.write_isotherm, powder=surface, title=batch, begin=_at(day))
        yield Brought(name, [(name, f"{batch}/final")], day, write, instrument="Physisorption analyser")


def _heat(product: str, of: Character, order: int) -> Iterator[Brought]:
    """Charged powder, taken out of a cell after its formation."""
    if of.exotherm is None:
        return
    day = FIRST_DAY + timedelta(days=110)
    name = f"{product} charged DSC.txt"
    write = partial(write_scan, exotherm=of.exotherm, sample=f"{product} charged", begin=_at(day), seed=order)
    yield Brought(name, [(name, f"{product}-H3@3")], day, write, instrument="DSC 204 F1")


def _cross_sections(product: str, of: Character, order: int) -> Iterator[Brought]:
    """Porosities with the reported mean and SD: their scatter is brought to both."""
    draw = _draw(product, "sem").standard_normal(of.cross_sections)
    scatter = (draw - draw.mean()) / draw.std(ddof=1)
    for number, away in enumerate(scatter, start=1):
        porosity = of.porosity + of.porosity_sd * float(away)
        half = of.porosity_inside_half_radius * porosity / of.porosity
        diameter = of.d50_micrometre * (1 + 0.05 * float(_draw(product, "size", number).standard_normal()))
        wanted = CrossSection(porosity, half, diameter, seed=100 * order + number)
        name = f"{product}-B1 cross-section {number:02d}.tif"
        day = FIRST_DAY + timedelta(days=20)
        write = partial(write_cross_section, wanted=wanted, begin=_at(day), title=f"{product}-B1 {number}")
        yield Brought(name, [(name, f"{product}-B1/final")], day, write, instrument="SEM Gemini 300")


def _stacks() -> Iterator[Brought]:
    """One particle of each of the two NCM products; the shares and the two largest pores of the first are reported."""
    day = FIRST_DAY + timedelta(days=40)
    for product, particle in (("GP-NCM", POROUS), ("P-NCM", CONTROL)):
        name = f"{product}-B1 FIB-SEM.tif"
        write = partial(write_stack, particle=particle, title=f"{product}-B1")
        yield Brought(name, [(name, f"{product}-B1/final")], day, write, instrument="FIB-SEM Crossbeam 550")


def _spectra(product: str, order: int) -> Iterator[Brought]:
    """Impedance of two cells, discharged, after so many cycles each."""
    for duplicate in range(len(eis.DUPLICATES)):
        code = f"{product}-I{duplicate + 1}"
        for cycles in eis.CYCLES:
            electrode = eis.aged(product, code, cycles, duplicate)
            day = CYCLED_FROM + timedelta(days=cycles // 8)
            seed = 1000 * order + 10 * cycles + duplicate
            name = f"{code} after {cycles} cycles.DTA"
            write = partial(eis.write_gamry, electrode=electrode, seed=seed, started=_at(day))
            yield Brought(name, [(name, f"{code}@{cycles}")], day, write, instrument="Potentiostat")


def _surfaces() -> Iterator[Brought]:
    """The rock-salt layer after about 100 cycles, measured at five places of one picture each."""
    for order, (product, thickness) in enumerate(ROCK_SALT_NM.items()):
        name = f"{product} surface HAADF.tif"
        write = partial(write_haadf, wanted=SurfaceLayer(thickness, seed=order))
        scatter = _draw(product, "haadf").standard_normal(5)
        scatter = (scatter - scatter.mean()) / scatter.std(ddof=1)
        values = [
            {"quantity": "rock_salt_layer_nm", "value": round(thickness + 0.6 * float(away), 1)} for away in scatter
        ]
        day = FIRST_DAY + timedelta(days=230)
        yield Brought(
            name,
            [(name, f"{product}-H2@100")],
            day,
            write,
            "image",
            parameters={"": {"values": values}},
            instrument="STEM HF5000",
        )
