"""The ground floor's table of contents."""

from labdb.accounts.models import ApiToken, Membership, Project, User
from labdb.api.models import AnsweredRequest
from labdb.files.models import RawFile
from labdb.provenance.models import AnalysisRun, Measurement, MeasurementFile, Result, Table
from labdb.saved_views.models import SavedView

__all__ = [
    "AnalysisRun",
    "AnsweredRequest",
    "ApiToken",
    "Measurement",
    "MeasurementFile",
    "Membership",
    "Project",
    "RawFile",
    "Result",
    "SavedView",
    "Table",
    "User",
]
