"""What is in the way of a start is said in a sentence, before anything is started."""

from __future__ import annotations

import socket
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from labdb.runner.address import CannotStartError, answers, listen, only_runner


def test_a_taken_port_is_said_with_what_to_do():
    with listen("127.0.0.1", 0) as other:
        port = other.getsockname()[1]

        with pytest.raises(CannotStartError, match=rf"Port {port} .* in use .* make run PORT={port + 1}"):
            listen("127.0.0.1", port)


def test_an_address_of_another_machine_is_refused():
    with pytest.raises(CannotStartError, match="no address of this machine"):
        listen("192.0.2.1", 0)  # reserved for documentation by RFC 5737


def test_a_second_runner_on_the_same_folder_is_refused_and_told_of_the_first(tmp_path):
    lock = tmp_path / "up.lock"

    with only_runner(lock), pytest.raises(CannotStartError, match=r"already \(process \d+\)"), only_runner(lock):
        pass
    with only_runner(lock):
        pass  # free again


class Answer(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200 if self.path == "/healthz" else 503)
        self.end_headers()

    def log_message(self, *args):
        """Say nothing."""


def test_a_web_server_is_well_when_it_answers_200():
    server = HTTPServer(("127.0.0.1", 0), Answer)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    port = server.server_port

    assert answers("127.0.0.1", port, "/healthz")
    assert not answers("127.0.0.1", port, "/elsewhere")

    server.shutdown()
    server.server_close()
    assert not answers("127.0.0.1", port, "/healthz")


def test_a_port_that_listens_but_does_not_answer_is_not_well_yet():
    with socket.create_server(("127.0.0.1", 0)) as silent:
        assert not answers("127.0.0.1", silent.getsockname()[1], "/healthz", timeout_second=0.1)
