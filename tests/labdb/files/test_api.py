"""Files over the API: in, listed, and out again."""

from __future__ import annotations

from io import BytesIO

import pytest
from django.conf import settings as in_force
from django.core.files.uploadedfile import SimpleUploadedFile

from labdb.accounts.services import create_project
from labdb.files.models import RawFile
from labdb.ingest.subjects import FoundOut
from tests.labdb.ingest.plain import FILE

pytestmark = pytest.mark.usefixtures("plain_techniques", "calls")

NEXT = b"plain x,y\n4,10\n"


@pytest.fixture
def subjects(settings):
    """The plain technique is hung on a text, `on`."""
    from dataclasses import replace

    from labdb.ingest.installed import techniques
    from tests.labdb.ingest import plain

    named = replace(plain.PLAIN, subjects={"on": "tests.labdb.files.test_api.find"})
    plain.NAMED = named
    settings.TECHNIQUES = ["tests.labdb.ingest.plain.NAMED"]
    techniques.cache_clear()
    yield
    del plain.NAMED
    techniques.cache_clear()


def find(user, text):
    return text, None


def upload(client, into, data=FILE, name="p.csv", **fields):
    body = {"file": SimpleUploadedFile(name, data), **fields}
    if into is not None:
        body["project"] = into.pk
    return client.post("/api/v1/files/", body, format="multipart")


def left_over() -> list[str]:
    return [path.name for path in in_force.FILE_UPLOAD_TEMP_DIR.iterdir() if path.name != "files"]


def test_an_uploaded_file_is_kept_and_waits_for_its_subject(api, ada, project, calls):
    response = upload(api(ada), project)
    assert response.status_code == 201
    (told,) = response.json()["results"]
    assert told["new"] is True
    assert told["test"] is None
    assert "say in the inbox what was measured" in told["sentence"]
    assert told["file"]["inbox_reason"] == "subject"
    assert told["file"]["reader"] == "plain-csv"
    assert not left_over()


