"""One spectrum in every maker's layout is the same table; what could be misread is refused or said."""

from __future__ import annotations

import json

import numpy as np
import polars as pl
import pytest

from cells.impedance.readers import READERS, biologic_eis_mpr, biologic_eis_mpt, gamry_dta, headed, zplot
from cells.impedance.table import SPECTRUM
from labdb.ingest.installed import techniques
from labdb.ingest.reader import METADATA, FileHead, Reader, ReaderError, Reading
from labdb.ingest.registry import matches
from tests import real_data as real
from tests.cells.impedance import samples

FILES = real.files("eis")
FOREIGN = real.files("cycling", "hppc", "xrd", "rietveld", "bet", "icp", "dsc", "sem", "stack", "LICENSES")
NEEDED = ("frequency_hertz", "real_impedance_ohm", "imaginary_impedance_ohm")


def reader_of(path) -> Reader:
    (reader,) = [reader for reader in READERS if reader.recognises(FileHead.of(path))]
    return reader


def read(path) -> Reading:
    return reader_of(path).read(path, path.name)


def outcome(reader: Reader, path, name: str) -> Reading | str:
    """The reading, or the sentence that refuses it; any other exception is a failure."""
    try:
        return reader.read(path, name)
    except ReaderError as error:
        return str(error)


def made(folder, layout: str, points=samples.POINTS):
    path = folder / "stored"
    path.write_text(samples.LAYOUTS[layout](points), encoding="utf-8", newline="")
    return path


def written(folder, text: str, name: str = "f.txt"):
    path = folder / name
    path.write_text(text, encoding="utf-8", newline="")
    return path


# The same spectrum in every layout.


@pytest.mark.parametrize("layout", samples.LAYOUTS)
def test_one_spectrum_is_the_same_table_in_every_layout(layout, tmp_path):
    reading = read(made(tmp_path, layout))
    table = reading.table
    assert table["frequency_hertz"].to_list() == pytest.approx(samples.FREQUENCIES.tolist(), rel=1e-7)
    assert table["real_impedance_ohm"].to_list() == pytest.approx(samples.IMPEDANCES.real.tolist(), rel=1e-7)
    assert table["imaginary_impedance_ohm"].to_list() == pytest.approx(samples.IMPEDANCES.imag.tolist(), rel=1e-7)
    at_one = table.filter((pl.col("frequency_hertz") - 15.9154943).abs() < 1e-6)
    assert (at_one["real_impedance_ohm"][0], at_one["imaginary_impedance_ohm"][0]) == pytest.approx((7, -5))
    assert table["spectrum_count"].unique().to_list() == [1]
    assert SPECTRUM.conform(table).equals(table)
    assert set(reading.metadata) <= set(METADATA)
    json.dumps(reading.metadata, allow_nan=False)


@pytest.mark.parametrize("layout", samples.LAYOUTS)
def test_a_layout_is_recognised_by_its_reader_alone(layout, tmp_path):
    (match,) = matches(FileHead.of(made(tmp_path, layout)), techniques())
    assert (match.technique.name, match.reader.name) == ("eis", layout.partition(",")[0])


