"""The demo study's making: chemicals, lots, four recipes, lab and pilot batches with their furnace logs, as records.

The recipes are those of the study; who weighed how much, and what the furnace did, is simulated with the scatter of a
real line. Everything comes in through the services that a person's entries come in through.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
from django.db import transaction

from dashboards.demo.simulate.furnace import Furnace, write_log
from labdb.accounts.models import Project, User
from labdb.ingest.services import ingest
from labdb.provenance.models import AnalysisRun
from synthesis.batch.models import Batch, BatchLink
from synthesis.batch.services import link, save_batch, start_batch, weigh
from synthesis.batch.story import weigh_out_table
from synthesis.chemical.formula import parse
from synthesis.chemical.models import Chemical, Lot
from synthesis.chemical.services import save_chemical, save_lot
from synthesis.heat_treatment.models import FurnaceLog
from synthesis.heat_treatment.programme import lay_out
from synthesis.heat_treatment.services import HeatTreatmentOf
from synthesis.recipe.models import Recipe, RecipeVersion
from synthesis.recipe.process import Heat
from synthesis.recipe.services import approve_version, create_recipe, save_version
from synthesis.sample.models import Sample
from synthesis.sample.services import Series, add_series

Say = Callable[[str], None]
Stage = Sample.Stage

SIMULATED = "Simulated for the demo study."
FIRST_DAY = date(2025, 6, 2)
PILOT_BATCHES = 12
PILOT_PRECURSOR_G = 100_000.0
PILOT_SAGGARS = 6
LAB_PRECURSOR_G = 100.0
# The run of pilot batches has its bad days: too much flux in the ninth, an overshoot in the seventh.
PILOT_OVERSHOOT = {7: 14.0}
PILOT_FLUX_ERROR = {9: 0.028}

# Name, formula, role, supplier, assay in %, received in g.
CHEMICALS = (
    ("Ni83 hydroxide", "Ni0.83Co0.11Mn0.06(OH)2", Chemical.Role.PRECURSOR, "Guizhou Zoomwe", 100.0, 20_000.0),
    ("Ni96 hydroxide", "Ni0.96Co0.02Mn0.02(OH)2", Chemical.Role.PRECURSOR, "Guizhou Zoomwe", 100.0, 2_000_000.0),
    ("Lithium hydroxide monohydrate", "LiOH·H2O", Chemical.Role.LITHIUM, "Adamas", 99.0, 1_000_000.0),
    ("Potassium sulfate", "K2SO4", Chemical.Role.FLUX, "Greagent", 99.0, 400_000.0),
)
PRECURSORS = {"NCM": "Ni83 hydroxide", "Ni96": "Ni96 hydroxide"}
LITHIUM, FLUX = "Lithium hydroxide monohydrate", "Potassium sulfate"


@dataclass(frozen=True)
class Plan:
    """A product of the study: its recipe, and how its batches are made."""

    code: str
    composition: str
    precursor: str
    flux: bool
    sinter_celsius: float
    pilot: bool
    batches: int
    control_of: str = ""


PLANS = (
    Plan("GP-NCM", "LiNi0.83Co0.11Mn0.06O2", PRECURSORS["NCM"], True, 760, False, 2),
    Plan("P-NCM", "LiNi0.83Co0.11Mn0.06O2", PRECURSORS["NCM"], False, 760, False, 2, "GP-NCM"),
    Plan("GP-Ni96", "LiNi0.96Co0.02Mn0.02O2", PRECURSORS["Ni96"], True, 700, True, PILOT_BATCHES),
    Plan("P-Ni96", "LiNi0.96Co0.02Mn0.02O2", PRECURSORS["Ni96"], False, 700, True, 2, "GP-Ni96"),
)


def process(sinter_celsius: float) -> list[dict[str, object]]:
    """The study's process: sinter, wash, dry, re-anneal, store."""
    return [
        {"kind": "mix", "method": "dry"},
        {
            "kind": "heat",
            "name": "sintering",
            "segments": [
                {"kind": "ramp", "target_celsius": sinter_celsius, "rate_celsius_per_min": 5, "atmosphere": "O2"},
                {"kind": "hold", "hold_hour": 12},
                {"kind": "cool", "target_celsius": 300, "rate_celsius_per_min": 2},
                {"kind": "natural cooling"},
            ],
        },
        {"kind": "wash", "solvent": "cold deionised water", "repeats": 2, "temperature_celsius": 5},
        {"kind": "wash", "solvent": "ethanol 95 %", "repeats": 1},
        {"kind": "dry", "temperature_celsius": 80, "duration_hour": 5},
        {
            "kind": "heat",
            "name": "re-annealing",
            "segments": [
                {"kind": "ramp", "target_celsius": 650, "rate_celsius_per_min": 5, "atmosphere": "O2"},
                {"kind": "hold", "hold_hour": 10},
                {"kind": "natural cooling"},
            ],
        },
        {"kind": "store", "container": "hot-sealed vacuum pouch bags"},
    ]


