"""What no record can hold is refused where a request is read."""

from __future__ import annotations

import pytest

CELLS = "/api/v1/cells"


@pytest.mark.parametrize(
    "value",
    ["NaN", "Infinity", "1e400", r'"\ud800"', r'"a\u0000"', r'"\\\u0000"', "[" * 5000, '"', "1" * 6000],
)
def test_what_cannot_be_stored_is_refused_where_it_is_read(api, ada, project, value):
    body = f'{{"project": {project.pk}, "code": "C-1", "note": {value}}}'

    answer = api(ada).post(CELLS, body, content_type="application/json")

    assert answer.status_code == 400
    assert "JSON parse error" in str(answer.json())


def test_a_text_that_only_looks_like_an_escape_is_kept(api, ada, project):
    body = f'{{"project": {project.pk}, "code": "C-1", "note": "a\\\\u0000"}}'

    answer = api(ada).post(CELLS, body, content_type="application/json")

    assert answer.status_code == 201
    assert answer.json()["note"] == r"a\u0000"


@pytest.mark.parametrize("key", [10**17, 10**18, 10**30, "9" * 4000, 1.5, True, [1], {"id": 1}])
def test_the_key_of_no_record_is_refused(api, ada, project, key):
    answer = api(ada).post("/api/v1/exclusions", {"test": key, "reason": "why"}, format="json")

    assert answer.status_code == 400
    assert "test" in str(answer.json())
