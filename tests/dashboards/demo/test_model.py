from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from dashboards.demo.simulate.cell import Ageing, Cell, Limits, StepKind
from dashboards.demo.simulate.electrodes import GRAPHITE, NCM83, NI96, THERMAL_VOLT, OpenCircuit, Site
from dashboards.demo.simulate.model import discharge, open_circuit_volt, pristine, run_cycle, worn
from dashboards.demo.simulate.products import CALIBRATED, PRODUCTS
from dashboards.demo.simulate.programs import AgeingTest, Rate, RateTest, run_cycles
from dashboards.demo.simulate.specimens import KINDS, replicates, specimens

NO_AGEING = Ageing(1.0, 0.0, 0.0, 0.0, 0.0)
ONE_SITE = OpenCircuit((Site(3.8, 1.0, 1.0),), rises=True, low_volt=2.0, high_volt=5.0)
BROAD_SITE = OpenCircuit((Site(3.8, 1.0, 6.0),), rises=True, low_volt=2.0, high_volt=5.0)
HALF = Cell(
    cathode=BROAD_SITE,
    site_capacity_mah_per_g=200.0,
    one_c_a_per_g=0.2,
    active_mass_mg=10.0,
    hindered_mah_per_g=0.0,
    hindrance_exponent=0.5,
    ohmic_ohm_gram=0.0,
    exchange_a_per_g=1e6,
    shuttled=0.0,
    ageing=NO_AGEING,
    activation_volt=0.0,
)
WINDOW = Limits(2.8, 4.3)


def test_half_of_a_site_is_used_at_its_potential():
    assert ONE_SITE.fraction(3.8) == pytest.approx(0.5, abs=1e-9)


def test_an_ideal_site_is_a_peak_of_3_5_times_rt_over_f_at_half_height():
    potential = np.arange(3.5, 4.1, 0.0005)
    slope = np.gradient(np.interp(potential, ONE_SITE.potential_grid_volt, ONE_SITE.fraction_grid), potential)
    above_half = potential[slope >= slope.max() / 2]
    assert above_half[-1] - above_half[0] == pytest.approx(3.5255 * THERMAL_VOLT, abs=0.001)


@pytest.mark.parametrize("curve", [NCM83, NI96, GRAPHITE])
def test_the_sites_of_an_electrode_are_all_of_it(curve):
    assert sum(site.share for site in curve.sites) == pytest.approx(1.0)


def test_the_plateau_near_4_2_volt_is_stronger_in_ni96():
    def slope_at(curve: OpenCircuit, volt: float) -> float:
        return (curve.fraction(volt + 0.005) - curve.fraction(volt - 0.005)) / 0.01

    assert slope_at(NI96, 4.18) > 2 * slope_at(NCM83, 4.19)


def test_a_cell_without_losses_moves_what_its_site_holds_between_the_limits():
    cycle = run_cycle(HALF, pristine(HALF), WINDOW, 0.1, 0.1)
    from_built = (BROAD_SITE.fraction(4.3) - BROAD_SITE.fraction(3.2)) * 200.0
    to_the_end = (BROAD_SITE.fraction(4.3) - BROAD_SITE.fraction(2.8)) * 200.0
    assert cycle.ledger.charged == pytest.approx(from_built, rel=1e-4)
    assert cycle.ledger.discharged == pytest.approx(to_the_end, rel=1e-4)


def test_a_tenth_of_the_current_takes_ten_hours():
    discharge = run_cycle(HALF, pristine(HALF), WINDOW, 0.1, 0.1).steps[-1]
    hours = discharge.time_second[-1] / 3600
    # mAh/g over 20 mA/g.
    assert hours == pytest.approx(discharge.capacity_mah_per_g[-1] / 20.0)


def test_ohm_alone_moves_the_discharge_down_by_current_times_resistance():
    stiff = replace(HALF, ohmic_ohm_gram=0.5)
    start = replace(pristine(HALF), vacancies=100.0)
    after = run_cycle(stiff, start, WINDOW, 0.1, 1.0).steps[-1]
    freely = run_cycle(HALF, start, WINDOW, 0.1, 1.0).steps[-1]
    at = 60.0  # mAh/g, where both are far from their ends
    drop = np.interp(at, freely.capacity_mah_per_g, freely.voltage_volt) - np.interp(
        at, after.capacity_mah_per_g, after.voltage_volt
    )
    # 0.2 A/g · 0.5 Ω g, and what the earlier end of the charge (0.02 A/g · 0.5 Ω g below 4.3 V) adds.
    assert drop == pytest.approx(0.1, abs=0.002)


def test_what_the_particles_cannot_take_up_is_missing_in_the_first_discharge():
    hindered = replace(HALF, cathode=ONE_SITE, hindered_mah_per_g=20.0, hindrance_exponent=0.0)
    cycle = run_cycle(hindered, pristine(hindered), WINDOW, 0.1, 0.1)
    # With a sharp site the surface is full at 2.8 V: v = δ(v) = 20·(0.15 + 0.85·exp(−v / 50)) at 15.48.
    assert cycle.end.vacancies == pytest.approx(15.48, abs=0.005)
    assert cycle.ledger.charged - cycle.ledger.discharged == pytest.approx(15.48, abs=0.005)


def test_a_hold_begins_with_the_current_of_the_charge_and_ends_at_a_tenth_of_it():
    stiff = replace(HALF, ohmic_ohm_gram=0.5)
    hold = run_cycle(stiff, pristine(stiff), WINDOW, 1.0, 1.0).steps[1]
    assert hold.kind is StepKind.CV_CHARGE
    assert hold.current_a_per_g[0] == pytest.approx(0.2, rel=1e-3)
    assert hold.current_a_per_g[-1] == pytest.approx(0.02, rel=1e-3)
    assert np.all(np.diff(hold.current_a_per_g) < 0)
    assert np.all(hold.voltage_volt == 4.3)


