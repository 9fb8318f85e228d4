"""Load the demo study: `manage.py load_demo`. A second time changes nothing (docs/demo.md)."""

from __future__ import annotations

import time
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from dashboards.demo.simulate.specimens import specimens
from dashboards.demo.study import OWNER, PASSWORD, ForeignProjectError, load, prepare
from labdb.ingest.tasks import work
from labdb.management.commands.up import DEMO_LOGIN
from labdb.provenance.models import AnalysisRun

ASK_EVERY_SECOND = 0.5


class Command(BaseCommand):
    help = "Load the demo study: simulated cells of four products, uploaded as files."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--wait", action="store_true", help="until the workers have analysed all of it")
        parser.add_argument("--now", action="store_true", help="analyse in this process, without workers")
        parser.add_argument("--processes", type=int, help="to simulate in; all processors where not said")

    def handle(self, *args: Any, wait: bool, now: bool, processes: int | None, **options: Any) -> None:
        try:
            project, owner = prepare()
        except ForeignProjectError as error:
            raise CommandError(str(error)) from error
        (settings.DATA_DIR / DEMO_LOGIN).write_text(f"{OWNER}, password {PASSWORD}\n")
        runs = load(specimens(), project, owner, self.stdout.write, processes)
        if now:
            for run in AnalysisRun.objects.unfinished().filter(measurement__project=project).order_by("pk"):
                work(run.pk)
        while wait and AnalysisRun.objects.unfinished().filter(measurement__project=project).exists():
            time.sleep(ASK_EVERY_SECOND)
        self.stdout.write(
            f"{project}: {len(runs)} analyses asked for." if runs else f"{project}: complete, nothing to do."
        )
