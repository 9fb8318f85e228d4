"""Whether measurements can lean on the calibration of the instrument that made them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from django.db.models import prefetch_related_objects

from characterization.measurement.models import SampleMeasurement
from labdb.instruments.calibration import doubt
from labdb.instruments.models import Calibration


def doubts_of(measurements: Iterable[SampleMeasurement]) -> dict[int, str]:
    """Why measurements cannot lean on a calibration, by their id; one that can is not in it.

    Two queries for any number of measurements: of what their files say of the day, and of the calibrations.
    """
    made = [measurement for measurement in measurements if measurement.instrument_id is not None]
    kept: dict[int, list[Calibration]] = defaultdict(list)
    instruments = {measurement.instrument_id for measurement in made}
    known = Calibration.objects.filter(instrument__in=instruments).select_related("instrument") if made else ()
    for calibration in sorted(known, key=lambda one: (one.performed_on, one.pk)):  # of one day the later entry holds
        kept[calibration.instrument_id].append(calibration)
    held = [measurement for measurement in made if measurement.instrument_id in kept]
    prefetch_related_objects([measurement for measurement in held if not measurement.measured_on], "current_run")
    sentences = {measurement.pk: _doubt(measurement, kept[measurement.instrument_id or 0]) for measurement in held}
    return {pk: sentence for pk, sentence in sentences.items() if sentence}


def _doubt(measurement: SampleMeasurement, calibrations: list[Calibration]) -> str:
    name, day = calibrations[0].instrument.name, measurement.day
    if day is None:
        return f"The day of this measurement is not said, so nobody can tell whether {name} was in calibration."
    return doubt(name, [one.held for one in calibrations], day)
