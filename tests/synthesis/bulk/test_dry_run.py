"""The dry run of a list: each row's verdict, by the rules that one batch goes by."""

from __future__ import annotations

from datetime import date, datetime
from time import perf_counter

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext

from labdb.files.models import RawFile
from synthesis.batch.models import Batch, Weighing
from synthesis.batch.services import start_batch, weigh
from synthesis.bulk.dry_run import dry_run
from synthesis.bulk.models import BatchList
from synthesis.bulk.reading import ListError
from synthesis.bulk.services import ChangedError, save_list
from synthesis.chemical.models import Lot
from synthesis.chemical.services import left_in, save_lot
from synthesis.recipe.models import RecipeVersion
from tests.synthesis.bulk.conftest import GOOD, HEADER, text_of


def only_errors(run) -> dict[str, str]:
    (row,) = run.rows
    return row.errors


def row_with(**values: str) -> str:
    """A good row with some of its fields changed, by column or by the first word of a chemical's column."""
    cells = dict(zip(HEADER.split(","), f"B1{GOOD}".split(","), strict=True))
    named = {"lot": "lot of K2SO4", "mass": "mass of K2SO4 / g", "lithium": "mass of LiOH·H2O / g"}
    return ",".join({**cells, **{named.get(name, name): value for name, value in values.items()}}.values())


def test_a_good_list_has_only_good_verdicts_and_saves_nothing(kept, ada):
    run = dry_run(kept(text_of(f"B1{GOOD}", f"B2{GOOD}")), ada)
    assert [(row.line, row.verdict, row.warnings) for row in run.rows] == [
        (2, "warning", ["GP-NCM v1 is a draft: it may still change."]),
        (3, "warning", ["GP-NCM v1 is a draft: it may still change."]),
    ]
    assert not Batch.objects.exists()


@pytest.mark.parametrize(
    ("changed", "header", "sentence"),
    [
        ({"code": ""}, "code", "needs one"),
        ({"code": "taken"}, "code", "Porous cathodes has a batch taken already."),
        ({"code": "x" * 101}, "code", "at most 100 characters"),
        ({"recipe": "GP-NCN"}, "recipe", "has no recipe GP-NCN; it has GP-NCM."),
        ({"recipe": "GP-NCM v7"}, "recipe", "has no version 7; it has v1."),
        ({"scale": "plant"}, "scale", "“plant” is neither lab nor pilot."),
        ({"started_on": "05/06/2026"}, "started_on", "may be 2026-05-06 or 2026-06-05; write it as"),
        ({"started_on": "soon"}, "started_on", "“soon” is no date"),
        ({"mass_after_sintering_g": "-1"}, "mass_after_sintering_g", "must be over 0"),
        ({"mass_after_sintering_g": "about 5"}, "mass_after_sintering_g", "no mass"),
        ({"mass_after_sintering_g": '"1,234"'}, "mass_after_sintering_g", "may be 1.234 or 1234"),
        (
            {"mass_after_sintering_g": "12", "mass_after_washing_g": "13"},
            "mass_after_washing_g",
            "more than that after sintering",
        ),
        ({"lot": "flux-2"}, "lot of K2SO4", "There is no lot flux-2 of potassium sulfate; there is flux-1."),
        ({"lot": ""}, "lot of K2SO4", "From which lot of potassium sulfate is not said."),
        ({"mass": ""}, "mass of K2SO4 / g", "How much was weighed"),
        ({"mass": "2000"}, "lot of K2SO4", "Only 1000 g of potassium sulfate flux-1 are left"),
    ],
)
def test_what_is_wrong_stands_at_its_cell(kept, ada, project, changed, header, sentence):
    start_batch(ada, project, "taken", None)
    errors = only_errors(dry_run(kept(text_of(row_with(**changed))), ada))
    assert list(errors) == [header]
    assert sentence in errors[header]