def test_a_file_with_its_subject_is_analysed(api, ada, project, calls, subjects, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        (told,) = upload(api(ada), project, on="P-1").json()["results"]
    assert calls == [told["run"]]
    calls.run_all()
    run = api(ada).get(f"/api/v1/runs/{told['run']}/").json()
    assert run["state"] == "succeeded"
    assert [row["value"] for row in run["results"]] == [30.0]


def finder(arrival):
    if arrival.folder:
        return FoundOut(arrival.folder, f"on {arrival.folder}")
    return FoundOut(None, "its name fits nothing: say what was measured")


def test_labdb_finds_out_what_was_measured_where_it_is_asked_to(api, ada, project, calls, subjects, settings):
    settings.SUBJECT_FINDER = "tests.labdb.files.test_api.finder"
    (found,) = upload(api(ada), project, subject="auto", folder="P-1/March").json()["results"]
    assert found["sentence"] == "p.csv: recognised as plain csv; on P-1/March, being analysed."
    assert (found["file"]["folder"], found["file"]["state"]) == ("P-1/March", "filed")
    (unsure,) = upload(api(ada), project, NEXT, subject="auto").json()["results"]
    assert unsure["sentence"] == "p.csv: recognised as plain csv; its name fits nothing: say what was measured."
    assert unsure["file"]["inbox_reason"] == "subject"
    assert unsure["file"]["inbox_note"] == unsure["sentence"]


def test_the_technique_can_be_said_and_a_wrong_one_is_refused_with_those_there_are(api, ada, project, calls):
    (told,) = upload(api(ada), project, b"plain twin\n1,1\n", technique="twin").json()["results"]
    assert told["file"]["reader"] == "twin-csv"
    wrong = upload(api(ada), project, NEXT, technique="astrology")
    assert wrong.status_code == 400
    (error,) = wrong.json()["errors"]
    assert (error["attr"], error["detail"]) == ("technique", "There is no technique astrology; there are: plain, twin.")
    assert RawFile.objects.count() == 1


@pytest.mark.parametrize(
    ("fields", "part"),
    [({"subject": "mine"}, "subject=auto lets labdb find out"), ({"subject": "auto", "on": "P"}, "of one of them")],
)
def test_a_subject_that_is_none_is_refused(api, ada, project, subjects, fields, part):
    response = upload(api(ada), project, **fields)
    assert response.status_code == 400
    assert part in response.json()["errors"][0]["detail"]
    assert not RawFile.objects.exists()


def test_several_files_come_in_one_request(api, ada, project, calls):
    files = [SimpleUploadedFile("a.csv", FILE), SimpleUploadedFile("b.csv", NEXT)]
    response = api(ada).post("/api/v1/files/", {"file": files, "project": project.pk}, format="multipart")
    assert [row["file"]["name"] for row in response.json()["results"]] == ["a.csv", "b.csv"]


def test_the_same_bytes_again_are_said_to_be_here(api, ada, project, calls, subjects):
    upload(api(ada), project, on="P-1")
    again = upload(api(ada), project, name="copy.csv", on="P-1")
    assert again.status_code == 200
    assert "these bytes are here already" in again.json()["results"][0]["sentence"]
    assert RawFile.objects.count() == 1


def test_a_person_answers_the_inbox(api, ada, project, calls, subjects):
    pk = upload(api(ada), project).json()["results"][0]["file"]["id"]
    url = f"/api/v1/files/{pk}/choose/"
    wrong = api(ada).post(url, {"technique": "plain", "reader": "none", "on": "P"})
    assert wrong.status_code == 400
    assert "no reader named none" in wrong.json()["errors"][0]["detail"]
    filed = api(ada).post(url, {"technique": "plain", "reader": "plain-csv", "on": "P"})
    assert filed.json()["file"]["state"] == "filed"
    assert api(ada).post(url, {"technique": "plain", "reader": "plain-csv", "on": "P"}).status_code == 409


@pytest.mark.parametrize(
    ("fields", "attr", "part"),
    [
        ({}, "project", "Say into which project"),
        ({"project": 999}, "project", "not a member of a project 999"),
        ({"project": "mine"}, "project", "not a member of a project mine"),
    ],
)
def test_an_upload_says_into_which_project(api, ada, project, calls, fields, attr, part):
    response = upload(api(ada), None, **fields)
    assert response.status_code == 400
    (error,) = response.json()["errors"]
    assert error["attr"] == attr
    assert part in error["detail"]
    assert not left_over()


def test_a_request_without_a_file_is_told_how_to_send_one(api, ada, project):
    response = api(ada).post("/api/v1/files/", {"project": project.pk}, format="multipart")
    assert response.status_code == 400
    assert "multipart/form-data under file" in response.json()["errors"][0]["detail"]


def test_a_viewer_reads_files_and_uploads_none(api, ada, ben, project, calls):
    upload(api(ada), project)
    client = api(ben)
    (row,) = client.get("/api/v1/files/").json()["results"]
    assert client.get(f"/api/v1/files/{row['id']}/download/").status_code == 200
    refused = upload(client, project, NEXT)
    assert refused.status_code == 403
    assert "needs the role researcher" in refused.json()["errors"][0]["detail"]
    assert RawFile.objects.count() == 1
    assert not left_over()


def test_an_outsider_finds_no_file(api, ada, cleo, project, calls):
    pk = upload(api(ada), project).json()["results"][0]["file"]["id"]
    client = api(cleo)
    assert client.get("/api/v1/files/").json()["results"] == []
    for address in ("", "download/"):
        assert client.get(f"/api/v1/files/{pk}/{address}").status_code == 404
    assert client.post(f"/api/v1/files/{pk}/choose/", {}).status_code == 404
    assert upload(client, project, NEXT).status_code == 400


# Size.


def test_a_file_over_the_limit_is_413_and_leaves_nothing(api, ada, project, settings):
    settings.MAX_UPLOAD_BYTES = 200_000
    response = upload(api(ada), project, b"plain x,y\n" + b"1,1\n" * 60_000, "long.csv")
    assert response.status_code == 413
    (error,) = response.json()["errors"]
    assert error["code"] == "too_large"
    assert error["detail"].startswith("long.csv: larger than the 0.191 MiB that this labdb takes; split the export")
    assert not RawFile.objects.exists()
    assert not left_over()


def test_one_file_over_the_limit_takes_none_of_the_others_in(api, ada, project, settings):
    settings.MAX_UPLOAD_BYTES = 100_000
    files = [SimpleUploadedFile("good.csv", FILE), SimpleUploadedFile("long.csv", b"1,1\n" * 60_000)]
    response = api(ada).post("/api/v1/files/", {"file": files, "project": project.pk}, format="multipart")
    assert response.status_code == 413
    assert not RawFile.objects.exists()
    response.close()
    assert not left_over()


def test_an_upload_that_says_it_is_over_the_limit_is_refused_unread(api, ada, project, settings):
    settings.MAX_UPLOAD_BYTES = 1000

    class Unread(BytesIO):
        def read(self, *args):
            raise AssertionError("the body was read")

    response = api(ada).generic(
        "POST",
        "/api/v1/files/",
        content_type="multipart/form-data; boundary=b",
        CONTENT_LENGTH=str(2 * 1024**3),
        **{"wsgi.input": Unread()},
    )
    assert response.status_code == 413
    assert "larger than" in response.json()["errors"][0]["detail"]


def test_an_upload_of_unknown_length_is_asked_for_its_length(api, ada, project):
    response = api(ada).generic(
        "POST",
        "/api/v1/files/",
        content_type="multipart/form-data; boundary=b",
        CONTENT_LENGTH="",
        HTTP_TRANSFER_ENCODING="chunked",
    )
    assert response.status_code == 411
    assert "Content-Length" in response.json()["errors"][0]["detail"]


# Download.


@pytest.fixture
def address(api, ada, project, calls):
    (told,) = upload(api(ada), project, b"plain x,y\n1,10\n", 'Zelle "7" é;\r\n.csv').json()["results"]
    return f"/api/v1/files/{told['file']['id']}/download/"


def body(response) -> bytes:
    return b"".join(response.streaming_content)


def test_the_download_is_the_original_bytes_and_no_browser_runs_them(api, ada, address):
    response = api(ada).get(address)
    assert body(response) == b"plain x,y\n1,10\n"
    assert response["ETag"] == f'"{RawFile.objects.get().sha256}"'
    assert response["Content-Type"] == "application/octet-stream"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Disposition"].startswith("attachment;")
    assert "\n" not in response["Content-Disposition"]
    assert response["Content-Length"] == "15"


@pytest.mark.parametrize(
    ("asked", "bytes_", "content_range"),
    [
        ("bytes=0-4", b"plain", "bytes 0-4/15"),
        ("bytes=10-", b"1,10\n", "bytes 10-14/15"),
        ("bytes=-3", b"10\n", "bytes 12-14/15"),
        ("bytes=10-999", b"1,10\n", "bytes 10-14/15"),
    ],
)
def test_a_range_is_sent_alone(api, ada, address, asked, bytes_, content_range):
    response = api(ada).get(address, HTTP_RANGE=asked)
    assert response.status_code == 206
    assert body(response) == bytes_
    assert response["Content-Range"] == content_range


@pytest.mark.parametrize("asked", ["bytes=15-", "bytes=-0"])
def test_a_range_behind_the_end_is_416(api, ada, address, asked):
    response = api(ada).get(address, HTTP_RANGE=asked)
    assert response.status_code == 416
    assert response["Content-Range"] == "bytes */15"


@pytest.mark.parametrize("asked", ["bytes=4-2", "lines=1-2", "bytes=0-1,3-4", "bytes=-"])
def test_a_range_that_is_none_is_answered_with_everything(api, ada, address, asked):
    response = api(ada).get(address, HTTP_RANGE=asked)
    assert response.status_code == 200
    assert len(body(response)) == 15


def test_a_copy_that_is_there_is_not_sent_again(api, ada, address):
    etag = api(ada).get(address)["ETag"]
    assert api(ada).get(address, HTTP_IF_NONE_MATCH=etag).status_code == 304
    assert api(ada).get(address, HTTP_RANGE="bytes=0-4", HTTP_IF_RANGE='"other"').status_code == 200


def test_files_are_filtered_by_what_is_known_of_them(api, ada, project, calls, subjects):
    (first,) = upload(api(ada), project, on="P-1").json()["results"]
    upload(api(ada), project, b"nobody knows", "x.bin")
    client = api(ada)

    def names(query):
        return [row["name"] for row in client.get(f"/api/v1/files/?{query}").json()["results"]]

    assert names("state=inbox") == ["x.bin"]
    assert names("inbox_reason=unknown") == ["x.bin"]
    assert names(f"test={first['test']}") == ["p.csv"]
    assert names("size__gte=20") == ["p.csv"]
    assert names(f"sha256={first['file']['sha256']}") == ["p.csv"]
    assert names("uploaded_at__gte=2100-01-01") == []
    assert client.get(f"/api/v1/files/{first['file']['id']}/").json()["tests"] == [first["test"]]


def test_the_list_of_files_asks_two_queries(api, ada, project, calls, django_assert_num_queries):
    for n in range(3):
        upload(api(ada), project, FILE + b"%d,1\n" % (n + 4), f"{n}.csv")
    client = api(ada)
    client.get("/api/v1/files/")
    with django_assert_num_queries(2):
        assert len(client.get("/api/v1/files/").json()["results"]) == 3


def test_a_file_goes_into_no_project_but_that_of_its_subject(api, ada, project, calls, settings, cell):
    from labdb.ingest.installed import techniques

    settings.TECHNIQUES = ["cells.cycling.technique.CYCLING"]
    techniques.cache_clear()
    other = create_project(ada, "Pilot line")
    response = upload(api(ada), other, cell=str(cell.pk))
    assert response.status_code == 400
    assert "another project" in response.json()["errors"][0]["detail"]
    (told,) = upload(api(ada), None, cell=str(cell.pk)).json()["results"]
    assert told["file"]["project"] == project.pk
    two = upload(api(ada), None, cell=str(cell.pk), new_cell="C-9")
    assert "cell and new_cell are given" in two.json()["errors"][0]["detail"]