def test_a_charge_at_the_end_current_needs_no_hold():
    kinds = [step.kind for step in run_cycle(HALF, pristine(HALF), WINDOW, 0.1, 0.1).steps]
    assert kinds == [StepKind.CC_CHARGE, StepKind.CC_DISCHARGE]


@pytest.mark.parametrize("product", PRODUCTS, ids=lambda product: product.code)
@pytest.mark.parametrize("cell_format", ["half", "pouch"])
def test_charge_in_is_charge_out_and_what_became_of_the_rest(product, cell_format):
    solved = CALIBRATED[product.code]
    cell = product.half_cell(solved) if cell_format == "half" else product.pouch_cell(solved)
    program = product.half_program() if cell_format == "half" else product.pouch_program()
    rates = replace(program, ageing_cycles=30, check_up_every=10).rates()
    for _, cycle in run_cycles(cell, program.limits, rates, seed=1):
        book = cycle.ledger
        assert book.charged == pytest.approx(book.discharged + book.shuttled + book.stranded + book.kept, abs=1e-9)


def test_the_graphite_holds_what_left_the_cathode_less_what_its_film_bound():
    product = PRODUCTS[0]
    cell = product.pouch_cell(CALIBRATED[product.code])
    start = pristine(cell)
    cycle = run_cycle(cell, start, product.pouch_program().limits, 0.1, 0.1)
    book = cycle.ledger
    assert cycle.end.lithium == pytest.approx(
        start.lithium + book.charged - book.shuttled - book.bound - book.discharged, abs=1e-9
    )


def test_a_slow_cycle_gets_back_what_only_the_rate_took():
    product = PRODUCTS[0]
    cell = product.pouch_cell(CALIBRATED[product.code])
    program = replace(product.pouch_program(), ageing_cycles=200, check_up_every=199)
    capacities = [cycle.ledger.discharged for _, cycle in run_cycles(cell, program.limits, program.rates())]
    fast_before, check_up, fast_after = capacities[201], capacities[202], capacities[203]
    assert check_up > 1.05 * fast_before
    assert fast_after == pytest.approx(fast_before, rel=0.002)


def test_kinetics_grow_with_the_stated_law():
    cell = replace(HALF, ageing=Ageing(0.5, 0.0, 0.0, 0.2, 0.1))
    state = worn(cell, replace(pristine(cell), cycles=400))
    # (400 / 100)^0.5 = 2
    assert state.polarisation == pytest.approx(1.4)
    assert state.hindrance == pytest.approx(1.2)


def test_a_full_cell_is_built_discharged():
    cell = PRODUCTS[0].pouch_cell(CALIBRATED["GP-NCM"])
    assert open_circuit_volt(cell, pristine(cell)) < 2.75


def test_check_ups_follow_every_so_many_ageing_cycles_and_are_not_counted():
    rates = AgeingTest(WINDOW, ageing_cycles=4, check_up_every=2).rates()
    assert [rate.discharge for rate in rates] == [0.1, 0.1, 0.1, 1.0, 1.0, 0.1, 1.0, 1.0, 0.1]


def test_a_rate_test_does_its_blocks_one_after_the_other():
    test = RateTest(WINDOW, [(2, Rate(0.1, 0.1)), (1, Rate(0.2, 5.0))])
    assert [(rate.charge, rate.discharge) for rate in test.rates()] == [(0.1, 0.1), (0.1, 0.1), (0.2, 5.0)]


def test_a_cell_that_cannot_be_cycled_says_so():
    hopeless = replace(HALF, ohmic_ohm_gram=50.0)
    with pytest.raises(ValueError, match=r"does not cross its limit of 4\.3 V"):
        run_cycle(hopeless, pristine(hopeless), WINDOW, 1.0, 1.0)


def test_scatter_is_centred_on_the_product():
    cells = [specimen.cell for specimen in replicates(PRODUCTS[0], KINDS[0])]
    mean = np.mean([cell.site_capacity_mah_per_g for cell in cells])
    assert mean == pytest.approx(CALIBRATED["GP-NCM"].site_capacity_mah_per_g)
    assert len({cell.site_capacity_mah_per_g for cell in cells}) == 4


def test_every_product_has_four_half_cells_and_two_pouch_cells_of_two_batches():
    for product in PRODUCTS:
        cells = [cell for cell in specimens() if cell.product == product.code and cell.kind.name in ("half", "pouch")]
        assert [cell.kind.name for cell in cells] == ["half"] * 4 + ["pouch"] * 2
        assert {cell.batch for cell in cells} == {f"{product.code}-B1", f"{product.code}-B2"}


def test_no_two_cells_share_a_code_or_a_channel():
    cells = specimens()
    assert len({cell.code for cell in cells}) == len({cell.channel for cell in cells}) == len(cells)


def test_a_discharge_may_be_told_to_end_after_so_much():
    full = replace(pristine(HALF), vacancies=100.0)
    step, state = discharge(HALF, full, WINDOW, 0.1, at_most_mah_per_g=20.0)
    assert step.capacity_mah_per_g[-1] == 20.0
    assert state.vacancies == pytest.approx(80.0)
    further, _ = discharge(HALF, full, WINDOW, 0.1, at_most_mah_per_g=1000.0)
    assert further.voltage_volt[-1] == pytest.approx(WINDOW.low_volt)
