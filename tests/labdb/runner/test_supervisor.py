"""The supervisor, with real processes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from labdb.runner.supervisor import BackOff, Program, Supervisor, ending, turn_over

PATIENCE_SECOND = 20.0
QUICK = BackOff(first_second=0.01, longest_second=0.02)
LIVES = "import time; time.sleep(60)"
STUBBORN = (
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); time.sleep(60)"
)
# Starts a child of its own, says its number, and waits.
PARENT = f"import subprocess, sys; print(subprocess.Popen([sys.executable, '-c', {LIVES!r}]).pid, flush=True); {LIVES}"


def python(name: str, code: str, *, once: bool = False, patience_second: float = 10.0) -> Program:
    return Program(name, [sys.executable, "-c", code], once=once, patience_second=patience_second)


def supervise(programs: list[Program], logs: Path, until: Callable[[Supervisor], bool]) -> list[str]:
    """Run until the condition holds, stop, and return what was said."""
    said: list[str] = []
    supervisor = Supervisor(programs, logs, said.append, back_off=QUICK)
    deadline = time.monotonic() + PATIENCE_SECOND

    def stop_when_done() -> None:
        assert time.monotonic() < deadline, said
        if until(supervisor):
            supervisor.stops_wanted += 1

    supervisor.run(stop_when_done)
    return said


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    state = Path(f"/proc/{pid}/stat")
    return not state.exists() or state.read_text().rpartition(")")[2].split()[0] != "Z"


def wait_for(condition: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + PATIENCE_SECOND
    while not condition():
        assert time.monotonic() < deadline, f"waited {PATIENCE_SECOND} s for {what}"
        time.sleep(0.05)


def test_a_program_that_dies_is_started_again_and_the_reason_is_said(tmp_path):
    said = supervise(
        [python("worker-1", "print('out of memory'); raise SystemExit(3)")],
        tmp_path,
        until=lambda supervisor: (tmp_path / "worker-1.log").read_text().count("out of memory") >= 3,
    )

    assert said[0].startswith("worker-1 ended with status 3; starting it again in 0.01 s.")
    assert said[0].endswith("out of memory")


def test_a_program_that_runs_once_is_started_again_only_after_a_failure(tmp_path):
    fails_first = (
        "import pathlib, sys; seen = pathlib.Path(sys.argv[1]); seen.write_text(seen.read_text() + 'x') "
        "if seen.exists() else (seen.write_text('x'), sys.exit(1))"
    )
    mark = tmp_path / "mark"
    program = Program("demo", [sys.executable, "-c", fails_first, str(mark)], once=True)

    said = supervise([program], tmp_path, until=lambda supervisor: supervisor.children[0].finished)

    assert mark.read_text() == "xx"
    assert len(said) == 1


def test_a_stop_ends_every_process_and_the_children_of_processes(tmp_path):
    grandchild: list[int] = []

    def started(supervisor: Supervisor) -> bool:
        written = (tmp_path / "web.log").read_text()
        grandchild.extend([int(written)] if written.strip() else [])
        return bool(written.strip())

    supervisors: list[Supervisor] = []
    supervise(
        [python("web", PARENT), python("worker-1", LIVES)],
        tmp_path,
        until=lambda supervisor: supervisors.append(supervisor) or started(supervisor),
    )

    assert not any(child.is_running for child in supervisors[0].children)
    wait_for(lambda: not is_alive(grandchild[0]), "the grandchild to end")


def test_a_process_deaf_to_sigterm_is_killed_when_patience_ends(tmp_path):
    began = time.monotonic()

    supervise(
        [python("worker-1", STUBBORN, patience_second=0.3)],
        tmp_path,
        until=lambda supervisor: "deaf" in (tmp_path / "worker-1.log").read_text(),
    )

    assert time.monotonic() - began < 10


SUPERVISE = """
import sys
from pathlib import Path
from labdb.runner.supervisor import Program, Supervisor
Supervisor([Program("web", [sys.executable, "-c", sys.argv[2]])], Path(sys.argv[1]), print).run()
print("stopped")
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_each_way_of_asking_stops_the_supervisor_cleanly(tmp_path, number):
    supervisor = subprocess.Popen(
        [sys.executable, "-c", SUPERVISE, str(tmp_path), PARENT], stdout=subprocess.PIPE, text=True
    )
    log = tmp_path / "web.log"
    wait_for(lambda: log.exists() and log.read_text().strip() != "", "the child to start")

    supervisor.send_signal(number)
    printed, _ = supervisor.communicate(timeout=PATIENCE_SECOND)

    assert (supervisor.returncode, printed) == (0, "stopped\n")
    wait_for(lambda: not is_alive(int(log.read_text())), "the grandchild to end")


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends a process when its parent is killed")
def test_no_process_outlives_a_supervisor_that_is_killed(tmp_path):
    says_its_number = f"import os; print(os.getpid(), flush=True); {LIVES}"
    supervisor = subprocess.Popen([sys.executable, "-c", SUPERVISE, str(tmp_path), says_its_number])
    log = tmp_path / "web.log"
    wait_for(lambda: log.exists() and log.read_text().strip() != "", "the child to start")

    supervisor.kill()
    supervisor.wait(timeout=PATIENCE_SECOND)

    wait_for(lambda: not is_alive(int(log.read_text())), "the child to end")


def test_the_pause_doubles_with_each_death_up_to_a_limit():
    pauses = [BackOff(first_second=0.5, longest_second=30).pause_second(deaths) for deaths in (1, 2, 3, 7, 500)]

    assert pauses == [0.5, 1.0, 2.0, 30.0, 30.0]


def test_how_a_process_ended_is_said_in_words():
    assert ending(1) == "ended with status 1"
    assert ending(-9) == "was killed by SIGKILL"
    assert ending(-99) == "was killed by signal 99"


def test_a_large_log_is_kept_as_its_predecessor(tmp_path, monkeypatch):
    monkeypatch.setattr("labdb.runner.supervisor.LOG_BYTES", 10)
    log = tmp_path / "web.log"
    log.write_text("more than ten bytes")

    turn_over(log)

    assert (tmp_path / "web.log.1").read_text() == "more than ten bytes"
    assert not log.exists()
