"""The run row as a job: nothing lost, nothing done twice, nothing tried for ever."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from kombu.exceptions import OperationalError

from labdb.ingest import jobs, tasks
from labdb.ingest.execution import execute
from labdb.provenance.models import AnalysisRun, Result, Table


def expire(run: AnalysisRun) -> None:
    AnalysisRun.objects.filter(pk=run.pk).update(
        lease_until=timezone.now() - timedelta(seconds=1), sent_at=timezone.now() - timedelta(hours=1)
    )


def test_a_run_is_claimed_by_one_worker_only(bring):
    run = bring().run
    assert jobs.claim(run.pk)
    assert jobs.claim(run.pk) is None


def test_a_finished_run_is_not_claimed_again(bring, calls):
    run = bring().run
    tasks.work(run.pk)
    tasks.work(run.pk)  # the message was delivered twice
    assert Result.objects.count() == 1
    assert AnalysisRun.objects.get().attempts == 1


def test_a_run_whose_worker_is_gone_is_claimed_by_the_next(bring):
    run = bring().run
    jobs.claim(run.pk)
    expire(run)
    assert jobs.claim(run.pk).attempt == 2


def test_a_worker_that_lost_its_lease_writes_nothing(bring):
    run = bring().run
    slow = jobs.claim(run.pk)
    expire(run)
    quick = jobs.claim(run.pk)
    execute(quick)
    execute(slow)
    assert Result.objects.count() == 1
    assert Table.objects.count() == 1
    run.refresh_from_db()
    assert (run.state, run.owner) == ("succeeded", quick.owner)


def test_the_reaper_calls_a_worker_for_an_orphaned_and_a_forgotten_run(bring, calls):
    orphaned, forgotten, fresh = bring().run, bring(b"plain\n1,2\n").run, bring(b"plain\n3,4\n").run
    jobs.claim(orphaned.pk)
    expire(orphaned)
    expire(forgotten)
    calls.clear()
    assert jobs.reap() == {"called": 2, "given_up": 0}
    assert calls == [orphaned.pk, forgotten.pk]
    assert fresh.pk not in calls


def test_a_run_that_kills_its_worker_is_given_up_after_three_attempts(bring):
    run = bring().run
    for _ in range(3):
        assert jobs.claim(run.pk)
        expire(run)
    assert jobs.claim(run.pk) is None
    assert jobs.reap()["given_up"] == 1
    run.refresh_from_db()
    assert run.state == "failed"
    assert run.error.startswith("Given up after 3 attempts")


def test_progress_renews_the_lease(bring):
    run = bring().run
    claim = jobs.claim(run.pk)
    expire(run)
    jobs.report(claim, 0.4, "reading cycle 412 of 1,000")
    run.refresh_from_db()
    assert run.percent == 40
    assert run.doing == "reading cycle 412 of 1,000"
    assert run.lease_until > timezone.now()


def test_a_broker_that_is_away_loses_nothing(bring, monkeypatch):
    run = bring().run
    monkeypatch.undo()  # the worker is called in earnest

    def away(*args):
        raise OperationalError("connection refused")

    monkeypatch.setattr(tasks.work, "delay", away)
    jobs.call_worker(run.pk)
    assert AnalysisRun.objects.get().state == "queued"


def test_progress_of_a_lost_claim_is_refused(bring):
    run = bring().run
    old = jobs.claim(run.pk)
    expire(run)
    jobs.claim(run.pk)
    with pytest.raises(jobs.LostLeaseError):
        jobs.report(old, 0.5, "still at it")
