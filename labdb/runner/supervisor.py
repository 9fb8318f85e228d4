"""Keep a handful of processes running, and take all of them down again. Standard library only.

A process that dies is started again after a pause that doubles while it keeps dying. A stop sends SIGTERM, waits,
then SIGKILL to whole process groups, so that no child of a child stays behind; and should the supervisor itself be
killed, the kernel takes the children with it (`leash.py`).
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

TICK_SECOND = 0.1
LEASH = Path(__file__).with_name("leash.py")
LOG_BYTES = 10_000_000


@dataclass(frozen=True)
class Program:
    """What to run.

    Attributes:
        name: as printed, and as its log file is called.
        command: program and arguments.
        once: it has an end; started again only where it failed.
        patience_second: from the wish to stop to SIGKILL.
        files: open file descriptors that it inherits.
    """

    name: str
    command: Sequence[str]
    once: bool = False
    patience_second: float = 10.0
    files: tuple[int, ...] = ()


@dataclass(frozen=True)
class BackOff:
    """How long to wait before the next start of a program that died."""

    first_second: float = 0.5
    longest_second: float = 30.0
    forgiven_after_second: float = 60.0

    def pause_second(self, deaths_in_a_row: int) -> float:
        return min(self.longest_second, self.first_second * 2 ** min(deaths_in_a_row - 1, 16))


@dataclass
class Child:
    """A program and its process, if it has one now."""

    program: Program
    log: Path
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    start_at: float = 0.0
    deaths_in_a_row: int = 0
    finished: bool = False

    @property
    def is_running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def start(self, environment: Mapping[str, str] | None) -> None:
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-I", "-S", str(LEASH), str(os.getpid()), *self.program.command],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                pass_fds=self.program.files,
                env=environment,
                start_new_session=True,  # Ctrl-C reaches the supervisor alone, which stops the rest in order
            )
        self.started = time.monotonic()

    def send(self, number: signal.Signals) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(number)

    def kill_group(self) -> None:
        """SIGKILL to the process and whatever it started."""
        if self.process is not None:
            with suppress(ProcessLookupError, PermissionError):  # macOS says the latter of a group of zombies
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def last_line(self) -> str:
        with open(self.log, "rb") as log:
            log.seek(max(0, log.seek(0, os.SEEK_END) - 4096))
            lines = log.read().decode(errors="replace").split("\n")
        return next((line.strip() for line in reversed(lines) if line.strip()), "")


@dataclass
class Supervisor:
    """Starts programs and keeps them running until asked to stop.

    Attributes:
        programs: started in this order, asked to stop in reverse.
        logs: the folder of their log files.
        say: prints a sentence for the person at the terminal.
        environment: of the children; the supervisor's own if None.
    """

    programs: Sequence[Program]
    logs: Path
    say: Callable[[str], None]
    environment: Mapping[str, str] | None = None
    back_off: BackOff = field(default_factory=BackOff)
    stops_wanted: int = 0
    children: list[Child] = field(default_factory=list)

    def run(self, each_tick: Callable[[], None] = lambda: None) -> None:
        """Return after a SIGINT, SIGTERM or SIGHUP, when every process has ended."""
        self.logs.mkdir(parents=True, exist_ok=True)
        self.children = [Child(program, self.logs / f"{program.name}.log") for program in self.programs]
        before = {number: signal.signal(number, self._want_stop) for number in STOPPING}
        try:
            for child in self.children:
                turn_over(child.log)
                child.start(self.environment)
            while not self.stops_wanted:
                for child in self.children:
                    self._look_after(child)
                each_tick()
                time.sleep(TICK_SECOND)
        finally:
            self._stop()
            for number, handler in before.items():
                signal.signal(number, handler)

    def _want_stop(self, number: int, frame: FrameType | None) -> None:
        self.stops_wanted += 1

    def _look_after(self, child: Child) -> None:
        if child.finished or child.is_running:
            return
        now = time.monotonic()
        if child.process is None:
            if now >= child.start_at:
                child.start(self.environment)
            return
        status = child.process.returncode
        child.kill_group()
        child.process = None
        if child.program.once and status == 0:
            child.finished = True
            return
        if now - child.started > self.back_off.forgiven_after_second:
            child.deaths_in_a_row = 0
        child.deaths_in_a_row += 1
        pause = self.back_off.pause_second(child.deaths_in_a_row)
        child.start_at = now + pause
        self.say(
            f"{child.program.name} {ending(status)}; starting it again in {pause:g} s."
            f" The end of {child.log}: {child.last_line()}"
        )

    def _stop(self) -> None:
        for child in reversed(self.children):
            child.send(signal.SIGTERM)
        asked, reminded = time.monotonic(), False
        while waiting := [child for child in self.children if child.is_running]:
            elapsed = time.monotonic() - asked
            for child in waiting:
                if self.stops_wanted > 1 or elapsed > child.program.patience_second:
                    child.kill_group()
            if elapsed > 5 and not reminded:
                names = ", ".join(child.program.name for child in waiting)
                self.say(f"Waiting for {names}; Ctrl-C again does not wait. Nothing is lost: a run is taken up again.")
                reminded = True
            time.sleep(TICK_SECOND / 2)
        for child in self.children:
            child.kill_group()


STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def ending(status: int) -> str:
    """How a process ended, in words."""
    if status >= 0:
        return f"ended with status {status}"
    try:
        return f"was killed by {signal.Signals(-status).name}"
    except ValueError:
        return f"was killed by signal {-status}"


def turn_over(log: Path) -> None:
    """Keep a log that has grown large as its predecessor, and begin a new one."""
    if log.exists() and log.stat().st_size > LOG_BYTES:
        log.replace(log.with_name(log.name + ".1"))
