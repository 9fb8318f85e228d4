"""Call workers for runs that nobody works on, for ever: `manage.py reaper`."""

from __future__ import annotations

import logging
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import DatabaseError, close_old_connections

from labdb.ingest import jobs, machine

logger = logging.getLogger(__name__)
PROCESSED_KEPT_SECOND = 3600


class Command(BaseCommand):
    help = "Call workers for runs that nobody works on, and give up those that had their attempts."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--every", type=float, default=settings.REAPER_SECONDS, metavar="SECOND")
        parser.add_argument(
            "--siblings", action="store_true", help="the workers were started beside this process, by the same parent"
        )

    def handle(self, *args: Any, every: float, siblings: bool, **options: Any) -> None:
        while True:
            try:
                one_round(siblings)
                (settings.DATA_DIR / "reaper.alive").touch()  # for a container's health check
            except DatabaseError as error:  # a database that restarts comes back
                logger.warning("the database does not answer: %s", error)
            close_old_connections()
            time.sleep(every)


def one_round(siblings: bool) -> dict[str, int]:
    """One look at all unfinished runs."""
    if siblings:
        machine.end_leases_of_the_dead()
        machine.kill_overdue_workers()
    done = jobs.reap()
    if any(done.values()):
        logger.info("%(called)s runs called again, %(given_up)s given up", done)
    if settings.BROKER_URL.startswith("filesystem"):
        forget_messages(settings.DATA_DIR / "processed")
    return done


def forget_messages(folder: Path) -> None:
    """Delete messages of the file broker that were read an hour ago."""
    before = time.time() - PROCESSED_KEPT_SECOND
    for message in folder.iterdir():
        if message.stat().st_mtime < before:
            message.unlink(missing_ok=True)
