"""Run a command that ends when its parent ends: `python -I -S leash.py PARENT COMMAND ...`.

A supervisor that is killed cannot stop its children, so the kernel does it (Linux; elsewhere the command just runs).
A file of its own, run by path: no Python code runs between fork and exec, where the parent's threads may hold locks.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def die_with(parent: int) -> None:
    """Ask the kernel to end this process when its parent ends, or at once if it has."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:  # it ended before the kernel was told
        sys.exit("the process that started this one has ended")


def main(arguments: list[str]) -> None:
    parent, command = int(arguments[0]), arguments[1:]
    die_with(parent)
    os.execvp(command[0], command)


if __name__ == "__main__":
    main(sys.argv[1:])
