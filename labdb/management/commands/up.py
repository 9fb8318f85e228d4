"""Start labdb whole: `manage.py up`. Database, web, workers and reaper, until Ctrl-C (docs/adr/0004-runner.md)."""

from __future__ import annotations

import hashlib
import os
import sys
import time
from argparse import ArgumentParser
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connections

from labdb.runner.address import CannotStartError, answers, listen, only_runner
from labdb.runner.supervisor import Program, Supervisor

DEMO_UNFINISHED = "demo_unfinished"
DEMO_LOGIN = "demo_login"
ASK_EVERY_SECOND = 0.3
EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104  asked for by the person who starts it


class Command(BaseCommand):
    help = "Start labdb whole: database, web, workers and reaper, until Ctrl-C."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1", help="0.0.0.0 for every network of this machine")
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--workers", type=int, default=2, help="runs computed at a time")
        parser.add_argument("--no-demo", action="store_true", help="do not load the demo study at the first start")

    def handle(self, *args: Any, host: str, port: int, workers: int, no_demo: bool, **options: Any) -> None:
        try:
            with only_runner(settings.DATA_DIR / "up.lock"), listen(host, port) as listener:
                self.say(f"Starting labdb on {settings.DATA_DIR}")
                call_command("migrate", interactive=False, verbosity=0)
                collect_static()
                programs = [web(listener.fileno()), *(worker(number + 1) for number in range(workers)), reaper()]
                if not no_demo and demo_is_wanted():
                    programs.append(demo())
                connections.close_all()  # from here on the database is the children's
                supervisor = Supervisor(programs, settings.DATA_DIR / "log", self.say)
                supervisor.run(Welcome(supervisor, self, host, port).tick)
                self.say("Stopped. Everything is kept; start again with: make run")
        except CannotStartError as error:
            raise CommandError(str(error)) from error
        except KeyboardInterrupt:
            self.say("Stopped before it had started.")

    def say(self, sentence: str) -> None:
        self.stdout.write(sentence)
        self.stdout.flush()


def python(*arguments: str) -> tuple[str, ...]:
    return (sys.executable, *arguments)


def manage(*arguments: str) -> tuple[str, ...]:
    return python(str(settings.BASE_DIR / "manage.py"), *arguments)


def web(listener: int) -> Program:
    # Never preloaded: polars hangs in a process that was forked after its first use.
    command = python(
        *("-m", "gunicorn", "labdb.wsgi:application", "--chdir", str(settings.BASE_DIR), "--bind", f"fd://{listener}"),
        *("--worker-class", "gthread", "--workers", os.environ.get("LABDB_WEB_PROCESSES", "2"), "--threads", "8"),
        *("--timeout", "120", "--graceful-timeout", "5", "--no-control-socket"),
    )
    return Program("web", command, files=(listener,))


def worker(number: int) -> Program:
    command = python(
        *("-m", "celery", "--app", "labdb.celery:app", "--workdir", str(settings.BASE_DIR), "worker"),
        *("--pool", "solo", "--hostname", f"worker-{number}@%h", "--loglevel", "INFO"),
        *("--without-gossip", "--without-mingle", "--without-heartbeat"),
    )
    return Program(f"worker-{number}", command, patience_second=15.0)


def reaper() -> Program:
    return Program("reaper", manage("reaper", "--siblings"))


def demo() -> Program:
    return Program("demo", manage("load_demo"), once=True)


def demo_is_wanted() -> bool:
    """At the first start, and after a start that was stopped while the demo study was being loaded."""
    unfinished = settings.DATA_DIR / DEMO_UNFINISHED
    if not get_user_model().objects.exists():
        unfinished.touch()
    return bool(unfinished.exists())


def collect_static() -> None:
    """Collect scripts and styles where one of them changed since they were last collected."""
    seen = hashlib.sha256(str(settings.STORAGES["staticfiles"]).encode())
    for finder in get_finders():
        for path, storage in finder.list([]):
            about = os.stat(storage.path(path))
            seen.update(f"{path} {about.st_size} {about.st_mtime_ns}\n".encode())
    collected = Path(settings.STATIC_ROOT) / ".collected"
    if collected.exists() and collected.read_text() == seen.hexdigest():
        return
    call_command("collectstatic", interactive=False, clear=True, verbosity=0)
    collected.write_text(seen.hexdigest())


@dataclass
class Welcome:
    """Tells where labdb is and how to log in, as soon as both are there; and when the demo study is complete."""

    supervisor: Supervisor
    command: Command
    host: str
    port: int
    ask_at: float = field(default_factory=time.monotonic)
    told: bool = False

    def tick(self) -> None:
        loading = next((child for child in self.supervisor.children if child.program.name == "demo"), None)
        if loading is not None and loading.finished:
            (settings.DATA_DIR / DEMO_UNFINISHED).unlink(missing_ok=True)
        if self.told or time.monotonic() < self.ask_at:
            return
        self.ask_at = time.monotonic() + ASK_EVERY_SECOND
        login = settings.DATA_DIR / DEMO_LOGIN
        if (loading is not None and not login.exists()) or not answers(
            EVERYWHERE.get(self.host, self.host), self.port, "/healthz"
        ):
            return
        self.told = True
        self.command.say(f"\n  labdb is at   {self.url}")
        if login.exists():
            self.command.say(f"  demo log-in   {login.read_text().strip()}")
        if loading is not None and not loading.finished:
            self.command.say("  The demo study is being loaded; the home page shows how far it is.")
        if self.host not in ("127.0.0.1", "localhost", "::1"):
            self.command.say("  Others reach it by the names in LABDB_ALLOWED_HOSTS only (docs/settings.md).")
            if login.exists():
                self.command.say("  Anyone on this network can log in to the demo study; --no-demo leaves it out.")
        self.command.say(f"  logs          {settings.DATA_DIR / 'log'}\n  Ctrl-C stops everything.\n")

    @property
    def url(self) -> str:
        return f"http://{f'[{self.host}]' if ':' in self.host else self.host}:{self.port}"
