"""The characterization floor: its table of contents."""

from characterization.measurement.models import SampleMeasurement

__all__ = ["SampleMeasurement"]
