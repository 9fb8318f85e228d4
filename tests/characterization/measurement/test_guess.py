"""What a file is of, guessed from names."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from characterization.measurement.guess import Guess, Known, cycles_said, fits, guess, narrowed, stage_said

B1 = Known("batch", 1, "GP-NCM-B1", 1)
B12 = Known("batch", 12, "GP-NCM-B12", 12)
NCM = Known("batch", 3, "GP-NCM", 3)
REF = Known("batch", 4, "REF", 4)
B1_W1 = Known("sample", 11, "GP-NCM-B1-W1", 1, "washed", 1)
B1_W2 = Known("sample", 12, "GP-NCM-B1-W2", 1, "washed", 2)
B1_AS = Known("sample", 13, "GP-NCM-B1-AS1", 1, "as_sintered", 1)
B12_PLAIN = Known("sample", 14, "W2", 12, "washed", 2)
C14 = Known("cell", 21, "C-014", 1)
C7 = Known("cell", 22, "C-7", None)
EVERYTHING = (B1, B12, NCM, REF, B1_W1, B1_W2, B1_AS, B12_PLAIN, C14, C7)


def sure(name: str, known=EVERYTHING, folder: str = "") -> Known | None:
    return guess(name, known, folder).sure


@pytest.mark.parametrize(
    ("name", "known"),
    [
        ("GP-NCM-B1.xy", B1),
        ("gp-ncm_b1.xy", B1),
        ("gp ncm b1 40kV 2026-03-01.xrdml", B1),
        ("GPNCMB1.raw", B1),
        ("xrd_GP-NCM-B12_long.brml", B12),
        ("GP-NCM 3.csv", NCM),
        ("gp-ncm_b1_w2.xy", B1_W2),
        ("GP-NCM-B1-W2.xy", B1_W2),
        ("GP-NCM-B1W2.xy", B1_W2),
        ("GP-NCM-B1 washed 2.txt", B1_W2),
        ("GP-NCM-B1 after wash 2.txt", B1_W2),
        ("2x washed GP-NCM-B1.txt", B1_W2),
        ("GP-NCM-B1 2nd wash.txt", B1_W2),
        ("GP-NCM-B1_washed.txt", B1_W1),
        ("GP-NCM-B1_washed_20260301.txt", B1_W1),
        ("GP-NCM-B1_as-sintered.tif", B1_AS),
        ("GP-NCM-B12_w2.xy", B12_PLAIN),
        ("C-014_after_100_cycles.tif", C14),
        ("GP-NCM-B1_C-014_cross section.tif", C14),
        ("c7 formation.ndax", C7),
        ("ref.xy", REF),
    ],
)
def test_a_name_means_what_it_names_at_greatest_length(name, known):
    assert sure(name) == known


@pytest.mark.parametrize(
    "name",
    [
        "scan_03.xy",
        "w2.xy",  # there is a W2 in many a name
        "GP-NCMB.xy",  # GP-NCM is no whole word in it
        "reference.xy",
        "XB1a.xy",
        "c70.csv",
    ],
)
def test_a_name_of_nothing_fits_nothing(name):
    assert guess(name, EVERYTHING) == Guess()


def test_a_separator_between_digits_stays():
    eleven, one = Known("batch", 1, "B11", 1), Known("batch", 2, "B1", 2)
    assert sure("B1_1.xy", (eleven, one)) == one
    assert sure("B11.xy", (eleven, one)) == eleven
    assert sure("B1-1.xy", (Known("batch", 3, "B1-1", 3), one)).code == "B1-1"


def test_the_extension_is_no_word_of_the_name_but_a_number_is():
    assert sure("x.ref") is None
    assert sure("B1.2", (Known("batch", 1, "B1.2", 1), Known("batch", 2, "B1", 2))).code == "B1.2"


def test_two_that_do_not_cover_each_other_are_a_question():
    assert guess("GP-NCM-B1 against GP-NCM-B12.xy", EVERYTHING).fits == (B12, B1)
    assert guess("GP-NCM-B1_ref.xy", EVERYTHING).fits == (B1, REF)
    twice = (B1, Known("sample", 1, "A", 1, "washed", 2), Known("sample", 2, "B", 1, "washed", 2))
    assert [one.code for one in guess("gp-ncm-b1 w2.xy", twice).fits] == ["A", "B"]


def test_a_short_word_alone_means_nothing_and_beside_its_batch_it_does():
    tiny = Known("sample", 1, "1", 1, "final", 1)
    assert sure("scan 1.xy", (B1, tiny)) is None
    assert sure("GP-NCM-B1_1.xy", (B1, tiny)) == tiny
    assert sure("2026.xy", (Known("batch", 1, "2026", 1),)) is None


def test_a_stage_inside_the_code_of_the_batch_is_none():
    w2 = Known("batch", 1, "GP-W2", 1)
    assert sure("GP-W2.xy", (w2, Known("sample", 1, "GP-W2-W2", 1, "washed", 2))) == w2
    assert sure("GP-W2.xy", (w2, Known("cell", 1, "GP-W2", 1))) == w2


def test_a_number_beside_a_stage_is_never_overlooked():
    assert sure("GP-NCM-B1 washed 3.xy", (B1, B1_W1)) == B1
    assert sure("GP-NCM-B1 3x washed.xy", (B1, B1_W1)) == B1


@pytest.mark.parametrize(
    ("folder", "name", "known"),
    [
        ("GP-NCM-B1/XRD", "scan_03.xy", B1),
        ("GP-NCM-B1/XRD", "w2.xy", B1_W2),
        ("GP-NCM/B1", "w2.xy", B1_W2),
        ("GP-NCM", "GP-NCM-B1.xy", B1),
        ("GP-NCM-B1", "GP-NCM-B1-W2.xy", B1_W2),
        ("GP-NCM-B1/after wash 2", "scan.xy", B1_W2),
        ("GP-NCM-B1 and GP-NCM-B12", "GP-NCM-B1.xy", B1),
        ("GP-NCM-B1", "GP-NCM-B12.xy", None),
        ("GP-NCM-B1-W2", "GP-NCM-B12.xy", None),
        ("GP-NCM-B1 and GP-NCM-B12", "scan.xy", None),
    ],
)
def test_the_folder_speaks_where_the_name_does_not_and_a_contradiction_is_a_question(folder, name, known):
    assert sure(name, folder=folder) == known


def test_what_the_file_says_helps_where_its_name_does_not():
    two = Guess((B1, B12))
    assert narrowed(Guess(), Guess((B1,))).sure == B1
    assert narrowed(two, Guess((B12,))).sure == B12
    assert narrowed(two, Guess((NCM,))) == two
    assert narrowed(Guess((B1,)), Guess((B12,))).sure == B1  # the operator's field is often of the sample before


@pytest.mark.parametrize(
    ("text", "stage"),
    [
        ("GP-NCM-B1_w2.xy", ("washed", 2)),
        ("GP-NCM-B1 washed.xy", ("washed", 1)),
        ("GP-NCM-B1 sintered.xy", ("as_sintered", 1)),
        ("B1 sub-lot 3.xy", ("sub_lot", 3)),
        ("GP-NCM-B1 final.xy", None),
        ("GP-NCM-B1.xy", None),
    ],
)
def test_a_stage_that_is_said_is_heard(text, stage):
    assert stage_said(text) == stage


@pytest.mark.parametrize(
    ("text", "cycles"),
    [
        ("C-014 after 100 cycles.tif", 100),
        ("C-014_cyc500_01.tif", 500),
        ("C-014_cycle 3.tif", 3),
        ("C-014 100th cycle.tif", 100),
        ("C-014_100cyc.tif", 100),
        ("C-014 100 cycles.tif", 100),
        ("C-014 100 cyc 01.tif", None),
        ("C-014.tif", None),
        ("C-014 cycles 1 to cycle 3.tif", None),
    ],
)
def test_the_cycles_of_an_opened_cell_are_read_from_its_name(text, cycles):
    assert cycles_said(text, "C-014") == cycles


def test_accents_and_subscripts_are_read_as_they_are_typed():
    assert sure("Löffel_B₂.xy", (Known("batch", 1, "Löffel B2", 1),)) is not None
    assert sure("LÖFFEL-b2.xy", (Known("batch", 1, "Lo\u0308ffel B2", 1),)) is not None


ODD = "aAbB129 -_./\\ß₂İö\u0308\u0000#cyc²Ⅳ٣"


@settings(deadline=None)
@given(st.text(ODD, max_size=60), st.lists(st.text(ODD, max_size=12), max_size=6))
def test_no_name_and_no_code_is_too_odd(text, codes):
    known = [Known(kind, n, code, n) for n, code in enumerate(codes, 1) for kind in ("batch", "sample", "cell")]
    found = fits(text, known)
    assert len(set(found)) == len(found)
    guess(text, known, text)
    stage_said(text)
    cycles_said(text)
