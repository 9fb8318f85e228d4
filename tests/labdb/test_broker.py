"""The broker made of files: a worker never sees half a message."""

from __future__ import annotations

import os
import threading
from queue import Empty

import pytest
from kombu.connection import Connection

from labdb import broker


@pytest.fixture
def channel(tmp_path):
    broker.use()
    for folder in ("queue", "control", "processed"):
        (tmp_path / folder).mkdir()
    options = {
        "data_folder_in": str(tmp_path / "queue"),
        "data_folder_out": str(tmp_path / "queue"),
        "control_folder": str(tmp_path / "control"),
        "processed_folder": str(tmp_path / "processed"),
        "store_processed": True,
    }
    with Connection("filesystem://", transport_options=options) as connection:
        yield connection.channel()


def test_what_is_put_is_got_once(channel):
    channel._put("celery", {"run": 7})
    assert channel._get("celery") == {"run": 7}
    with pytest.raises(Empty):
        channel._get("celery")


def test_a_message_that_is_still_being_written_is_nobodys(channel, tmp_path):
    (tmp_path / "queue" / "1_x.part").write_bytes(b"")
    with pytest.raises(Empty):
        channel._get("celery")


def test_two_hundred_messages_under_an_eager_reader_arrive_whole(channel):
    got = []

    def read() -> None:
        while len(got) < 200:
            try:
                got.append(channel._get("celery")["run"])
            except Empty:
                os.sched_yield()

    reader = threading.Thread(target=read, daemon=True)
    reader.start()
    for number in range(200):
        channel._put("celery", {"run": number})
    reader.join(timeout=30)
    assert sorted(got) == list(range(200))
