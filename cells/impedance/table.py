"""The tables of impedance spectroscopy. Pure."""

from __future__ import annotations

import polars as pl

from labdb.tables.schema import TableSchema

# One row a frequency, in measured order; of a file with several spectra, one after the other.
SPECTRUM = TableSchema(
    "impedance spectrum",
    required={
        "frequency_hertz": pl.Float64,
        "real_impedance_ohm": pl.Float64,
        "imaginary_impedance_ohm": pl.Float64,  # with its sign: a capacitor is negative
    },
    optional={
        "spectrum_count": pl.Int64,  # from 1, in the order of the file
        "voltage_volt": pl.Float64,  # direct voltage
        "current_ampere": pl.Float64,  # direct current
        "test_time_second": pl.Float64,
    },
    rising=("spectrum_count",),
)

# The fit of one spectrum, a row a fitted frequency.
FIT = TableSchema(
    "fit of an impedance spectrum",
    required={
        "frequency_hertz": pl.Float64,
        "real_impedance_ohm": pl.Float64,
        "imaginary_impedance_ohm": pl.Float64,
        "real_residual": pl.Float64,  # (measured − fit) / |Z|
        "imaginary_residual": pl.Float64,
    },
)

# What the fit found, a row a value; an element of two values has two rows.
ELEMENTS = TableSchema(
    "elements of an equivalent circuit",
    required={
        "element": pl.String,  # as in the circuit, CPE1
        "parameter": pl.String,  # CPE1 Q
        "value": pl.Float64,
        "unit": pl.String,
        "low": pl.Float64,  # ends of the 95 % confidence interval; not a number where the data do not determine it
        "high": pl.Float64,
        "at_bound": pl.Boolean,  # it ended at the edge of what is allowed
    },
)

KRAMERS_KRONIG = TableSchema(
    "Kramers-Kronig test",
    required={
        "frequency_hertz": pl.Float64,
        "real_residual": pl.Float64,  # (measured − transformable) / |Z|
        "imaginary_residual": pl.Float64,
    },
)
