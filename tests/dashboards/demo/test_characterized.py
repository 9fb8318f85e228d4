"""What the demo brings of its powders and electrodes, and that it comes in once."""

from __future__ import annotations

from itertools import chain

import pytest

from characterization.measurement.models import SampleMeasurement
from dashboards.demo import characterizing
from dashboards.demo.building import build
from dashboards.demo.characterizing import characterize
from dashboards.demo.making import make
from dashboards.demo.simulate.bringing import write_all
from dashboards.demo.simulate.characterized import FRACTURED, INSTRUMENTS, PRODUCTS, brought
from dashboards.demo.simulate.eis import CHARGE_TRANSFER_OHM
from dashboards.demo.simulate.specimens import specimens
from dashboards.demo.study import prepare
from labdb.accounts.models import User
from labdb.ingest.installed import techniques
from labdb.instruments.models import Instrument
from labdb.provenance.models import AnalysisRun, Result


def test_every_measurement_has_a_name_of_its_own_and_an_instrument_that_is_there():
    found = list(brought())
    names = [name for one in found for name, _ in one.named]
    assert len(set(names)) == len(names)
    devices = {device.name for device in INSTRUMENTS}
    assert {one.instrument for one in found} == devices
    assert {device.technique for device in INSTRUMENTS} <= {of.name for of in techniques()}


def test_cells_that_were_opened_are_cells_of_the_study():
    codes = {specimen.code for specimen in specimens()}
    places = [place for one in brought() for _, place in one.named if "@" in place]
    assert {place.partition("@")[0] for place in places} <= codes


def test_the_impedance_of_two_cells_a_product_is_measured_after_25_50_75_and_100_cycles():
    spectra = [one for one in brought() if one.instrument == "Potentiostat"]
    places = [place for one in spectra for _, place in one.named]
    assert sorted(places) == sorted(
        f"{product}-I{number}@{cycles}" for product in PRODUCTS for number in (1, 2) for cycles in (25, 50, 75, 100)
    )


def test_the_censuses_are_those_of_the_article():
    intact = {key: shares[0] for key, (shares, _) in FRACTURED.items()}
    assert intact["GP-NCM", 30] == 0.759
    assert intact["GP-NCM", 100] == 0.372
    assert intact["P-NCM", 100] == 0.085
    assert FRACTURED["P-NCM", 30][0][1:] == (0.673, 0.176)
    assert sum(counted for _, counted in FRACTURED.values()) == 2042
    assert all(sum(shares) == pytest.approx(1) for shares, _ in FRACTURED.values())


@pytest.fixture
def study(db, calls):
    """The project with its batches and cells, nothing measured."""
    project, owner = prepare()
    make(project, owner, User.objects.get(username="demo-verifier"), lambda words: None)
    for specimen in specimens():
        if specimen.product == "GP-NCM":
            build(specimen, project, owner)
    calls.clear()
    return project, owner


CHOSEN = (
    "GP-NCM-B1 tap density.csv",
    "GP-Ni96-B1 particle size.csv",
    "GP-NCM particles after 30 cycles.csv",
    "GP-NCM ICP.csv",
    "GP-NCM-B1 XRD.xrdml",
    "GP-NCM-B1 N2 77K.aif",
    "GP-NCM charged DSC.txt",
    "GP-NCM-B1 cross-section 01.tif",
    "GP-NCM surface HAADF.tif",
    "GP-NCM-B1 Rietveld.cif",
    "GP-NCM-I2 after 50 cycles.DTA",
)


def test_one_of_each_technique_comes_in_and_is_found_to_be_what_it_was_made_as(
    study, calls, monkeypatch, django_capture_on_commit_callbacks
):
    project, owner = study
    wanted = [one for one in brought() if one.name in CHOSEN]
    assert len(wanted) == len(CHOSEN)
    monkeypatch.setattr(characterizing, "brought", lambda: wanted)
    with django_capture_on_commit_callbacks(execute=True):
        runs = characterize(project, owner, lambda words: None, processes=1)
    named = list(chain.from_iterable(one.named for one in wanted))
    assert len(runs) == len(named) == SampleMeasurement.objects.count()
    calls.run_all()
    finished = AnalysisRun.objects.exclude(technique="furnace")
    assert set(finished.values_list("state", flat=True)) == {"succeeded"}

    def value(name: str, quantity: str) -> float:
        return Result.objects.get(run__measurement__name=name, quantity=quantity).value

    of = PRODUCTS["GP-NCM"]
    assert value(CHOSEN[0], "tap_density_g_per_cm3") == pytest.approx(1.75, rel=0.01)
    assert value(CHOSEN[2], "intact_share") == pytest.approx(0.759, abs=0.001)
    assert value("GP-NCM-B1 final ICP", "li_per_tm") == pytest.approx(1.018, rel=0.01)
    assert value(CHOSEN[4], "lattice_a_angstrom") == pytest.approx(of.a_angstrom, rel=1e-3)
    assert value(CHOSEN[5], "bet_area_m2_per_g") == pytest.approx(of.bet_area_m2_per_g, rel=0.06)
    assert value(CHOSEN[6], "dsc_onset_celsius") == pytest.approx(221.0, abs=1.0)
    assert value(CHOSEN[7], "porosity") == pytest.approx(0.0819, abs=0.006)
    assert value(CHOSEN[8], "rock_salt_layer_nm") == pytest.approx(7.0, abs=0.1)
    assert value(CHOSEN[9], "li_ni_mixing") == pytest.approx(0.0147, abs=1e-4)
    # The second cell of the pair lies 3 % above their mean.
    resistance = value(CHOSEN[10], "charge_transfer_resistance_ohm")
    assert resistance == pytest.approx(1.03 * CHARGE_TRANSFER_OHM["GP-NCM"][50], rel=0.03)
    spectrum = SampleMeasurement.objects.get(name=CHOSEN[10])
    assert (spectrum.cell.code, spectrum.cycle_count) == ("GP-NCM-I2", 50)
    assert Instrument.objects.count() == len(INSTRUMENTS)
    assert characterize(project, owner, lambda words: None, processes=1) == []


def test_files_are_written_by_processes_that_know_no_database(tmp_path):
    wanted = [one for one in brought() if one.name in CHOSEN[:3]]
    found = list(write_all(wanted, tmp_path, processes=2))
    assert [one.name for one, _ in found] == [one.name for one in wanted]
    assert all(path.stat().st_size for _, path in found)
