"""ICP-OES as the spine sees it. Pure."""

from __future__ import annotations

from characterization.icp.analysis import DEFAULTS, analyse
from characterization.icp.readers import READERS
from characterization.icp.table import EMISSION
from characterization.measurement.technique import of_samples

ICP = of_samples(
    name="icp",
    label="ICP-OES",
    schema=EMISSION,
    readers=READERS,
    version=1,
    analyse=analyse,
    table_name="emission",
    defaults=DEFAULTS,
    parameters="characterization.icp.services.analysis_parameters",
    presentation="characterization.icp.presentation.ICP_PRESENTATION",
)
