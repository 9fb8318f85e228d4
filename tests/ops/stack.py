"""A whole labdb in processes of its own: `manage.py up` on a scratch folder, or on PostgreSQL and Redis if the
environment of the tests names them."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlparse

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_SECOND = 120.0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(condition: Callable[[], Any], what: str, second: float = PATIENCE_SECOND) -> Any:
    deadline = time.monotonic() + second
    while not (value := condition()):
        assert time.monotonic() < deadline, f"waited {second} s for {what}"
        time.sleep(0.1)
    return value


def status_of(process: int) -> tuple[str, int] | None:
    """State letter and parent of a process; None where there is none."""
    try:
        fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return fields[0], int(fields[1])


def is_alive(process: int) -> bool:
    status = status_of(process)
    return status is not None and status[0] != "Z"


def descendants(process: int) -> list[int]:
    parents = {int(entry.name): status_of(int(entry.name)) for entry in Path("/proc").iterdir() if entry.name.isdigit()}
    found = [process]
    for known in found:
        found += [child for child, status in parents.items() if status and status[1] == known]
    return found[1:]


class Stack:
    """One data folder and one database, started and stopped as often as a test likes."""

    def __init__(self, folder: Path, database_url: str | None) -> None:
        self.folder = folder
        self.port = free_port()
        self.environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "tests.ops.settings",
            "LABDB_DATA": str(folder),
            "LABDB_RUN_LEASE_SECONDS": "3",
            "LABDB_RUN_TIME_LIMIT_SECONDS": "5",
            "LABDB_RUN_RESEND_SECONDS": "3",
            "LABDB_REAPER_SECONDS": "1",
            "LABDB_WEB_PROCESSES": "1",
            "PYTHONPATH": str(ROOT),
        }
        if database_url:
            self.environment["LABDB_DATABASE_URL"] = database_url
        self.up_process: subprocess.Popen[str] | None = None
        self.person: subprocess.Popen[str] | None = None

    def start_up(self, port: int | None = None) -> subprocess.Popen[str]:
        command = [sys.executable, "manage.py", "up", "--no-demo", "--port", str(port or self.port)]
        return subprocess.Popen(
            command, cwd=ROOT, env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )

    def up(self) -> list[int]:
        """Start everything and wait until the address is printed; returns the numbers of its processes."""
        self.up_process = self.start_up()
        assert self.up_process.stdout is not None
        printed = []
        for line in self.up_process.stdout:
            printed.append(line)
            if "Ctrl-C stops everything" in line:
                return [self.up_process.pid, *descendants(self.up_process.pid)]
        raise AssertionError("".join(printed))

    def stop(self, number: signal.Signals = signal.SIGINT) -> str:
        """Returns what was printed at the end."""
        assert self.up_process is not None
        self.up_process.send_signal(number)
        printed, _ = self.up_process.communicate(timeout=PATIENCE_SECOND)
        return printed

    def ask(self, verb: str, argument: Any) -> Any:
        if self.person is None:
            self.person = subprocess.Popen(
                [sys.executable, "-m", "tests.ops.driver"],
                cwd=ROOT,
                env=self.environment,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
        assert self.person.stdin is not None
        assert self.person.stdout is not None
        self.person.stdin.write(json.dumps([verb, argument]) + "\n")
        self.person.stdin.flush()
        return json.loads(self.person.stdout.readline())

    def finished(self, ids: list[int]) -> list[dict[str, Any]]:
        """The runs, when all of them have ended."""

        def all_ended() -> list[dict[str, Any]] | None:
            runs = self.ask("runs", ids)
            return runs if all(run["state"] in ("succeeded", "failed") for run in runs) else None

        ended: list[dict[str, Any]] = wait_for(all_ended, "every run to end")
        return ended

    def close(self) -> None:
        for process in (self.person, self.up_process):
            while process is not None and process.poll() is None:
                process.terminate()  # asked twice, it does not wait for a run that hangs
                time.sleep(0.3)


@contextmanager
def scratch_database(url: str | None) -> Iterator[str | None]:
    """A database of our own on the PostgreSQL of the environment; nothing where the tests run on SQLite."""
    if not url or not url.startswith("postgres"):
        yield None
        return
    import psycopg

    parts = urlparse(url)
    name = f"labdb_ops_{os.getpid()}_{time.monotonic_ns()}"
    with psycopg.connect(parts._replace(path="/postgres").geturl(), autocommit=True) as server:
        server.execute(f'CREATE DATABASE "{name}"')
        try:
            yield parts._replace(path=f"/{name}").geturl()
        finally:
            server.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@contextmanager
def scratch_stack(folder: Path) -> Iterator[Stack]:
    with scratch_database(os.environ.get("LABDB_DATABASE_URL")) as database_url:
        stack = Stack(folder, database_url)
        try:
            yield stack
        finally:
            stack.close()