def make(project: Project, owner: User, verifier: User, say: Say) -> list[AnalysisRun]:
    """Enter what is not there yet; an interrupted load is continued.

    Returns:
        The analyses of furnace logs that were asked for.
    """
    lots = {about[0]: _lot(owner, *about) for about in CHEMICALS}
    runs = []
    for plan in PLANS:
        version = _version(plan, project, owner, verifier)
        for number in range(1, plan.batches + 1):
            batch = _batch(plan, number, version, lots, project, owner)
            _samples(plan, batch, owner)
            runs += _furnace_log(plan, number, batch, owner)
        say(f"{plan.code}: recipe and {plan.batches} batches entered")
    _controls(project, owner)
    return runs


def _lot(owner: User, name: str, formula: str, role: str, supplier: str, assay: float, amount_g: float) -> Lot:
    chemical = Chemical.objects.filter(name=name).first()
    if chemical is None:
        chemical = save_chemical(Chemical(name=name, formula=formula, role=role), owner)
    number = f"SIM-{''.join(word[0] for word in name.split()).upper()}-01"
    lot = Lot.objects.filter(chemical=chemical, supplier=supplier, number=number).first()
    if lot is not None:
        return lot
    made = Lot(
        chemical=chemical,
        supplier=supplier,
        number=number,
        assay_percent=assay,
        amount_g=amount_g,
        received_on=FIRST_DAY - timedelta(days=20),
        note=SIMULATED,
    )
    return save_lot(made, owner)


@transaction.atomic
def _version(plan: Plan, project: Project, owner: User, verifier: User) -> RecipeVersion:
    recipe = Recipe.objects.filter(project=project, code=plan.code).first()
    if recipe is not None and recipe.latest is not None:
        return recipe.latest
    control_of = Recipe.objects.filter(project=project, code=plan.control_of).first() if plan.control_of else None
    recipe = create_recipe(
        owner, project, plan.code, control_of=control_of, description="As in the article.", simulated=True
    )
    names = {plan.precursor: 1.0, LITHIUM: 1.05} | ({FLUX: 0.1} if plan.flux else {})
    chemicals = {chemical.name: chemical for chemical in Chemical.objects.filter(name__in=names)}
    version = RecipeVersion(recipe=recipe, composition=plan.composition, process=process(plan.sinter_celsius))
    save_version(version, [(chemicals[name], ratio) for name, ratio in names.items()], owner)
    return approve_version(version, verifier)


@transaction.atomic
def _batch(
    plan: Plan, number: int, version: RecipeVersion, lots: dict[str, Lot], project: Project, owner: User
) -> Batch:
    code = f"{plan.code}-B{number}"
    found = Batch.objects.filter(project=project, code=code).first()
    if found is not None and found.recipe_version_id:
        return found
    draw = np.random.default_rng([len(plan.code), ord(plan.code[-1]), number])
    day = FIRST_DAY + timedelta(days=3 * number + (40 if plan.pilot else 0))
    wanted = PILOT_PRECURSOR_G if plan.pilot else LAB_PRECURSOR_G
    about: dict[str, Any] = {
        "product": plan.code,
        "scale": Batch.Scale.PILOT if plan.pilot else Batch.Scale.LAB,
        "operator": "simulated line" if plan.pilot else "simulated chemist",
        "started_on": day,
        "furnace": "roller kiln 2" if plan.pilot else "tube furnace 1",
        "wanted_precursor_mass_g": wanted,
        "note": SIMULATED,
        "simulated": True,
    }
    if found is None:
        batch = start_batch(owner, project, code, version, **about)
    else:  # made by a cell that named it
        batch = found
        batch.recipe_version, batch.process = version, version.process
        for name, value in about.items():
            setattr(batch, name, value)
        save_batch(batch, owner)
    used = {lot.chemical_id: lot for lot in lots.values()}
    table = weigh_out_table(version, used, wanted)
    by_name = {lot.chemical.name: lot for lot in lots.values()}
    scatter = 0.003 if plan.pilot else 0.0006
    at = datetime(day.year, day.month, day.day, 7, 30, tzinfo=UTC)
    for line in table:
        error = scatter * draw.standard_normal()
        if line.name == FLUX and plan.pilot:
            error += PILOT_FLUX_ERROR.get(number, 0.0)
        weigh(batch, by_name[line.name], float(f"{line.mass_g * (1 + error):.6g}"), owner, at=at)
    _weigh_products(batch, table[0].moles, plan, draw, owner)
    return batch


