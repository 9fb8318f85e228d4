"""What a reaper does for workers of its own machine, without waiting for a lease."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from datetime import timedelta

import pytest
from django.utils import timezone

from labdb.ingest import jobs, machine
from labdb.management.commands import reaper
from labdb.provenance.models import AnalysisRun


@pytest.fixture
def ended_process() -> int:
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


def held_by(run: AnalysisRun, owner: str, lease_second: float) -> None:
    """Give a run to a worker of our choice."""
    jobs.claim(run.pk)
    AnalysisRun.objects.filter(pk=run.pk).update(
        owner=owner,
        lease_until=timezone.now() + timedelta(seconds=lease_second),
        sent_at=timezone.now() - timedelta(hours=1),
    )


def test_a_run_whose_worker_ended_is_called_again_at_once(bring, calls, ended_process):
    run = bring().run
    held_by(run, f"{socket.gethostname()}:{ended_process}:1:1", lease_second=60)
    calls.clear()

    assert reaper.one_round(siblings=True)["called"] == 1
    assert calls == [run.pk]


def test_a_run_of_another_machine_waits_for_its_lease(bring, calls, ended_process):
    held_by(bring().run, f"elsewhere:{ended_process}:1:1", lease_second=60)
    calls.clear()

    assert reaper.one_round(siblings=True)["called"] == 0


def test_a_run_of_a_living_worker_is_left_to_it(bring, calls):
    held_by(bring().run, f"{socket.gethostname()}:{os.getpid()}:1:1", lease_second=60)
    calls.clear()

    assert reaper.one_round(siblings=True)["called"] == 0


@pytest.mark.skipif(sys.platform != "linux", reason="siblings are known by /proc")
def test_only_a_sibling_is_killed_when_its_lease_is_over(bring, monkeypatch):
    killed: list[int] = []
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    monkeypatch.setattr(machine.os, "kill", lambda process, number: killed.append(process))
    held_by(bring().run, f"{socket.gethostname()}:{child.pid}:1:1", lease_second=-1)

    assert machine.kill_overdue_workers() == 0  # its parent is this process, not this process's parent
    monkeypatch.setattr(machine.os, "getppid", os.getpid)
    assert machine.kill_overdue_workers() == 1

    assert killed == [child.pid]
    monkeypatch.undo()
    child.kill()
    child.wait()


def test_read_messages_are_forgotten_after_an_hour(tmp_path):
    old, new = tmp_path / "old.msg", tmp_path / "new.msg"
    old.touch()
    new.touch()
    os.utime(old, (time.time() - 3700,) * 2)

    reaper.forget_messages(tmp_path)

    assert [path.name for path in tmp_path.iterdir()] == ["new.msg"]
