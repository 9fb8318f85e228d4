"""What an instrument measured stands on its page, for who may see it."""

from __future__ import annotations

from datetime import date

import pytest

from characterization.measurement.models import SampleMeasurement
from characterization.measurement.services import change_measurement
from labdb.instruments.models import Calibration, Instrument
from tests.characterization.measurement.scale import FILE


@pytest.fixture
def balance(ada):
    made = Instrument.objects.create(name="Balance", technique="scale", created_by=ada)
    Calibration.objects.create(instrument=made, performed_on=date(2025, 1, 1), due_on=date(2026, 1, 1), created_by=ada)
    return made


def by(balance, ada, *measured: SampleMeasurement) -> None:
    for one in measured:
        change_measurement(one, ada, instrument=balance, measured_on=date(2026, 6, 1))


def test_the_page_lists_the_measurements_that_one_may_see(client, ada, ben, cleo, balance, batch, measure):
    found = measure(batch)
    by(balance, ada, found)
    for user, seen in ((ada, True), (ben, True), (cleo, False)):
        client.force_login(user)
        page = client.get(balance.get_absolute_url()).content.decode()
        assert (found.get_absolute_url() in page) is seen
        assert ("calibration in doubt" in page) is seen
        assert (f"/measurements/?instrument={balance.pk}" in page) is seen


def test_the_page_costs_the_same_for_many(client, ada, balance, batch, measure, django_assert_max_num_queries):
    by(balance, ada, *(measure(batch, FILE + b"%d\n" % number) for number in range(8)))
    client.force_login(ada)
    with django_assert_max_num_queries(16):
        client.get(balance.get_absolute_url())
