"""How pictures are shown and compared, and what a person may say of them. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from characterization.image import plots
from characterization.image.values import MEASURED, values_of
from labdb.ingest.presentation import Choice, Drawing, Presentation
from labdb.quantities import quantity

EDS = "eds"
KINDS = (
    ("haadf", "STEM, HAADF"),
    ("bright_field", "STEM or TEM, bright field"),
    ("diffraction", "Electron diffraction"),
    (EDS, "EDS map of an element"),
    ("sem", "SEM, surface"),
    ("light", "Light microscope"),
    ("photo", "Photograph"),
)


def check(parameters: Mapping[str, Any]) -> None:
    """
    Raises:
        ValueError: a value is none, or the element is.
    """
    values_of(parameters.get("values") or ())
    element = parameters.get("element")
    if element is not None and not is_element(element):
        raise ValueError(f"Element: {element} is no symbol of an element; write Ni, Co, Mn.")
    if element is not None and parameters.get("kind", EDS) != EDS:
        raise ValueError("Element: only an EDS map is of one element.")
    if element is None and parameters.get("kind") == EDS:
        raise ValueError("Element: say of which element the map is.")


def is_element(symbol: str) -> bool:
    import periodictable

    return symbol in {element.symbol for element in periodictable.elements if element.number > 0}


PICTURE = Presentation(
    drawings=(
        Drawing(
            "values",
            "Values measured on the picture",
            plots.values,
            quantities=MEASURED,
            table="values",
            about="Every value a point, beside them mean ± SD.",
        ),
    ),
    choices=(
        Choice(
            "values",
            "Values",
            "json",
            help="measured on the picture",
            choices=tuple((name, quantity(name).axis) for name in MEASURED),
        ),
        Choice("kind", "What kind of picture", "choice", choices=KINDS),
        Choice("element", "Element", "text", help="of an EDS map: Ni"),
        Choice("pixel_size_nm", "Pixel size", unit="nm", help="empty: as the file says", lowest=1e-4, highest=1e6),
        Choice("page", "Page", "whole", help="of a file with several; empty: 1", lowest=1, highest=20_000),
    ),
    compared=MEASURED,
    check=check,
    panel="characterization/image/_panel.html",
    panel_title="Picture and values",
    script="characterization/js/micrograph.js",
    style="characterization/css/micrograph.css",
)
