"""Gas physisorption as the spine sees it. Pure."""

from __future__ import annotations

from characterization.measurement.technique import of_samples
from characterization.physisorption.analysis import analyse
from characterization.physisorption.readers import READERS
from characterization.physisorption.table import ISOTHERM

PHYSISORPTION = of_samples(
    name="physisorption",
    label="Gas physisorption",
    schema=ISOTHERM,
    readers=READERS,
    version=1,
    analyse=analyse,
    table_name="isotherm",
    defaults={"thickness_model": "harkins-jura"},
    presentation="characterization.physisorption.presentation.ISOTHERMS",
)
