"""What belongs to a lineage, who sees it, and what it costs."""

from __future__ import annotations

from itertools import pairwise
from time import process_time

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from synthesis.batch.models import Batch, BatchLink
from synthesis.batch.services import link, start_batch, weigh
from synthesis.lineage.genealogy import genealogy
from synthesis.lineage.layout import Edge, Node, lay_out
from synthesis.lineage.picture import BOX_HEIGHT, BOX_WIDTH, draw
from synthesis.sample.models import Sample

Kind = BatchLink.Kind


@pytest.fixture
def family(project, ada, recipe_version, lots, cell):
    """GP-NCM-07 from two lots → split into A and B → A blended; a control; a sample; cell C-001."""
    made = {code: start_batch(ada, project, code, recipe_version) for code in ("GP-NCM-07", "A", "B", "blend", "P-01")}
    origin = made["GP-NCM-07"]
    weigh(origin, lots["precursor"], 60, ada)
    weigh(origin, lots["precursor"], 40, ada)
    weigh(origin, lots["lithium"], 48, ada)
    link(made["A"], origin, Kind.SPLIT, ada, mass_g=50)
    link(made["B"], origin, Kind.SPLIT, ada)
    link(made["blend"], made["A"], Kind.BLEND, ada)
    link(made["P-01"], origin, Kind.CONTROL, ada)
    Sample.objects.create(batch=made["blend"], code="blend-final", created_by=ada)
    cell.batch = origin
    cell.save()
    return made


def labels(found) -> set[str]:
    return {node.label for node in found.nodes}


def test_a_lineage_goes_up_to_the_lots_and_down_to_samples_and_cells(family, ada):
    assert labels(genealogy(family["GP-NCM-07"], ada)) == {
        "GP-NCM-07", "A", "B", "blend", "P-01", "precursor-1", "lithium-1", "blend-final", "C-001",
    }  # fmt: skip


def test_it_holds_what_a_batch_came_from_and_what_came_of_it_not_its_cousins(family, ada):
    found = genealogy(family["A"], ada)
    assert labels(found) == {"GP-NCM-07", "A", "blend", "precursor-1", "lithium-1", "blend-final"}


def test_edges_say_how_and_how_much(family, ada):
    edges = {(e.source, e.target): e for e in genealogy(family["GP-NCM-07"], ada).edges}
    keys = {code: ("batch", batch.pk) for code, batch in family.items()}
    assert edges[keys["GP-NCM-07"], keys["A"]].label == "split, 50 g"
    control = edges[keys["GP-NCM-07"], keys["P-01"]]
    assert (control.label, control.comparison) == ("control", True)
    precursor = next(e for e in edges.values() if e.source[0] == "lot" and e.label == "100 g")
    assert precursor.target == keys["GP-NCM-07"]  # 60 g and 40 g of one lot


def test_who_may_see_nothing_gets_no_cells_samples_or_links(family, cleo):
    found = genealogy(family["GP-NCM-07"], cleo)
    assert labels(found) == {"GP-NCM-07", "precursor-1", "lithium-1"}


def chain(project, ada, count: int) -> list[Batch]:
    rows = [Batch(project=project, code=f"B{n:03d}", created_by=ada) for n in range(count)]
    return Batch.objects.bulk_create(rows)


def test_queries_do_not_grow_with_the_width_of_a_generation(project, ada):
    asked = {}
    for width in (3, 60):
        batches = chain(project, ada, width + 1)
        origin, *parts = batches
        BatchLink.objects.bulk_create(
            [BatchLink(parent=origin, child=part, kind=Kind.SPLIT, created_by=ada) for part in parts]
        )
        Sample.objects.bulk_create([Sample(batch=part, code="final", created_by=ada) for part in parts])
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert len(genealogy(origin, ada).nodes) == 2 * width + 1
        asked[width] = len(queries)
        Sample.objects.all().delete()
        BatchLink.objects.all().delete()
        Batch.objects.all().delete()
    # Up, down twice, comparisons, weighings, samples, measurements, electrodes, cells.
    assert asked == {3: 9, 60: 9}


def test_five_hundred_nodes_are_drawn_without_boxes_on_top_of_each_other_in_time_that_grows_like_the_nodes():
    def drawing(count: int):
        nodes = [Node(n, "batch", f"B{n}") for n in range(count)]
        edges = [Edge((n - 1) // 8, n) for n in range(1, count)]
        begun = process_time()
        drawn = draw(lay_out(nodes, edges), root=0)
        return drawn, process_time() - begun

    drawn, small = min((drawing(500) for _ in range(5)), key=lambda pair: pair[1])
    large = min(drawing(4000)[1] for _ in range(3))
    assert len(drawn.boxes) == 500
    assert large / small < 30  # of eight times the nodes; their square would be 64
    corners = sorted((box.x, box.y) for box in drawn.boxes)
    for (x, y), (other_x, other_y) in pairwise(corners):
        assert other_x - x >= BOX_WIDTH or other_y - y >= BOX_HEIGHT
    assert 0.5 < drawn.width / drawn.height < 6  # about a screen
    assert drawn.root is not None


def test_a_lineage_of_one_is_drawn(project, ada):
    (alone,) = chain(project, ada, 1)
    found = genealogy(alone, ada)
    drawn = draw(lay_out(found.nodes, found.edges), found.root)
    assert [box.node.label for box in drawn.boxes] == ["B000"]
