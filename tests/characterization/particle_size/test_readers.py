"""Exports of laser diffraction in their layouts, and what is refused of them."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from characterization.particle_size.analysis import analyse
from characterization.particle_size.entry import ENTRY
from characterization.particle_size.technique import PARTICLE_SIZE
from labdb.ingest.entry import write
from labdb.ingest.reader import FileHead, ReaderError
from labdb.ingest.registry import matches
from tests.characterization.particle_size import samples
from tests.characterization.particle_size.samples import D10, D50, D90, lines


def read(tmp_path: Path, content: bytes, name: str = "export.csv"):
    path = tmp_path / name
    path.write_bytes(content)
    found = matches(FileHead.of(path), [PARTICLE_SIZE])
    assert len(found) == 1
    return found[0].reader.name, found[0].reader.read(path, name)


def analysed(reading, **parameters):
    analysis = analyse(PARTICLE_SIZE.schema.conform(reading.table), parameters)
    return {scalar.quantity: scalar for scalar in analysis.scalars}, (*reading.warnings, *analysis.warnings)


def refused(tmp_path: Path, content: bytes) -> str:
    with pytest.raises(ReaderError) as error:
        read(tmp_path, content)
    assert str(error.value).startswith("export.csv")
    return str(error.value)


@pytest.mark.parametrize("layout", samples.SAMPLES)
def test_every_layout_gives_the_percentiles_of_the_distribution(tmp_path, layout):
    name, reading = read(tmp_path, samples.SAMPLES[layout])
    found, warnings = analysed(reading)
    assert name == layout
    assert found["d10_micrometre"].value == pytest.approx(D10, rel=5e-3)
    assert found["d50_micrometre"].value == pytest.approx(D50, rel=5e-3)
    assert found["d90_micrometre"].value == pytest.approx(D90, rel=5e-3)
    assert found["particle_size_span"].value == pytest.approx((D90 - D10) / D50, rel=1e-2)
    assert [warning for warning in warnings if "averaged" not in warning] == []


@pytest.mark.parametrize(
    "content",
    [
        samples.mastersizer_3000_report(),
        samples.cumulative(),
        samples.cumulative("Size (nm),Cumulative undersize (%)"),
        samples.mastersizer_2000(delimiter=";"),
        samples.mastersizer_2000(("GP-NCM",), delimiter="\t"),
        samples.horiba().replace("µ".encode(), "µ".encode("latin-1")),
        samples.plain("Lower size (µm);Volume (%)", samples.LOWER),
    ],
    ids=["report in columns", "cumulative in nm", "undersize", "decimal commas", "tabs", "latin-1", "lower edges"],
)
def test_other_writings_of_it_do_too(tmp_path, content):
    found, warnings = analysed(read(tmp_path, content)[1])
    assert [found[name].value for name in ("d10_micrometre", "d50_micrometre", "d90_micrometre")] == pytest.approx(
        [D10, D50, D90], rel=5e-3
    )
    assert [warning for warning in warnings if "averaged" not in warning] == []


def test_a_workbook_is_read_as_its_text_is(tmp_path):
    book = openpyxl.Workbook()
    for line in samples.mastersizer_3000().decode().splitlines():
        book.active.append([float(each) if each.replace(".", "").isdigit() else each for each in line.split(",")])
    book.save(tmp_path / "export.xlsx")
    (match,) = matches(FileHead.of(tmp_path / "export.xlsx"), [PARTICLE_SIZE])
    found, _ = analysed(match.reader.read(tmp_path / "export.xlsx", "export.xlsx"))
    assert (match.reader.name, found["d50_micrometre"].value) == ("mastersizer-3000", pytest.approx(D50, rel=5e-3))


def test_records_are_replicates_and_the_instruments_average_is_none(tmp_path):
    _, reading = read(tmp_path, samples.mastersizer_2000())
    found, warnings = analysed(reading)
    assert found["d50_micrometre"].n == 2
    assert reading.metadata == {"sample": "GP-NCM"}
    assert warnings == ("1 records that the instrument averaged were left out",)


def test_an_average_alone_is_read_and_said(tmp_path):
    found, warnings = analysed(read(tmp_path, samples.mastersizer_2000(("GP-NCM - Average",)))[1])
    assert found["d50_micrometre"].n == 1
    assert "the records are averages of the instrument" in warnings[0]


def test_of_several_samples_one_has_to_be_named(tmp_path):
    _, reading = read(tmp_path, samples.mastersizer_2000(("GP-NCM", "P-NCM", "P-NCM")))
    found, warnings = analysed(reading)
    assert (found, warnings[0]) == ({}, "the file has several samples (GP-NCM, P-NCM); enter which one this is")
    assert analysed(reading, sample_label="P-NCM")[0]["d50_micrometre"].n == 2
    assert "no sample Q-NCM" in analysed(reading, sample_label="Q-NCM")[1][0]


def test_percentiles_alone_are_taken_as_the_instrument_states_them(tmp_path):
    found, _ = analysed(read(tmp_path, samples.mastersizer_2000_percentiles())[1])
    assert (found["d50_micrometre"].value, found["d50_micrometre"].n) == (pytest.approx(10.1), 2)


def test_columns_of_volumes_beside_one_size_are_replicates(tmp_path):
    rows = [
        f"{size:.5g},{100 * share:.6f},{100 * share:.6f}" for size, share in zip(samples.UPPER, samples.IN, strict=True)
    ]
    found, _ = analysed(read(tmp_path, lines("Upper size (µm),Volume (%),Volume (%)", *rows))[1])
    assert found["d50_micrometre"].n == 2


def test_an_edge_that_nobody_named_is_said_and_can_be_chosen(tmp_path):
    _, reading = read(tmp_path, samples.plain("Size (µm);Volume (%)", samples.LOWER))
    found, warnings = analysed(reading)
    assert "nothing says which edge" in warnings[0]
    assert found["d50_micrometre"].value == pytest.approx(D50 / 10**0.05, rel=5e-3)  # a class too low
    assert analysed(reading, size_is="lower")[0]["d50_micrometre"].value == pytest.approx(D50, rel=5e-3)


def test_what_the_file_states_tells_a_wrong_edge(tmp_path):
    wrong = samples.mastersizer_3000().replace(b"SizeClasses", b"Size (um)").replace(b"VolumeDensity", b"Volume (%)")
    _, warnings = analysed(read(tmp_path, wrong)[1])
    assert "D50 is 8.912 µm by the classes, -10.9% from the 10 µm that the file states" in " ".join(warnings)
    assert "with sizes as the lower edges of the classes it fits" in " ".join(warnings)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (samples.plain("Upper size (µm);Number (%)"), "“Number (%)” is no distribution of volumes"),
        (samples.plain().replace(b"100,00000;", b"x;"), "line 61 holds “x” among the numbers"),
        (b"\r\n".join(samples.plain().split(b"\r\n")[:45]) + b"\r\n", "the volumes of the classes add up to"),
        (lines("Size (µm),Volume (%)", "1,50", "2,50"), "has 2 size classes, too few"),
        (lines("Size (µm),Volume (%)", "1,20", "2,20", "2,20", "4,20", "5,20"), "the sizes neither rise nor fall"),
        (lines("Size (µm),Volume (%)", "1,20", "2,20", "3,", "4,20", "5,40"), "there is no volume at 3 µm"),
        (lines("Size (µm),Volume (%)", "1,20", "2,-20", "3,60", "4,20", "5,20"), "a volume is negative"),
        (lines("Size (µm),Volume (%)", "0,20", "2,20", "3,20", "4,20", "5,20"), "a size of 0 cannot be"),
        (lines("Size (µm),Undersize (%)", "1,2", "2,30", "3,20", "4,90", "5,100"), "falls at 3 µm"),
        (lines("Size (µm),Undersize (%)", "1,2", "2,30", "3,40", "4,90", "5,110"), "above 100 %"),
        (lines("Size (µm),Undersize", "1,0.1", "2,0.2", "3,0.4", "4,0.6", "5,0.7"), "nothing says whether"),
        (lines("Sample Name,A,B", "Size (µm),Volume (%),Volume (%)", *["1,20,20"] * 5), "holds several samples (A, B)"),
        (lines("Size (µm),Volume (%),Volume (%),Undersize (%)", "1,2,3,4"), "do not belong together"),
        (lines("Sample Name,d (0.1),d (0.5),d (0.9)"), "has no record below its heads"),
        (samples.mastersizer_2000_percentiles()[:-4], "may be cut off"),
    ],
)
def test_what_could_be_misread_is_refused_with_a_sentence(tmp_path, content, sentence):
    assert sentence in refused(tmp_path, content)


@pytest.mark.parametrize("layout", [*samples.SAMPLES, "cumulative", "report"])
def test_a_copy_cut_off_anywhere_is_refused_or_right(tmp_path, layout):
    others = {"cumulative": samples.cumulative(), "report": samples.mastersizer_3000_report()}
    whole = {**samples.SAMPLES, **others}[layout]
    path = tmp_path / "cut.csv"
    kept = 0
    for length in range(len(whole) - 1, 0, -7):
        path.write_bytes(whole[:length])
        for match in matches(FileHead.of(path), [PARTICLE_SIZE]):
            try:
                reading = match.reader.read(path, "cut.csv")
            except ReaderError:
                continue
            found, warnings = analysed(reading)
            kept += 1
            expected = {"d10_micrometre": D10, "d50_micrometre": D50, "d90_micrometre": D90}
            for name, value in expected.items():
                if name in found:
                    assert found[name].value == pytest.approx(value, rel=0.005)
                else:
                    assert warnings
    assert kept


def test_tables_of_pores_and_of_other_things_are_not_taken(tmp_path):
    for content in (
        "Pore diameter (nm),Pore volume (cm3/g)\n1,0.1\n",
        "Pore size (nm),Volume (%)\n1,50\n",
        "x (µm),y (µm)\n1,2\n",
        "Size (px),Volume (%)\n1,2\n",
        "Time (s),Size (µm),Volume (%)\n1,2,3\n",
    ):
        path = tmp_path / "other.csv"
        path.write_text(content, encoding="utf-8")
        assert matches(FileHead.of(path), [PARTICLE_SIZE]) == []


@pytest.mark.parametrize(
    "head", ["D10 (µm);D50 (µm);D90 (µm)", "Dv10 (um);Dv50 (um);Dv90 (um)", "D(v,0.1) [µm];D(v,0.5) [µm];D(v,0.9) [µm]"]
)
def test_a_labs_own_table_of_percentiles_is_read(tmp_path, head):
    name, reading = read(tmp_path, lines(head, "5,2;10,1;18,9", "5,4;10,3;19,1"))
    assert name == "particle-size-table"
    assert analysed(reading)[0]["d50_micrometre"].value == pytest.approx(10.2)


def test_typed_values_come_back_through_the_reader(tmp_path):
    rows = [{"d10_micrometre": 5.2, "d50_micrometre": 10.1, "d90_micrometre": 18.9}]
    name, reading = read(tmp_path, write("particle_size", ENTRY, ENTRY.checked(rows)))
    assert (name, reading.table.to_dicts()) == ("labdb-particle-size", rows)


def test_sizes_that_do_not_rise_are_refused_when_they_are_typed():
    with pytest.raises(ValueError, match="replicate 1: D10, D50 and D90 must rise"):
        ENTRY.checked([{"d10_micrometre": 12, "d50_micrometre": 10.1, "d90_micrometre": 18.9}])
