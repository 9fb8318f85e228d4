"""Runs on real worker processes that are killed, that kill themselves, and that never end."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator

import pytest

from tests.ops.stack import Stack, is_alive, scratch_stack, wait_for


@pytest.fixture(scope="module")
def stack(tmp_path_factory) -> Iterator[Stack]:
    with scratch_stack(tmp_path_factory.mktemp("labdb")) as stack:
        stack.up()
        yield stack


def test_workers_killed_in_the_middle_of_runs_lose_nothing_and_do_nothing_twice(stack):
    ids = stack.ask("bring", ["ops sleep 4"] * 2 + ["ops sleep 0"] * 4)
    working = wait_for(
        lambda: [run for run in stack.ask("runs", ids) if run["state"] == "running" and run["doing"] == "obeying"],
        "a worker to be in the middle of a run",
    )

    for run in working:
        os.kill(run["process"], signal.SIGKILL)
    ended = stack.finished(ids)

    assert [run["state"] for run in ended] == ["succeeded"] * 6
    assert [run["results"] for run in ended] == [1] * 6
    assert [run["tables"] for run in ended] == [1] * 6
    assert {run["attempts"] for run in ended} == {1, 2}


def test_a_file_that_kills_its_worker_is_given_up_after_three_attempts_and_holds_nothing_up(stack):
    poison, *others = stack.ask("bring", ["ops die", "ops sleep 0", "ops sleep 0"])

    given_up, *rest = stack.finished([poison, *others])

    assert (given_up["state"], given_up["attempts"], given_up["results"]) == ("failed", 3, 0)
    assert given_up["error"].startswith("Given up after 3 attempts: each time the worker died")
    assert [run["state"] for run in rest] == ["succeeded"] * 2


def test_a_run_over_its_time_is_killed_with_its_worker_while_others_go_on(stack):
    hanging, *others = stack.ask("bring", ["ops hang", "ops sleep 0"])
    first = wait_for(
        lambda: next((run for run in stack.ask("runs", [hanging]) if run["doing"] == "obeying"), None),
        "the run to hang",
    )

    wait_for(lambda: not is_alive(first["process"]), "its worker to be killed")

    assert stack.finished(others)[0]["state"] == "succeeded"
    again = wait_for(
        lambda: next((run for run in stack.ask("runs", [hanging]) if run["attempts"] > 1), None), "another attempt"
    )
    assert again["process"] != first["process"]
