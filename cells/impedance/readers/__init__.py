"""One file per format; this list is all that the registry knows of them."""

from __future__ import annotations

from cells.impedance.readers import (
    bare,
    biologic_eis_mpr,
    biologic_eis_mpt,
    gamry_dta,
    headed,
    versastudio_par,
    zplot,
)

READERS = (
    biologic_eis_mpt.READER,
    biologic_eis_mpr.READER,
    gamry_dta.READER,
    zplot.ZPLOT_READER,
    zplot.AUTOLAB_READER,
    versastudio_par.READER,
    headed.PARSTAT,
    headed.POWERSUITE,
    headed.CHI,
    headed.IVIUM,
    headed.TABLE,
    bare.READER,
)
