"""Where every address leads."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path, re_path

from cells.assembly.api import CellViewSet
from cells.assembly.api_templates import CellTemplateViewSet
from cells.cycling.api import CycleViewSet, TestViewSet
from cells.electrode.api import SheetViewSet
from cells.electrode.disc_api import DiscViewSet
from cells.exclusion.api import ExclusionViewSet
from cells.storage.api import StoragePlanViewSet
from characterization.measurement.api import ComparedFigureView, ComparedView, MeasurementViewSet, TechniquesView
from dashboards.comparison.api import FIGURES, FigureView
from labdb.accounts.api import ProjectViewSet
from labdb.api import urls as api
from labdb.files.api import RawFileViewSet
from labdb.health import healthz, readyz
from labdb.instruments.api import CalibrationViewSet, InstrumentViewSet
from labdb.provenance.api import ResultViewSet, RunViewSet
from labdb.saved_views.api import SavedViewViewSet
from synthesis.batch.api import BatchViewSet, LinkViewSet, WeighingViewSet
from synthesis.chemical.api import ChemicalViewSet, LotViewSet
from synthesis.heat_treatment.api import FurnaceLogViewSet
from synthesis.lineage.api import LineageView
from synthesis.recipe.api import RecipeVersionViewSet, RecipeViewSet
from synthesis.sample.api import SampleViewSet

router = api.Router()
router.register("cycles", CycleViewSet, "cycle")
router.register("projects", ProjectViewSet, "project")
router.register("files", RawFileViewSet, "file")
router.register("chemicals", ChemicalViewSet, "chemical")
router.register("lots", LotViewSet, "lot")
router.register("recipes", RecipeViewSet, "recipe")
router.register("recipe-versions", RecipeVersionViewSet, "recipe-version")
router.register("electrodes", SheetViewSet, "electrode")
router.register("electrode-discs", DiscViewSet, "electrode-disc")
router.register("cells", CellViewSet, "cell")
router.register("cell-templates", CellTemplateViewSet, "cell-template")
router.register("tests", TestViewSet, "test")
router.register("exclusions", ExclusionViewSet, "exclusion")
router.register("storage-plans", StoragePlanViewSet, "storage-plan")
router.register("runs", RunViewSet, "run")
router.register("results", ResultViewSet, "result")
router.register("batches", BatchViewSet, "batch")
router.register("weighings", WeighingViewSet, "weighing")
router.register("batch-links", LinkViewSet, "batch-link")
router.register("furnace-logs", FurnaceLogViewSet, "furnace-log")
router.register("views", SavedViewViewSet, "view")
router.register("samples", SampleViewSet, "sample")
router.register("measurements", MeasurementViewSet, "measurement")
router.register("instruments", InstrumentViewSet, "instrument")
router.register("calibrations", CalibrationViewSet, "calibration")

lineage = re_path(r"^batches/(?P<pk>\d{1,18})/lineage/?$", LineageView.as_view(), name="batch-lineage")

measurements = [
    re_path(r"^techniques/?$", TechniquesView.as_view(), name="techniques"),
    re_path(r"^measurements/compared/?$", ComparedView.as_view(), name="measurements-compared"),
    re_path(
        r"^measurements/compared/figures/(?P<name>[\w-]{1,80})/?$",
        ComparedFigureView.as_view(),
        name="measurements-compared-figure",
    ),
]

figures = re_path(rf"^figures/(?P<name>{'|'.join(FIGURES)})/?$", FigureView.as_view(), name="figures")

urlpatterns: list[URLPattern | URLResolver] = [
    path("api/v1/", include(([*api.plain, figures, lineage, *measurements, *router.urls, *api.rest], "api"))),
    path("", include("labdb.worklist.urls")),
    path("", include("labdb.accounts.urls")),
    path("files/", include("labdb.files.urls")),
    path("", include("labdb.provenance.urls")),
    path("inventory/instruments/", include("labdb.instruments.urls")),
    path("", include("synthesis.urls")),
    path("views/", include("labdb.saved_views.urls")),
    path("", include("labdb.labels.urls")),
    path("", include("cells.urls")),
    path("", include("characterization.urls")),
    path("", include("dashboards.urls")),
    path("healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
]