def test_a_withdrawn_version_is_not_taken_and_the_newest_approved_is(kept, ada, recipe_version):
    RecipeVersion.objects.filter(pk=recipe_version.pk).update(state="withdrawn")
    assert "was withdrawn" in only_errors(dry_run(kept(text_of(f"B1{GOOD}")), ada))["recipe"]
    RecipeVersion.objects.filter(pk=recipe_version.pk).update(state="approved")
    (row,) = dry_run(kept(text_of(row_with(recipe="gp-ncm")), "short.csv"), ada).rows
    assert (row.errors, row.warnings, row.batch.recipe_version) == ({}, [], recipe_version)
    assert (row.batch.product, row.batch.process) == ("GP-NCM", recipe_version.process)


def test_a_code_twice_in_the_file_is_told_at_the_second(kept, ada):
    run = dry_run(kept(text_of(f"B1{GOOD}", f"B1{GOOD}")), ada)
    assert run.rows[1].errors == {"code": "Line 2 has the code B1 already."}


def test_earlier_rows_take_from_the_lot(kept, ada):
    row = "{},,lab,,,,,,,,,flux-1,400"
    run = dry_run(kept(text_of(*(row.format(code) for code in ("B1", "B2", "B3")))), ada)
    assert [len(one.errors) for one in run.rows] == [0, 0, 1]
    assert "Only 200 g" in run.rows[2].errors["lot of K2SO4"]


def test_a_reason_lets_an_expired_lot_be_used(kept, ada, lots):
    lots["flux"].expires_on = date(2026, 2, 1)
    save_lot(lots["flux"], ada)
    assert "expired on 2026-02-01" in only_errors(dry_run(kept(text_of(f"B1{GOOD}")), ada))["lot of K2SO4"]
    run = dry_run(kept(text_of(row_with(reason="stored dry")), "with reason.csv"), ada)
    assert only_errors(run) == {}
    assert {weighing.reason for weighing in run.rows[0].weighings} == {"stored dry"}


def test_a_number_of_two_suppliers_is_asked_for_with_its_supplier(kept, ada, chemicals):
    save_lot(Lot(chemical=chemicals["flux"], supplier="Other", number="flux-1", amount_g=5), ada)
    assert "Two lots" in only_errors(dry_run(kept(text_of(f"B1{GOOD}")), ada))["lot of K2SO4"]
    assert only_errors(dry_run(kept(text_of(row_with(lot="Other flux-1")), "b.csv"), ada)) == {}


def test_a_ratio_beyond_its_band_is_a_warning(kept, ada):
    (row,) = dry_run(kept(text_of(row_with(mass="2.5"))), ada).rows
    # 2.5 g of 99 % in 174.26 g/mol, over 10 g in 91.96 g/mol: 0.1314.
    assert any("beyond the fail band" in said and "potassium sulfate" in said for said in row.warnings)


def test_unknown_columns_are_named_with_what_they_may_be(kept, ada):
    header = "code,operater,lot of K2S04,colour"
    run = dry_run(kept(text_of("B1,x,y,z", header=header)), ada)
    assert run.unknown[0] == "“operater”: there is no such column; is it operator?"
    assert run.unknown[1].startswith("“lot of K2S04”: there is no chemical K2S04")
    assert run.unknown[2] == "“colour”: there is no such column."
    assert run.rows[0].errors == {}


def test_a_workbook_is_read_like_a_text(kept, ada):
    rows = [
        ["code", "recipe", "started_on", "mass_after_sintering_g", "Operator "],
        [12, "GP-NCM v1", datetime(2026, 3, 2), 12.5, "Ada"],
        [],
        ["B2", None, None, None, None],
    ]
    run = dry_run(kept(rows, "batches.xlsx"), ada)
    first, second = run.rows
    assert (first.batch.code, first.batch.started_on, first.batch.mass_after_sintering_g, first.batch.operator) == (
        "12", date(2026, 3, 2), 12.5, "Ada",
    )  # fmt: skip
    assert (second.line, second.batch.code, second.errors) == (4, "B2", {})


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("", "holds nothing"),
        ("code\n", "no rows below"),
        ("code;Code\n1;2\n", "twice"),
        ("code\n" + "x\n" * 2001, "at most 2000"),
        ("PK\x03\x04nonsense", "no workbook that can be read"),
        ("\x00\x01\x02\x03" * 100, "not text"),
    ],
)
def test_what_is_no_list_is_refused_by_a_sentence_and_kept(kept, ada, content, sentence):
    raw_file = kept(content)
    with pytest.raises(ListError, match=sentence):
        dry_run(raw_file, ada)
    assert RawFile.objects.get().state == RawFile.State.FILED


