"""labdb itself, for what is measured of its answers: run in a process of its own, on a database of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import orjson

from benchmarks.measure import ROOT


class FailedError(Exception):
    """The sentence with which a measuring process ended."""


def measure_apart(module: str, *arguments: str, database: str, folder: Path) -> Any:
    """What `python -m module` prints last, as JSON."""
    own = {"LABDB_DATABASE_URL": database, "LABDB_DATA": str(folder), "LABDB_LOG_LEVEL": "ERROR"}
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", module, *arguments],
        cwd=ROOT,
        env={**os.environ, **own},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise FailedError((done.stderr.strip().splitlines() or ["it failed"])[-1][:120])
    return orjson.loads(done.stdout.splitlines()[-1])


def set_up() -> None:
    """Django with an empty, migrated database."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "labdb.settings")
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)


def server(**headers: str) -> Callable[[str, str], bytes]:
    """The application as its server calls it, from the line of a GET request to the last byte of the answer."""
    from labdb.wsgi import application

    def page(path: str, query: str) -> bytes:
        said: list[str] = []

        def start_response(
            status: str, answered: list[tuple[str, str]], error: Any = None, /
        ) -> Callable[[bytes], object]:
            said.append(status)
            return lambda data: None

        environ = {
            "REQUEST_METHOD": "GET",
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "SERVER_NAME": "localhost",
            "SERVER_PORT": "80",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": "127.0.0.1",
            "wsgi.url_scheme": "http",
            "wsgi.input": BytesIO(),
            "wsgi.errors": sys.stderr,
            **{f"HTTP_{name.upper()}": value for name, value in headers.items()},
        }
        answer = application(environ, start_response)
        content = b"".join(answer)
        answer.close()
        if said != ["200 OK"]:
            raise FailedError(f"{path} answered {said}: {content[:200]!r}")
        return content

    return page
