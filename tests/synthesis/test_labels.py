"""Labels: what is on them, where it stands, and what scanning opens."""

from __future__ import annotations

import re

import pytest
import segno
from django.urls import reverse

from labdb.labels.kind import kinds
from labdb.labels.short_code import encode
from synthesis.batch.services import start_batch
from synthesis.sample.services import Series, add_series

RUN = re.compile(r"([Mm])(-?[\d.]+)[ ,]?(-?[\d.]+)|h(-?[\d.]+)")


@pytest.fixture
def batch(project, ada, recipe_version):
    return start_batch(ada, project, "GP-NCM-07", recipe_version)


@pytest.fixture
def samples(batch, ada):
    return add_series(batch, ada, Series("sub_lot", count=8, from_saggars=True, amount_g=50))


def drawn_modules(svg: str, border: int) -> set[tuple[int, int]]:
    """The dark modules (row, column) of a QR code's path, without its border."""
    path = re.search(r'stroke="#000".*? d="([^"]+)"|d="([^"]+)"[^>]*stroke="#000"', svg)
    assert path
    dark: set[tuple[int, int]] = set()
    x = y = 0.0
    for move, a, b, run in RUN.findall(path[1] or path[2]):
        if move == "M":
            x, y = float(a), float(b)
        elif move == "m":
            x, y = x + float(a), y + float(b)
        else:
            dark |= {(int(y) - border, int(x) + step - border) for step in range(int(run))}
            x += float(run)
    return dark


def test_the_drawn_code_is_the_qr_code_of_the_address_of_the_record(client, ada, samples):
    client.force_login(ada)
    shown = client.get(reverse("label-sheet"), {"sample": samples[0].pk}, SERVER_NAME="localhost").content.decode()
    address = f"http://localhost/s/sample/{encode(samples[0].pk)}"
    svg = re.search(rf'data-address="{re.escape(address)}">(.*?)</svg>', shown, re.S)
    assert svg
    expected = segno.make(address, error="m", micro=False)
    dark = {(r, c) for r, row in enumerate(expected.matrix) for c, module in enumerate(row) if module}
    assert drawn_modules(svg[1], border=2) == dark


def test_scanning_opens_the_record_for_members_and_nothing_for_others(client, ada, ben, cleo, samples):
    address = reverse("scanned", args=["sample", encode(samples[0].pk)])
    assert client.get(address)["Location"].startswith("/login?next=/s/sample/")
    for who in (ada, ben):
        client.force_login(who)
        assert client.get(address)["Location"] == samples[0].get_absolute_url()
        assert client.get(address.lower()).status_code == 302
    client.force_login(cleo)
    assert client.get(address).status_code == 404
    assert client.get("/s/sample/12").status_code == 404  # mistyped: 1 has the check character 1
    assert client.get("/s/nothing/11").status_code == 404
    assert client.get(f"/s/sample/{encode(2**63)}").status_code == 404


def test_every_kind_has_a_label_that_opens_it(client, ada, cleo, batch, samples, lots, cell, sheet, punch):
    client.force_login(ada)
    (disc,) = punch(11.0)
    records = {
        "batch": batch,
        "sample": samples[0],
        "lot": lots["flux"],
        "electrode": sheet,
        "disc": disc,
        "cell": cell,
    }
    assert set(records) == set(kinds())
    for kind, record in records.items():
        page = client.get(reverse("label", args=[kind, record.pk]), follow=True).content.decode()
        address = re.search(r'data-address="http://testserver(/s/[^"]+)"', page)
        assert address
        assert client.get(address[1])["Location"] == record.get_absolute_url()
    client.force_login(cleo)
    opened = {
        kind: client.get(reverse("label", args=[kind, record.pk])).status_code for kind, record in records.items()
    }
    assert opened == dict.fromkeys(records, 404) | {"lot": 302}  # lots belong to the whole lab


def test_what_a_person_reads_stands_beside_the_code(client, ada, samples, settings):
    settings.LAB_NAME = "Cathode lab"
    client.force_login(ada)
    shown = client.get(reverse("label-sheet"), {"sample": samples[2].pk, "size": "a4-14"}).content.decode()
    texts = re.findall(r"<text[^>]*>([^<]*)</text>", shown)
    assert texts[0] == "GP-NCM-07-S3"
    assert {"sub-lot 3, saggar 3", "batch GP-NCM-07"} <= set(texts)
    assert any(f"{samples[2].created_at:%Y-%m-%d}, 50 g" in text for text in texts)
    assert texts[-2:] == ["Cathode lab", f"sample {encode(samples[2].pk)}"]


def test_labels_are_chosen_by_ticks_and_by_code(client, ada, samples, lots):
    client.force_login(ada)
    ticked = client.get(reverse("label-add", args=["sample"]), {"id": [s.pk for s in samples[:3]]})
    assert ticked["Location"] == f"/labels/?sample={','.join(str(s.pk) for s in samples[:3])}&size=a4-24"
    added = client.get(f"{ticked['Location']}&add=flux-1,GP-NCM-07")
    assert f"lot={lots['flux'].pk}" in added["Location"]
    assert f"batch={samples[0].batch_id}" in added["Location"]
    unknown = client.get(reverse("label-sheet"), {"add": "nowhere"})
    assert "has the code nowhere" in unknown.content.decode()


def test_records_that_one_may_not_see_are_not_printed(client, cleo, samples):
    client.force_login(cleo)
    shown = client.get(reverse("label-sheet"), {"sample": samples[0].pk}).content.decode()
    assert samples[0].code not in shown
    assert samples[0].code not in client.get(reverse("label-sheet"), {"add": "GP-NCM-07"}).content.decode()


def test_nonsense_in_the_address_is_refused(client, ada):
    client.force_login(ada)
    assert client.get(reverse("label-sheet"), {"sample": "1;2"}).status_code == 400
    assert client.get("/labels/nothing/add?id=1").status_code == 404
    assert client.get(reverse("label-sheet"), {"size": "x", "start": "-1", "copies": "999"}).status_code == 200


def test_a_sheet_asks_one_question_a_kind(client, ada, batch, django_assert_max_num_queries):
    samples = add_series(batch, ada, Series("retained", count=60))
    client.force_login(ada)
    address = reverse("label-sheet")
    client.get(address)
    with django_assert_max_num_queries(8):
        client.get(address, {"sample": ",".join(str(s.pk) for s in samples), "batch": batch.pk})
