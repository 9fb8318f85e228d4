"""Where every address leads."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path, re_path

from cells.assembly.api import CellViewSet
from cells.cycling.api import CycleViewSet, TestViewSet
from dashboards.comparison.api import FIGURES, FigureView
from labdb.accounts.api import ProjectViewSet
from labdb.api import urls as api
from labdb.files.api import RawFileViewSet
from labdb.health import healthz, readyz
from labdb.provenance.api import ResultViewSet, RunViewSet

router = api.Router()
router.register("cycles", CycleViewSet, "cycle")
router.register("projects", ProjectViewSet, "project")
router.register("files", RawFileViewSet, "file")
router.register("cells", CellViewSet, "cell")
router.register("tests", TestViewSet, "test")
router.register("runs", RunViewSet, "run")
router.register("results", ResultViewSet, "result")

figures = re_path(rf"^figures/(?P<name>{'|'.join(FIGURES)})/?$", FigureView.as_view(), name="figures")

urlpatterns: list[URLPattern | URLResolver] = [
    path("api/v1/", include(([*api.plain, figures, *router.urls, *api.rest], "api"))),
    path("", include("labdb.worklist.urls")),
    path("", include("labdb.accounts.urls")),
    path("files/", include("labdb.files.urls")),
    path("", include("labdb.provenance.urls")),
    path("", include("cells.urls")),
    path("", include("dashboards.urls")),
    path("healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
]