def _weigh_products(batch: Batch, moles: float, plan: Plan, draw: np.random.Generator, owner: User) -> None:
    """Masses after sintering and washing: product, what lithium is over as carbonate, flux; losses with scatter."""
    product = moles * parse(plan.composition).molar_mass_g_per_mol
    lithium_left = moles * 0.05 / 2 * parse("Li2CO3").molar_mass_g_per_mol
    flux = moles * 0.1 * parse("K2SO4").molar_mass_g_per_mol if plan.flux else 0.0
    handling = 0.985 + 0.003 * draw.standard_normal()
    batch.mass_after_sintering_g = float(f"{handling * (product + lithium_left + flux):.5g}")
    batch.mass_after_washing_g = float(f"{handling * product * (0.972 + 0.004 * draw.standard_normal()):.5g}")
    save_batch(batch, owner)


def _furnace_log(plan: Plan, number: int, batch: Batch, owner: User) -> list[AnalysisRun]:
    name = f"{batch.code} sintering simulated.csv"
    if FurnaceLog.objects.filter(batch=batch, measurement_files__raw_file__name=name).exists():
        return []
    heat = next(step for step in batch.steps if isinstance(step, Heat))
    overshoot = 2.0 + 0.6 * np.random.default_rng([number, len(plan.code)]).standard_normal()
    zones = (("Zone 1", 0.0), ("Zone 2", 1.5), ("Zone 3", -2.0)) if plan.pilot else (("Sample", 0.0), ("Wall", 4.0))
    furnace = Furnace(zones, PILOT_OVERSHOOT.get(number, overshoot) if plan.pilot else overshoot, seed=1000 + number)
    begin = datetime.combine(batch.started_on or FIRST_DAY, datetime.min.time()) + timedelta(hours=9)
    with tempfile.TemporaryDirectory(prefix="labdb-demo-") as folder:
        path = Path(folder) / name
        write_log(path, lay_out(heat.segments), furnace, begin, f"sintering of {batch.code}")
        done = ingest(path, name, batch.project, owner, subject=HeatTreatmentOf(batch, 1), simulated=True)
    if done.measurement is None:
        raise RuntimeError(f"the demo file was not recognised: {done.sentence}")
    return [done.run] if done.run else []


@transaction.atomic
def _samples(plan: Plan, batch: Batch, owner: User) -> None:
    """As sintered, after each wash, final; of a pilot batch a sub-lot of each saggar and a retained one too."""
    if batch.samples.exists():
        return
    taken = [Series(Stage.AS_SINTERED, amount_g=20)]
    taken += [Series(Stage.WASHED, stage_number=wash, amount_g=20) for wash in (1, 2)]
    taken.append(Series(Stage.FINAL, amount_g=20))
    if plan.pilot:
        taken.append(Series(Stage.SUB_LOT, count=PILOT_SAGGARS, from_saggars=True, zones=3, amount_g=50))
        taken.append(Series(Stage.RETAINED, amount_g=500, location="retained samples"))
    for series in taken:
        add_series(batch, owner, series)


def _controls(project: Project, owner: User) -> None:
    """Each control batch is the control of the product's batch of the same number."""
    for plan in PLANS:
        if not plan.control_of:
            continue
        for number in range(1, plan.batches + 1):
            child = Batch.objects.get(project=project, code=f"{plan.code}-B{number}")
            parent = Batch.objects.get(project=project, code=f"{plan.control_of}-B{number}")
            if not BatchLink.objects.filter(child=child, parent=parent).exists():
                link(child, parent, BatchLink.Kind.CONTROL, owner)
