"""Every cell of the study: the kinds of cells, their replicates, their scatter. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np

from dashboards.demo.simulate.cell import Cell, Limits
from dashboards.demo.simulate.eis import CYCLES as IMPEDANCE_AFTER_CYCLES
from dashboards.demo.simulate.eis import DISCHARGED_VOLT
from dashboards.demo.simulate.hot_storage import StorageTest, storage_cell, storage_test
from dashboards.demo.simulate.hppc import hppc_test
from dashboards.demo.simulate.products import CALIBRATED, HALF_LIMITS, PRODUCTS, Product
from dashboards.demo.simulate.programs import AgeingTest, Program
from dashboards.demo.simulate.rate_cells import energy_cell, energy_test, rate_cell, rate_test
from dashboards.demo.simulate.solid_state import solid_state_cell, solid_state_test

SEED = 54637  # the article's number
# Relative standard deviations of the scatter between batches, and between the cells of one batch.
BATCH_SCATTER = {"capacity": 0.003, "hindrance": 0.015, "fade": 0.025, "resistance": 0.02}
CELL_SCATTER = {"capacity": 0.004, "hindrance": 0.020, "fade": 0.030, "resistance": 0.03}
NCM_PRODUCTS, NI96_PRODUCTS = ("GP-NCM", "P-NCM"), ("GP-Ni96", "P-Ni96")
POWER_CUT_AFTER = {"GP-Ni96-P1": 346}  # the cycle after which the power failed


class Format(StrEnum):
    """How a cell is built."""

    HALF = "coin half cell"
    POUCH = "pouch full cell"
    SOLID_STATE = "solid-state mould cell"


@dataclass(frozen=True)
class Kind:
    """Cells of one build that do one test.

    Attributes:
        name: as `reported.py` calls them.
        letter: in the cell's code, GP-NCM-H1.
        batches: the batch of each replicate.
        build: the cell of a product without scatter.
        program: what it is put through.
        products: by their codes.
    """

    name: str
    letter: str
    format: Format
    batches: Sequence[int]
    build: Callable[[Product], Cell]
    program: Callable[[Product], Program]
    products: Sequence[str] = tuple(CALIBRATED)


def _half_cell(product: Product) -> Cell:
    return product.half_cell(CALIBRATED[product.code])


def _pouch_cell(product: Product) -> Cell:
    return product.pouch_cell(CALIBRATED[product.code])


def _cycled_to_2_7_volt(product: Product) -> AgeingTest:
    """Discharged so far whenever its impedance is measured."""
    return AgeingTest(Limits(DISCHARGED_VOLT, HALF_LIMITS.high_volt), ageing_cycles=max(IMPEDANCE_AFTER_CYCLES))


KINDS = (
    Kind(
        "half",
        "H",
        Format.HALF,
        (1, 1, 2, 2),
        build=_half_cell,
        program=Product.half_program,
    ),
    Kind(
        "pouch",
        "P",
        Format.POUCH,
        (1, 2),
        build=_pouch_cell,
        program=Product.pouch_program,
    ),
    Kind("impedance", "I", Format.HALF, (1, 2), build=_half_cell, program=_cycled_to_2_7_volt),
    Kind("rate", "R", Format.HALF, (1, 1, 2), build=rate_cell, program=rate_test),
    Kind("energy", "E", Format.HALF, (1, 1, 2, 2), build=energy_cell, program=energy_test, products=NI96_PRODUCTS),
    Kind(
        "solid-state",
        "S",
        Format.SOLID_STATE,
        (1, 2),
        build=solid_state_cell,
        program=solid_state_test,
        products=NCM_PRODUCTS,
    ),
    Kind(
        "storage",
        "W",
        Format.POUCH,
        (1, 1, 2),
        build=storage_cell,
        program=storage_test,
        products=NI96_PRODUCTS,
    ),
    Kind("pulses", "D", Format.POUCH, (1, 2), build=_pouch_cell, program=hppc_test),
)


@dataclass(frozen=True)
class Specimen:
    """One cell of the study, ready to be run.

    Attributes:
        code: `GP-NCM-H1`.
        product: its code.
        composition: of the active material.
        batch: code of the batch of cathode powder.
        kind: of its cell and its test.
        cell: its own parameters, scatter included.
        program: what it was put through.
        channel: of the cycler, from 1 on.
    """

    code: str
    product: str
    composition: str
    batch: str
    kind: Kind
    cell: Cell
    program: Program
    channel: int

    @property
    def seed(self) -> int:
        """Of the chamber and of the instrument's noise."""
        return SEED + self.channel


def specimens() -> list[Specimen]:
    """Every cell of the study, kind by kind, in the order in which they are loaded."""
    found: list[Specimen] = []
    for kind in KINDS:
        for product in PRODUCTS:
            if product.code in kind.products:
                found += replicates(product, kind, first_channel=len(found) + 1)
    return found


def replicates(product: Product, kind: Kind, first_channel: int = 1) -> list[Specimen]:
    """A product's cells of one kind.

    Scatter is drawn, then centred, so that the replicates' mean is the product.
    """
    cell, program = kind.build(product), kind.program(product)
    draw = np.random.default_rng([SEED, *f"{product.code} {kind.name}".encode()])
    scatter = {name: _centred(draw, name, kind.batches) for name in CELL_SCATTER}
    masses = cell.active_mass_mg * (1.0 + np.clip(0.05 * draw.standard_normal(len(kind.batches)), -0.12, 0.12))
    found = []
    for index, batch in enumerate(kind.batches):
        code = f"{product.code}-{kind.letter}{index + 1}"
        found.append(
            Specimen(
                code=code,
                product=product.code,
                composition=product.composition,
                batch=f"{product.code}-B{batch}",
                kind=kind,
                cell=_scattered(cell, {name: values[index] for name, values in scatter.items()}, masses[index]),
                program=_own(program, code, index),
                channel=first_channel + index,
            )
        )
    return found


def _own(program: Program, code: str, index: int) -> Program:
    """What one cell of several is put through, with what befell it."""
    if code in POWER_CUT_AFTER and isinstance(program, AgeingTest):
        return replace(program, cut_after=POWER_CUT_AFTER[code])
    if isinstance(program, StorageTest):
        return program.of_replicate(index)
    return program


def _centred(draw: np.random.Generator, name: str, batch_of: Sequence[int]) -> list[float]:
    batches = BATCH_SCATTER[name] * draw.standard_normal(2)
    cells = CELL_SCATTER[name] * draw.standard_normal(len(batch_of))
    values = np.array([batches[batch - 1] for batch in batch_of]) + cells
    return [1.0 + float(value) for value in values - values.mean()]


def _scattered(cell: Cell, factor: Mapping[str, float], active_mass_mg: float) -> Cell:
    ageing = replace(
        cell.ageing,
        active_loss=cell.ageing.active_loss * factor["fade"],
        lithium_loss_mah_per_g=cell.ageing.lithium_loss_mah_per_g * factor["fade"],
        polarisation_growth=cell.ageing.polarisation_growth * factor["fade"],
        hindrance_growth=cell.ageing.hindrance_growth * factor["fade"],
    )
    return replace(
        cell,
        site_capacity_mah_per_g=cell.site_capacity_mah_per_g * factor["capacity"],
        hindered_mah_per_g=cell.hindered_mah_per_g * factor["hindrance"],
        ohmic_ohm_gram=cell.ohmic_ohm_gram * factor["resistance"],
        exchange_a_per_g=cell.exchange_a_per_g / factor["resistance"],
        active_mass_mg=round(float(active_mass_mg), 2 if active_mass_mg < 100 else 1),
        ageing=ageing,
    )
