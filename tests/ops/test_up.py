"""`manage.py up`, as a person starts and stops it."""

from __future__ import annotations

import signal
import stat
import sys

import pytest

from labdb.runner.address import answers, listen
from tests.ops.stack import PATIENCE_SECOND, is_alive, scratch_stack, wait_for


@pytest.mark.skipif(sys.platform != "linux", reason="the processes are looked up in /proc")
def test_ctrl_c_stops_every_process_and_the_next_start_keeps_the_data(tmp_path):
    with scratch_stack(tmp_path) as stack:
        processes = stack.up()
        assert len(processes) >= 6  # up, web and its process, two workers, reaper
        assert answers("127.0.0.1", stack.port, "/readyz")
        ids = stack.ask("bring", ["ops sleep 0"])
        before = stack.finished(ids)
        secret_key = (tmp_path / "secret_key").read_text()

        printed = stack.stop(signal.SIGINT)

        assert stack.up_process.returncode == 0
        assert "Everything is kept" in printed
        assert not any(is_alive(process) for process in processes)

        stack.up()
        assert stack.ask("runs", ids) == before
        assert (tmp_path / "secret_key").read_text() == secret_key
        assert stat.S_IMODE((tmp_path / "secret_key").stat().st_mode) == 0o600
        assert "Everything is kept" in stack.stop(signal.SIGTERM)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends a process when its parent is killed")
def test_nothing_outlives_a_runner_that_is_killed(tmp_path):
    with scratch_stack(tmp_path) as stack:
        processes = stack.up()

        stack.stop(signal.SIGKILL)

        wait_for(lambda: not any(is_alive(process) for process in processes), "every process to end")


def test_a_taken_port_and_a_taken_folder_are_said_before_anything_starts(tmp_path):
    with scratch_stack(tmp_path) as stack, listen("127.0.0.1", 0) as other:
        port = other.getsockname()[1]
        refused = stack.start_up(port)
        printed, _ = refused.communicate(timeout=PATIENCE_SECOND)

        assert refused.returncode == 1
        assert f"Port {port} of 127.0.0.1 is in use by another program" in printed
        assert not list((tmp_path / "log").iterdir())