def test_semicolons_decimal_commas_and_notes_over_two_lines_are_read(kept, ada):
    content = 'code;mass_after_sintering_g;note\r\nB1;"12,5";"two\nlines"\r\nB2;1 kg;\r\n'
    run = dry_run(kept(content), ada)
    assert [(row.line, row.batch.mass_after_sintering_g, row.batch.note) for row in run.rows] == [
        (2, 12.5, "two\nlines"), (4, 1000, ""),
    ]  # fmt: skip


def test_saving_makes_exactly_what_was_shown(kept, ada, lots):
    raw_file = kept(text_of(f"B1{GOOD}", f"B2{GOOD}"))
    run = dry_run(raw_file, ada)
    saved = save_list(raw_file, ada, run.digest)
    assert [(row.line, row.batch.code) for row in saved.rows.select_related("batch")] == [(2, "B1"), (3, "B2")]
    first = Batch.objects.get(code="B1")
    assert (first.product, first.created_by, str(first.started_on)) == ("GP-NCM", ada, "2026-03-02")
    assert sorted(first.weighings.values_list("mass_g", flat=True)) == [1.903, 4.811, 10.0]
    assert left_in(lots["precursor"]) == 980
    assert (first.history.get().history_user, first.history.get().history_change_reason) == (ada, "from batches.csv")
    assert Weighing.history.count() == 6


def test_only_the_good_rows_are_saved_if_one_says_so(kept, ada):
    raw_file = kept(text_of(f"B1{GOOD}", row_with(code="B2", scale="plant")))
    run = dry_run(raw_file, ada)
    with pytest.raises(ListError, match="1 rows have errors"):
        save_list(raw_file, ada, run.digest)
    assert not Batch.objects.exists()
    assert save_list(raw_file, ada, run.digest, only_good=True).rows_left_out == 1
    assert Batch.objects.count() == 1


def test_what_changed_since_it_was_shown_is_not_saved(kept, ada, lots, project):
    raw_file = kept(text_of(f"B1{GOOD}"))
    run = dry_run(raw_file, ada)
    other = start_batch(ada, project, "other", None)
    weigh(other, lots["flux"], 999, ada)
    with pytest.raises(ChangedError, match="look at the verdicts again"):
        save_list(raw_file, ada, run.digest, only_good=True)
    assert not BatchList.objects.exists()


def test_saving_twice_makes_nothing_twice(kept, ada):
    raw_file = kept(text_of(f"B1{GOOD}"))
    run = dry_run(raw_file, ada)
    save_list(raw_file, ada, run.digest)
    with pytest.raises(ChangedError):
        save_list(raw_file, ada, run.digest)
    assert "already" in dry_run(raw_file, ada).rows[0].errors["code"]


@pytest.mark.parametrize("who", ["ben", "cleo"])
def test_a_viewer_and_an_outsider_save_no_list(kept, ada, who, request):
    raw_file = kept(text_of(f"B1{GOOD}"))
    run = dry_run(raw_file, ada)
    with pytest.raises(PermissionDenied):
        save_list(raw_file, request.getfixturevalue(who), run.digest)


def test_a_thousand_rows_ask_as_few_questions_as_ten_and_take_time_like_their_number(kept, ada, lots):
    Lot.objects.update(amount_g=1e6)
    seconds, asked = {}, {}
    for count in (100, 1000):
        raw_file = kept(text_of(*(f"{count}-{n}{GOOD}" for n in range(count))), f"{count}.csv")
        begun = perf_counter()
        with CaptureQueriesContext(connection) as queries:
            run = dry_run(raw_file, ada)
        seconds[count], asked[count] = perf_counter() - begun, len(queries)
        assert not run.bad
    assert asked == {100: 5, 1000: 5}  # chemicals, codes, versions, their components, lots
    assert seconds[1000] / seconds[100] < 25  # of ten times the rows; their square would be 100
    assert save_list(raw_file, ada, run.digest).rows.count() == 1000
