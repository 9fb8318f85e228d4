"""Work of the simulation that is spread over processes. Pure."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from typing import TypeVar

from labdb.runner.leash import die_with

Item = TypeVar("Item")
Done = TypeVar("Done")


def in_processes(do: Callable[[Item], Done], items: Sequence[Item], processes: int | None = None) -> Iterator[Done]:
    """What is done with each item, as it is ready, in their order.

    Args:
        do: a function that another process can import, or a `partial` of one.
        processes: how many at once; all processors where not said, this process alone for 1.
    """
    processes = min(processes or os.cpu_count() or 1, len(items))
    if processes <= 1:
        yield from map(do, items)
        return
    # Polars does not survive a fork.
    with ProcessPoolExecutor(
        processes, multiprocessing.get_context("spawn"), initializer=die_with, initargs=(os.getpid(),)
    ) as pool:
        yield from pool.map(do, items)
