"""By what the cells of a comparison are put into groups; a new one is a line here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from cells.assembly.models import Cell
from synthesis.chemical.models import Chemical


@dataclass(frozen=True)
class Grouping:
    """
    Attributes:
        label: as printed, "colour by …".
        of: the group of a cell; empty where it has none.
        missing: the group of those.
        joined: what `of` reads of other records, fetched with the cells.
        fetched: what it reads of lists of others, fetched in one query each.
    """

    label: str
    of: Callable[[Cell], str]
    missing: str = ""
    joined: tuple[str, ...] = ()
    fetched: tuple[str, ...] = ()

    def group(self, cell: Cell) -> str:
        return self.of(cell) or self.missing


def _recipe(cell: Cell) -> str:
    version = cell.batch.recipe_version if cell.batch else None
    return version.recipe.code if version else ""


def _recipe_version(cell: Cell) -> str:
    version = cell.batch.recipe_version if cell.batch else None
    return str(version) if version else ""


def _precursor_lots(cell: Cell) -> str:
    """Several lots of one batch are a group of their own."""
    if cell.batch is None:
        return ""
    weighed = cell.batch.weighings.all()
    lots = {line.lot.number for line in weighed if line.lot.chemical.role == Chemical.Role.PRECURSOR}
    return " + ".join(sorted(lots))


def _cathode_sheet(cell: Cell) -> str:
    return cell.positive_electrode.sheet.code if cell.positive_electrode else ""


def _anode(cell: Cell) -> str:
    return cell.negative_electrode.sheet.code if cell.negative_electrode else cell.get_anode_display()


def _measured_at(value: float | None, unit: str) -> str:
    return "" if value is None else f"{value:g} {unit}"


GROUPINGS: dict[str, Grouping] = {
    "product": Grouping("product", lambda cell: cell.product, "no product"),
    "batch": Grouping("batch", lambda cell: cell.batch_code, "no batch"),
    "cell": Grouping("cell", lambda cell: cell.code),
    "own": Grouping("a group of my own", lambda cell: "", "no group"),
    "recipe": Grouping("recipe", _recipe, "no recipe", ("batch__recipe_version__recipe",)),
    "version": Grouping("version of the recipe", _recipe_version, "no recipe", ("batch__recipe_version__recipe",)),
    "scale": Grouping("scale", lambda cell: cell.batch.get_scale_display() if cell.batch else "", "no batch"),
    "furnace": Grouping("furnace", lambda cell: cell.batch.furnace if cell.batch else "", "no furnace said"),
    "precursor": Grouping(
        "lot of precursor", _precursor_lots, "no lot recorded", fetched=("batch__weighings__lot__chemical",)
    ),
    "sheet": Grouping("cathode sheet", _cathode_sheet, "no sheet", ("positive_electrode__sheet",)),
    "anode": Grouping("anode", _anode, "no anode recorded", ("negative_electrode__sheet",)),
    "format": Grouping("format", lambda cell: cell.get_format_display()),
    "electrolyte": Grouping("electrolyte", lambda cell: cell.electrolyte, "no electrolyte recorded"),
    "separator": Grouping("separator", lambda cell: cell.separator, "no separator recorded"),
    "temperature": Grouping(
        "test temperature", lambda cell: _measured_at(cell.test_temperature_celsius, "°C"), "no temperature recorded"
    ),
    "pressure": Grouping(
        "stack pressure", lambda cell: _measured_at(cell.stack_pressure_megapascal, "MPa"), "no stack pressure recorded"
    ),
    "operator": Grouping("who built it", lambda cell: cell.built_by or str(cell.created_by), joined=("created_by",)),
    "project": Grouping("project", lambda cell: cell.project.name),
}
