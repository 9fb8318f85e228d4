"""The tables of X-ray powder diffraction. Pure.

2θ is in degrees, not θ; where a wavelength is null nobody said it, and nothing is computed from it.
"""

from __future__ import annotations

import polars as pl

from labdb.tables.schema import TableSchema

# In which unit a file gives its intensities; it has exactly one of these columns.
COUNTS, COUNTS_PER_SECOND, NOT_SAID = "intensity_counts", "intensity_cps", "intensity_arbitrary"
INTENSITIES = (COUNTS, COUNTS_PER_SECOND, NOT_SAID)

# One row a point of the pattern.
PATTERN = TableSchema(
    "XRD pattern",
    required={
        "two_theta_degree": pl.Float64,
        "wavelength_angstrom": pl.Float64,  # the only one or Kα1, the same in every row; null where not known
        "alpha2_angstrom": pl.Float64,  # Kα2
        "alpha2_ratio": pl.Float64,  # I(Kα2) / I(Kα1), 0 for one wavelength; null where not known
        "anode": pl.String,  # of the tube, "Cu"; null where not known
    },
    optional={
        **dict.fromkeys(INTENSITIES, pl.Float64),
        "intensity_sd": pl.Float64,  # as the file gives it, in the unit of the intensity
        "counting_time_second": pl.Float64,  # of a point
    },
    rising=("two_theta_degree",),
)

# One row a peak. Areas and heights are above the background, in the unit of the intensity.
PEAKS = TableSchema(
    "XRD peaks",
    required={
        "two_theta_degree": pl.Float64,  # of Kα1
        "two_theta_sd_degree": pl.Float64,
        "d_spacing_angstrom": pl.Float64,
        "fwhm_degree": pl.Float64,
        "fwhm_sd_degree": pl.Float64,
        "peak_area": pl.Float64,  # of both lines of a doublet
        "peak_area_sd": pl.Float64,
        "relative_area": pl.Float64,  # of the largest
        "peak_height": pl.Float64,  # of Kα1
        "lorentzian_share": pl.Float64,
        "hkl": pl.String,  # as indexed; null where it is not
        "calculated_two_theta_degree": pl.Float64,  # by the refined cell
    },
)

# One row a point: what was measured, and what the fit makes of it.
FIT = TableSchema(
    "XRD fit",
    required={
        "two_theta_degree": pl.Float64,
        "observed_intensity": pl.Float64,
        "background_intensity": pl.Float64,
        "fitted_intensity": pl.Float64,  # background and peaks
    },
    rising=("two_theta_degree",),
)


def intensity_column(table: pl.DataFrame) -> str:
    """The column of a `PATTERN` table that holds its intensities, which says their unit."""
    return next(name for name in INTENSITIES if name in table.columns)
