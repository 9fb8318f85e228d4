"""A cell as the demo study simulates it: what it holds, how it polarises, how it ages. Pure.

All charges are mAh per gram of the cathode active material that the cell was built with, all currents A/g; the
equations and what each parameter was solved for are in docs/demo.md.

State: `vacancies`, lithium taken out of the still active cathode, per gram of it; `lithium`, what the graphite holds
(a lithium foil is never empty); `active`, the share of the cathode that still takes part.

    charge    V = U_c(v + δ) − U_a(g) + η        discharge    V = U_c(v − δ) − U_a(g) − η
    η = ρ·(i·R + (2RT/F)·asinh(i / 2i₀))         δ = κ·δ₁·(i / 1 C)^m·(0.15 + 0.85·exp(−v / ζ))

δ is how far the surface of a particle runs ahead of its mean: nearly full particles take lithium up slowly, so a
discharge ends with vacancies left (the first cycle's loss of a half cell), the more the faster it is. A current that
sets in builds δ up as 1 − exp(−q / σ), q being the charge since.
"""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from dashboards.demo.simulate.cell import (
    MAH_PER_AH,
    SECOND_PER_HOUR,
    Cell,
    Cycle,
    Ledger,
    Limits,
    State,
    Step,
    StepKind,
)
from dashboards.demo.simulate.electrodes import THERMAL_VOLT, Array

HINDRANCE_DECAY_MAH_PER_G = 50.0  # ζ
HINDRANCE_FLOOR = 0.15
SETTLING_MAH_PER_G = 5.0  # σ
FULLY_SETTLED = 20.0  # times σ; then δ is all there
FINE_POINTS = 320
HOLD_POINTS = 28
HOLD_BISECTIONS = 22
# How the film on the anode is formed: the share of `film_mah_per_g` that each formation charge takes.
FILM_SHARES = (0.86, 0.11, 0.03)


def pristine(cell: Cell) -> State:
    """As built: the cathode full of lithium (3.2 V against it), the graphite all but empty."""
    lithium = 1e-4 * cell.anode_capacity_mah_per_g
    return State(vacancies=cell.cathode.fraction(3.2) * cell.site_capacity_mah_per_g, lithium=lithium)


def open_circuit_volt(cell: Cell, state: State) -> float:
    return float(_equilibrium(cell, np.array([state.vacancies]), np.array([state.lithium]))[0])


def run_cycle(cell: Cell, state: State, limits: Limits, charge_c_rate: float, discharge_c_rate: float) -> Cycle:
    """Charge at constant current, hold, let the cycle's ageing happen, discharge.

    What is lost is lost while charged: that is where cathodes crack and films grow.
    """
    start = state
    steps = []
    step, state = charge(cell, state, limits, charge_c_rate)
    steps.append(step)
    if charge_c_rate > limits.hold_end_c_rate:
        step, state = hold(cell, state, limits, charge_c_rate)
        steps.append(step)
    charged = sum(float(step.capacity_mah_per_g[-1]) for step in steps)

    aged, bound = age(cell, state)
    stranded = (state.active - aged.active) * aged.vacancies
    step, end = discharge(cell, aged, limits, discharge_c_rate)
    ledger = Ledger(
        charged=charged,
        discharged=float(step.capacity_mah_per_g[-1]),
        shuttled=charged * cell.shuttled,
        stranded=stranded,
        kept=end.active * end.vacancies - start.active * start.vacancies,
        bound=bound,
    )
    return Cycle(steps=(*steps, step), ledger=ledger, end=replace(end, cycles=start.cycles + 1))


def worn(cell: Cell, state: State, chamber: float = 1.0) -> State:
    """The state with the kinetics of a cell of its age; `chamber` is what the temperature makes of it."""
    done = cell.ageing.progress(state.cycles)
    return replace(
        state,
        polarisation=(1.0 + cell.ageing.polarisation_growth * done) * chamber,
        hindrance=(1.0 + cell.ageing.hindrance_growth * done) * chamber,
    )


def _equilibrium(cell: Cell, vacancies: Array, lithium: Array) -> Array:
    potential = cell.cathode.potential_volt(vacancies / cell.site_capacity_mah_per_g)
    if cell.anode is None:
        return potential - cell.metal_volt
    return potential - cell.anode.potential_volt(lithium / cell.anode_capacity_mah_per_g)


def _hindrance_at(cell: Cell, state: State, current_a_per_g: Array | float) -> Array | float:
    """κ·δ₁·(i / 1 C)^m."""
    rate = current_a_per_g / cell.one_c_a_per_g
    return state.hindrance * cell.hindered_mah_per_g * rate**cell.hindrance_exponent


def _hindrance(cell: Cell, state: State, vacancies: Array, current_a_per_g: Array | float) -> Array:
    """δ: how far the surface runs ahead of the mean."""
    decaying = (1 - HINDRANCE_FLOOR) * np.exp(-vacancies / HINDRANCE_DECAY_MAH_PER_G)
    return _hindrance_at(cell, state, current_a_per_g) * (HINDRANCE_FLOOR + decaying)


