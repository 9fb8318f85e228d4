"""The ground floor's table of contents."""

from labdb.accounts.models import ApiToken, Membership, Project, User
from labdb.api.models import AnsweredRequest
from labdb.files.models import RawFile
from labdb.instruments.models import Calibration, Instrument
from labdb.provenance.models import AnalysisRun, Measurement, MeasurementFile, Picture, Result, Table
from labdb.saved_views.models import SavedView

__all__ = [
    "AnalysisRun",
    "AnsweredRequest",
    "ApiToken",
    "Calibration",
    "Instrument",
    "Measurement",
    "MeasurementFile",
    "Membership",
    "Picture",
    "Project",
    "RawFile",
    "Result",
    "SavedView",
    "Table",
    "User",
]
