"""The synthesis floor: its table of contents."""

from synthesis.batch.models import Batch, BatchLink, Weighing
from synthesis.bulk.models import BatchList, BatchListRow
from synthesis.chemical.models import Chemical, Lot, LotCorrection
from synthesis.heat_treatment.models import FurnaceLog
from synthesis.recipe.models import Recipe, RecipeComponent, RecipeVersion
from synthesis.sample.models import Sample

__all__ = [
    "Batch",
    "BatchLink",
    "BatchList",
    "BatchListRow",
    "Chemical",
    "FurnaceLog",
    "Lot",
    "LotCorrection",
    "Recipe",
    "RecipeComponent",
    "RecipeVersion",
    "Sample",
    "Weighing",
]
