"""The table of thermogravimetry. Pure."""

from __future__ import annotations

from characterization.thermal.table import IONS, MASS, SAMPLE, TIME
from labdb.tables.schema import TableSchema

# One row a record of the balance; or of the mass spectrometer behind it, which knows neither temperature nor mass.
TGA = TableSchema("TGA", required=TIME, optional={**MASS, **SAMPLE, **IONS}, rising=("time_second",))