def _fullest(cell: Cell, state: State, current_a_per_g: float) -> float:
    """The vacancies at which the surface can take no more: v = δ(v), by Newton's method."""
    at_current = float(_hindrance_at(cell, state, current_a_per_g))
    vacancies = 0.0
    for _ in range(8):
        decaying = (1 - HINDRANCE_FLOOR) * math.exp(-vacancies / HINDRANCE_DECAY_MAH_PER_G)
        excess = vacancies - at_current * (HINDRANCE_FLOOR + decaying)
        vacancies -= excess / (1.0 + at_current * decaying / HINDRANCE_DECAY_MAH_PER_G)
    return vacancies


def _overpotential(cell: Cell, state: State, vacancies: Array, current_a_per_g: Array | float) -> Array:
    """η, positive: ohmic and charge transfer (Butler-Volmer with equal coefficients)."""
    filling = np.clip(vacancies / cell.site_capacity_mah_per_g, 0.1, 0.9)
    exchange = cell.exchange_a_per_g * 2.0 * np.sqrt(filling * (1.0 - filling))
    transfer = 2.0 * THERMAL_VOLT * np.arcsinh(current_a_per_g / (2.0 * exchange))
    return state.polarisation * (current_a_per_g * cell.ohmic_ohm_gram + transfer)


def _settled(passed: Array) -> Array:
    """The share of δ that a current has built up; before it, the particles were even."""
    return 1.0 - np.exp(-passed / SETTLING_MAH_PER_G)


def _charging_volt(
    cell: Cell, state: State, stored: Array, current_a_per_g: Array | float, settled: Array | float = 1.0
) -> Array:
    """Terminal voltage after `stored` mAh/g more than the state holds."""
    vacancies = state.vacancies + stored / state.active
    surface = vacancies + settled * _hindrance(cell, state, vacancies, current_a_per_g)
    return _equilibrium(cell, surface, state.lithium + stored) + _overpotential(cell, state, vacancies, current_a_per_g)


def _discharging_volt(cell: Cell, state: State, drawn: Array, current_a_per_g: float) -> Array:
    vacancies = state.vacancies - drawn / state.active
    surface = vacancies - _settled(drawn) * _hindrance(cell, state, vacancies, current_a_per_g)
    return _equilibrium(cell, surface, state.lithium - drawn) - _overpotential(cell, state, vacancies, current_a_per_g)


def terminal_volt(cell: Cell, state: State, stored: Array, current_a_per_g: float) -> Array:
    """Terminal voltage since a current set in, after `stored` mAh/g more (negative: drawn); a positive one charges."""
    if current_a_per_g > 0:
        return _charging_volt(cell, state, stored, current_a_per_g, _settled(stored))
    return _discharging_volt(cell, state, -stored, -current_a_per_g)


def charge(cell: Cell, state: State, limits: Limits, c_rate: float) -> tuple[Step, State]:
    """At constant current to the upper limit."""
    current = c_rate * cell.one_c_a_per_g
    room = state.active * (cell.site_capacity_mah_per_g - state.vacancies)
    stored = room * np.linspace(0.0, 1.0, FINE_POINTS) ** 1.5
    voltage = _charging_volt(cell, state, stored, current, _settled(stored))
    if state.cycles == 0:
        voltage = voltage + cell.activation_volt * np.exp(-stored / 6.0)
    stored, voltage = _up_to(stored, voltage, limits.high_volt)
    step = _constant_current(StepKind.CC_CHARGE, c_rate, current, stored / (1.0 - cell.shuttled), voltage)
    return step, _after(state, float(stored[-1]))


def hold(cell: Cell, state: State, limits: Limits, c_rate: float) -> tuple[Step, State]:
    """Constant voltage: at each charge stored, the current that this voltage drives; time follows from it."""
    highest, lowest = c_rate * cell.one_c_a_per_g, limits.hold_end_c_rate * cell.one_c_a_per_g
    end = _stored_where(cell, state, limits.high_volt, lowest)
    stored = end * (1.0 - (1.0 - np.linspace(0.0, 1.0, HOLD_POINTS)) ** 1.6)
    low, high = np.full(HOLD_POINTS, 0.5 * lowest), np.full(HOLD_POINTS, 1.05 * highest)
    for _ in range(HOLD_BISECTIONS):
        middle = 0.5 * (low + high)
        too_high = _charging_volt(cell, state, stored, middle) > limits.high_volt
        high, low = np.where(too_high, middle, high), np.where(too_high, low, middle)
    current = np.clip(0.5 * (low + high), lowest, highest)
    passed = stored / (1.0 - cell.shuttled)
    mean_current = 0.5 * (current[1:] + current[:-1])
    hours = np.concatenate([[0.0], np.cumsum(np.diff(passed) / MAH_PER_AH / mean_current)])
    step = Step(
        kind=StepKind.CV_CHARGE,
        c_rate=c_rate,
        time_second=hours * SECOND_PER_HOUR,
        current_a_per_g=current,
        voltage_volt=np.full(HOLD_POINTS, limits.high_volt),
        capacity_mah_per_g=passed,
        energy_mwh_per_g=passed * limits.high_volt,
    )
    return step, _after(state, float(stored[-1]))