@pytest.mark.parametrize("layout", samples.LAYOUTS)
def test_a_file_cut_anywhere_is_refused_or_gives_points_of_the_whole(layout, tmp_path):
    path = made(tmp_path, layout)
    data, whole, reader = path.read_bytes(), read(path).table, reader_of(path)
    for length in range(0, len(data), max(1, len(data) // 97)):
        cut = tmp_path / "cut"
        cut.write_bytes(data[:length])
        part = outcome(reader, cut, "cut.txt")
        if isinstance(part, str):
            assert part.startswith("cut.txt: ")
            continue
        assert part.table.select(NEEDED).equals(whole.select(NEEDED).head(part.table.height))
        between_lines = data[:length].endswith(b"\n") or not data[length:].split(b"\n")[0].strip()
        assert part.table.height == whole.height or part.warnings or between_lines


@pytest.mark.parametrize("layout", samples.LAYOUTS)
def test_one_point_is_no_spectrum(layout, tmp_path):
    path = made(tmp_path, layout)
    reader = reader_of(path)
    one = written(tmp_path, samples.LAYOUTS[layout](samples.POINTS[:1]))
    with pytest.raises(ReaderError, match=r"has 1 point, and a spectrum needs at least 3 frequencies"):
        reader.read(one, "one.txt")


@pytest.mark.parametrize("layout", samples.LAYOUTS)
def test_a_frequency_below_zero_or_no_number_is_refused(layout, tmp_path):
    reader = reader_of(made(tmp_path, layout))
    for wrong in (-5.0, float("nan"), float("inf")):
        points = [(wrong, 3.0, -1.0) if place == 4 else point for place, point in enumerate(samples.POINTS)]
        with pytest.raises(ReaderError):
            reader.read(written(tmp_path, samples.LAYOUTS[layout](points)), "f.txt")


@pytest.mark.parametrize("wrong", [(1e300, 3.0, -1.0), (10.0, 3e200, -1.0), (10.0, 0.0, 1e-300), (10.0, 0.0, 0.0)])
def test_numbers_that_nobody_measures_are_refused(wrong, tmp_path):
    points = [wrong if place == 4 else point for place, point in enumerate(samples.POINTS)]
    with pytest.raises(ReaderError, match=r"nobody measures|impedance of 0 ohm"):
        headed.TABLE.read(written(tmp_path, samples.ours(points)), "f.csv")


# What the files say of themselves.


def test_sweeps_that_follow_each_other_are_spectra_of_their_own(tmp_path):
    twice = [*samples.POINTS, *samples.POINTS, *samples.POINTS]
    table = read(written(tmp_path, samples.gamry(twice))).table
    assert table["spectrum_count"].to_list() == [1] * 17 + [2] * 17 + [3] * 17
    rising = read(written(tmp_path, samples.ours(list(reversed(samples.POINTS)) * 2))).table
    assert rising["spectrum_count"].to_list() == [1] * 17 + [2] * 17


def test_loops_that_are_not_all_there_are_said(tmp_path):
    path = written(tmp_path, samples.mpt(list(samples.POINTS) * 2, loops="Number of loops : 4\n"))
    reading = read(path)
    assert reading.table["spectrum_count"].max() == 2
    assert reading.warnings == ("the header counts 4 loops, and there are 2 sweeps: the file may be incomplete",)


def test_clock_device_and_voltage_are_those_of_the_file(tmp_path):
    for layout in ("biologic-eis-mpt", "gamry-dta", "zplot", "zplot, second layout", "chi-impedance"):
        metadata = read(made(tmp_path, layout)).metadata
        assert metadata["start_time_local"].startswith("2021-03-02T16:17:59"), layout
    for layout in ("biologic-eis-mpt", "gamry-dta", "parstat-text", "versastudio-par"):
        assert read(made(tmp_path, layout)).table["voltage_volt"].unique().to_list() == [3.7]
    assert read(made(tmp_path, "biologic-eis-mpt")).table["current_ampere"][0] == pytest.approx(5e-4)
    assert read(made(tmp_path, "chi-impedance")).metadata["device"] == "CHI660E"


def test_an_aborted_or_unfinished_sweep_is_said(tmp_path):
    aborted = samples.gamry(samples.POINTS, "EXPERIMENTABORTED\tTOGGLE\tT\tExperiment Aborted\n")
    assert read(written(tmp_path, aborted)).warnings == (
        "the measurement was aborted at the instrument: the spectrum is incomplete",
    )
    set_lower = samples.versastudio(samples.POINTS).replace("End Frequency (Hz)=0.159155", "End Frequency (Hz)=0.01")
    assert read(written(tmp_path, set_lower)).warnings == (
        "the sweep ends at 0.1592 Hz, 0.01 Hz were set: the measurement or its export is incomplete",
    )
    fewer = samples.zplot(samples.POINTS).replace("\n17\n", "\n79\n")
    assert read(written(tmp_path, fewer)).warnings == (
        "the header counts 79 points, and there are 17: the file is incomplete or edited",
    )


def test_records_of_direct_current_are_left_out_and_said(tmp_path):
    reading = read(made(tmp_path, "parstat-text"))
    assert reading.warnings == ("1 records of direct current, without a frequency, were left out",)


def test_three_columns_without_heads_say_how_they_were_taken(tmp_path):
    (said,) = read(made(tmp_path, "impedance-bare")).warnings
    assert said.startswith("the columns have no heads and were taken as frequency in Hz")


def test_a_file_that_holds_the_negative_imaginary_part_without_saying_so_is_doubted(tmp_path):
    turned = [(f, re, -im) for f, re, im in samples.POINTS]
    reading = read(written(tmp_path, samples.bare(turned)))
    assert any("positive nearly everywhere" in warning for warning in reading.warnings)


def test_columns_without_units_are_said(tmp_path):
    text = samples.ours(samples.POINTS).replace(
        "frequency_hertz,real_impedance_ohm,imaginary_impedance_ohm", "freq,Zreal,Zimag"
    )
    assert read(written(tmp_path, text)).warnings == (
        "the columns freq, Zreal, Zimag name no unit and were taken in Hz and ohm",
    )


def test_a_table_without_frequencies_says_so(tmp_path):
    text = "Z' (ohm),Z'' (ohm)\n1,-1\n2,-2\n3,-1\n"
    with pytest.raises(ReaderError, match=r"has no column of frequency; a spectrum needs frequency, Z' and Z''"):
        headed.TABLE.read(written(tmp_path, text), "f.csv")


@pytest.mark.parametrize(
    "text",
    [
        "".join(f"{10 + 0.5 * n},{100 + n},{10}\n" for n in range(60)),  # diffraction angles, counts, errors
        "".join(f"{n},{3.5},{0.1}\n" for n in range(1, 60)),  # seconds, volts, amperes
        "".join(f"{10**n},{1},{-1}\n" for n in range(4)),  # too few to be told
    ],
)
def test_three_columns_that_are_no_frequencies_are_not_taken(text, tmp_path):
    assert [reader.name for reader in READERS if reader.recognises(FileHead.of(written(tmp_path, text)))] == []


def test_several_tables_of_a_gamry_file_are_several_spectra(tmp_path):
    text = samples.gamry(samples.POINTS)
    more = text[text.index("ZCURVE") :].replace("ZCURVE", "ZCURVE2", 1)
    assert read(written(tmp_path, text + more)).table["spectrum_count"].to_list() == [1] * 17 + [2] * 17


def test_other_techniques_of_the_same_maker_are_refused_by_name(tmp_path):
    other = samples.gamry(samples.POINTS).replace("EISPOT", "CV").replace("Potentiostatic EIS", "Cyclic Voltammetry")
    other = other[: other.index("ZCURVE")]
    with pytest.raises(ReaderError, match=r"this is Cyclic Voltammetry, not an impedance spectrum"):
        gamry_dta.READER.read(written(tmp_path, other), "cv.dta")
    mpt = samples.mpt(samples.POINTS).replace("Potentio Electrochemical Impedance Spectroscopy", "Cyclic Voltammetry")
    with pytest.raises(ReaderError, match=r"this is Cyclic Voltammetry"):
        biologic_eis_mpt.READER.read(written(tmp_path, mpt), "cv.mpt")


def test_what_no_reader_could_read_is_refused_with_a_sentence(tmp_path):
    for content in (
        b"",
        b"\x00" * 100,
        b"version https://git-lfs.github.com/spec/v1\n",
        b"hello\nworld\n",
        b"\xff\xd8\xff",
    ):
        path = tmp_path / "f"
        path.write_bytes(content)
        for reader in READERS:
            assert not reader.recognises(FileHead.of(path))
            with pytest.raises(ReaderError, match=r"^f"):
                reader.read(path, "f")


# The real files.

# A reader of the public ones runs the four spectra of geis together; the value that is held here is that of the first.
SIDES = ("re_z_at_fmax_Ohm", "im_z_at_fmax_Ohm", "re_z_at_fmin_Ohm", "im_z_at_fmin_Ohm")


@pytest.mark.parametrize("relative", FILES)
def test_a_real_file_reads_to_its_expected_values(relative):
    path = real.ROOT / relative
    (match,) = matches(FileHead.of(path), techniques())
    assert match.technique.name == "eis"
    if match.reader is biologic_eis_mpr.READER:
        pytest.importorskip("galvani")
    table = match.reader.read(path, path.name).table
    values = real.expected()[relative]["values"]
    first = values.get("first_spectrum", values)
    assert table.height == values.get("eis_points", values.get("points"))
    assert table.group_by("spectrum_count").len().sort("spectrum_count")["len"].to_list() == values.get(
        "points_per_spectrum", [values.get("points")]
    )
    spectrum = table.filter(pl.col("spectrum_count") == 1).sort("frequency_hertz", descending=True)
    fastest, slowest = spectrum.row(0, named=True), spectrum.row(-1, named=True)
    assert fastest["frequency_hertz"] == pytest.approx(first["freq_max_Hz"], rel=1e-3)
    assert slowest["frequency_hertz"] == pytest.approx(first["freq_min_Hz"], rel=1e-3)
    found = (
        fastest["real_impedance_ohm"],
        fastest["imaginary_impedance_ohm"],
        slowest["real_impedance_ohm"],
        slowest["imaginary_impedance_ohm"],
    )
    assert found == pytest.approx([first[side] for side in SIDES], rel=1e-3)
    if "voltage_min_V" in values:
        assert table["voltage_volt"].min() == pytest.approx(values["voltage_min_V"], rel=1e-3)
        assert table["voltage_volt"].max() == pytest.approx(values["voltage_max_V"], rel=1e-3)
        assert table["current_ampere"].max() * 1e3 == pytest.approx(values["current_max"], rel=1e-3)


@pytest.mark.parametrize("run", ["peis", "geis.issue_149"])
def test_text_and_binary_of_one_run_are_the_same_spectra(run, real_data):
    pytest.importorskip("galvani")
    binary, text = (read(real_data / "eis" / f"{run}.{kind}").table for kind in ("mpr", "mpt"))
    for column in (*NEEDED, "spectrum_count"):
        assert binary[column].to_list() == pytest.approx(text[column].to_list(), rel=1e-6)


@pytest.mark.parametrize("relative", FILES)
def test_a_real_file_cut_anywhere_is_refused_or_gives_points_of_the_whole(relative, tmp_path):
    path = real.ROOT / relative
    if relative.endswith(".mpr"):
        pytest.importorskip("galvani")
    reader, data = reader_of(path), path.read_bytes()
    whole = reader.read(path, path.name).table.select(NEEDED)
    for share in (0.01, 0.1, 0.3, 0.5, 0.7, 0.9, 0.97, 0.995, 0.9999):
        cut = tmp_path / "cut"
        cut.write_bytes(data[: int(len(data) * share)])
        part = outcome(reader, cut, path.name)
        if isinstance(part, str):
            assert part.startswith(f"{path.name}: ")
            continue
        assert part.table.select(NEEDED).equals(whole.head(part.table.height))


def test_bad_files_are_refused_or_flagged(real_data):
    bad = real_data / "bad"
    missing = bad / "exampleDataBioLogic_MissingFreq.mpt"
    with pytest.raises(ReaderError, match=r"no column freq/Hz in the table"):
        reader_of(missing).read(missing, missing.name)
    aborted = read(bad / "exampleDataGamryABORT.DTA")
    assert aborted.table.height == 72
    assert aborted.warnings[0] == "the measurement was aborted at the instrument: the spectrum is incomplete"
    voltammetry = bad / "cv_data_incompleteheader.dta"
    assert matches(FileHead.of(voltammetry), techniques()) == []
    with pytest.raises(ReaderError, match=r"this is Cyclic Voltammetry, not an impedance spectrum"):
        gamry_dta.READER.read(voltammetry, voltammetry.name)
    for name in ("header_only.mpt", "cv_C_not_cycling.mpt", "truncated_gcpl.mpr", "lfs_pointer_bio_logic1.mpr"):
        assert [reader.name for reader in READERS if reader.recognises(FileHead.of(bad / name))] == []


@pytest.mark.parametrize("relative", FOREIGN)
def test_a_file_of_another_technique_is_recognised_by_no_reader_of_impedances(relative):
    assert [reader.name for reader in READERS if reader.recognises(FileHead.of(real.ROOT / relative))] == []


def test_the_edited_points_of_a_file_are_counted_against_its_header(real_data):
    assert read(real_data / "eis" / "exampleDataZPlot.z").warnings == (
        "the header counts 56 points, and there are 21: the file is incomplete or edited",
    )
    assert zplot.ZPLOT_READER.version == 1
    assert np.isfinite(read(real_data / "eis" / "exampleDataParstat.txt").table["voltage_volt"].to_numpy()).all()
