"""The figures of storage, as the page of a test and the comparison of cells draw them. Pure."""

from __future__ import annotations

from cells.storage import plots
from labdb.ingest.presentation import Drawing

QUANTITIES = ("recovered_capacity_share", "retained_capacity_share", "capacity_before_mah_per_g", "storage_day")

STORAGE = (
    Drawing(
        "storage",
        "Capacity after storage",
        plots.shares_against_days,
        quantities=QUANTITIES,
        table="storage",
        about="recovered: after a full charge; retained: what the cell still gave",
    ),
    Drawing(
        "storage-means",
        "Capacity after storage, by group",
        plots.means_by_group,
        quantities=QUANTITIES,
        table="storage",
        about="bars: mean ± SD of the cells; rings: each cell; shares that are alike begin above 0 %",
    ),
)