def discharge(
    cell: Cell, state: State, limits: Limits, c_rate: float, at_most_mah_per_g: float = math.inf
) -> tuple[Step, State]:
    """At constant current to the lower limit, or until so much has been drawn."""
    current = c_rate * cell.one_c_a_per_g
    room = _room(cell, state, current)
    if cell.anode is not None:
        room = min(room, state.lithium)
    room *= 1.0 + 1e-6  # a hair beyond, so that the voltage surely falls out of its window
    drawn = room * (1.0 - (1.0 - np.linspace(0.0, 1.0, FINE_POINTS)) ** 1.8)
    voltage = _discharging_volt(cell, state, drawn, current)
    if at_most_mah_per_g < drawn[-1] and np.interp(at_most_mah_per_g, drawn, voltage) > limits.low_volt:
        drawn, falling = _up_to(-voltage, drawn, at_most_mah_per_g)[::-1]
    else:
        drawn, falling = _up_to(drawn, -voltage, -limits.low_volt)
    step = _constant_current(StepKind.CC_DISCHARGE, c_rate, -current, drawn, -falling)
    return step, _after(state, -float(drawn[-1]))


def _room(cell: Cell, state: State, current_a_per_g: float) -> float:
    """What can be drawn until the surface takes no more. After a short discharge the hindrance is not all there yet."""

    def left_after(drawn: float) -> float:
        built = replace(state, hindrance=state.hindrance * float(_settled(np.array(drawn))))
        return state.active * (state.vacancies - _fullest(cell, built, current_a_per_g))

    low, high = state.active * (state.vacancies - _fullest(cell, state, current_a_per_g)), left_after(0.0)
    if low > FULLY_SETTLED * SETTLING_MAH_PER_G:
        return low
    low = max(low, 0.0)
    for _ in range(HOLD_BISECTIONS * 2):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if left_after(middle) > middle else (low, middle)
    return high


def age(cell: Cell, state: State) -> tuple[State, float]:
    """One cycle's loss of cathode and of lithium, and the growth of the polarisation."""
    ageing = cell.ageing
    wear = ageing.progress(state.cycles + 1) - ageing.progress(state.cycles)
    bound = 0.0
    if cell.anode is not None:
        forming = FILM_SHARES[state.cycles] if state.cycles < len(FILM_SHARES) else 0.0
        bound = forming * cell.film_mah_per_g + wear * ageing.lithium_loss_mah_per_g
    aged = replace(state, active=state.active - ageing.active_loss * wear, lithium=state.lithium - bound)
    return aged, bound


def _after(state: State, stored: float) -> State:
    return replace(state, vacancies=state.vacancies + stored / state.active, lithium=state.lithium + stored)


def _stored_where(cell: Cell, state: State, voltage_volt: float, current_a_per_g: float) -> float:
    """What must be stored until a current drives just this voltage; 0 where it already drives more."""
    stored = np.linspace(0.0, state.active * (cell.site_capacity_mah_per_g - state.vacancies), FINE_POINTS)
    voltage = _charging_volt(cell, state, stored, current_a_per_g)
    return float(np.interp(voltage_volt, voltage, stored))


def _up_to(charge: Array, rising: Array, limit: float) -> tuple[Array, Array]:
    """The grid until a rising curve reaches its limit, the last point being exactly there.

    Raises:
        ValueError: it begins beyond the limit, or never gets there: not a cell that can be cycled so.
    """
    beyond = int(np.argmax(rising >= limit))
    if beyond == 0:
        raise ValueError(f"the voltage does not cross its limit of {abs(limit)} V within one half cycle")
    before = beyond - 1
    share = (limit - rising[before]) / (rising[beyond] - rising[before])
    last = charge[before] + share * (charge[beyond] - charge[before])
    return np.append(charge[:beyond], last), np.append(rising[:beyond], limit)


def _constant_current(kind: StepKind, c_rate: float, current: float, passed: Array, voltage: Array) -> Step:
    energy = np.concatenate([[0.0], np.cumsum(0.5 * (voltage[1:] + voltage[:-1]) * np.diff(passed))])
    return Step(
        kind=kind,
        c_rate=c_rate,
        time_second=passed / MAH_PER_AH / abs(current) * SECOND_PER_HOUR,
        current_a_per_g=np.full(len(passed), current),
        voltage_volt=voltage,
        capacity_mah_per_g=passed,
        energy_mwh_per_g=energy,
    )
