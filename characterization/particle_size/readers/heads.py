"""What the heads of a table of size classes say: sizes, volumes, and of what. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from characterization.particle_size.table import LOWER, MIDDLE, UPPER
from labdb.ingest import small_tables, units
from labdb.ingest.reader import FileHead

SEARCHED_LINES = 200
LENGTHS = {"µm": 1.0, "μm": 1.0, "um": 1.0, "micron": 1.0, "microns": 1.0, "micrometre": 1.0, "nm": 1e-3, "mm": 1e3}
PERCENT = ("", "%", "vol%", "vol.%", "vol %", "% vol")

SIZE = re.compile(
    r"(?P<edge>upper |lower |mean |mid |middle |geometric mean )?((particle|class|channel) )?"
    r"(size|diameter|sizes|size ?class(es)?|channel)( micrometre)?( (limit|edge|bound))?|x|d"
)
IN = re.compile(
    r"(% )?vol(ume)?( %)?( ?density| frequency| in| fraction| share)?( %)?|% ?chan(nel)?|q|differential( volume)?"
)
UNDER = re.compile(
    r"(% )?(vol(ume)? )?under(size)?( %)?"
    r"|(% )?cum(ulative|ul)?( vol(ume)?)?( under(size)?| passing| below| share)?( %)?"
    r"|% ?pass(ing)?|q3"
)
OVER = re.compile(r"(% )?(vol(ume)? )?over(size)?( %)?|% ?retained|cum(ulative)?( vol(ume)?)? over(size)?")
OTHER_BASE = re.compile(r"(% )?(number|surface( area)?|intensity|area|length)( density| frequency| in| under)?( %)?")
FOREIGN = re.compile(r"\b(pore|pressure|volt(age)?|current|theta|temperature|loading|time|cycle|adsor\w*|desor\w*)\b")


@dataclass(frozen=True)
class Head:
    """What a column holds.

    Attributes:
        kind: "size", "in", "under", "over", "other base" or empty.
        factor: of a size, into µm; None where its head has no unit of length.
        edge: of a size, which its head says it is; empty where it does not.
        full: of a volume, what all particles are: 100 where the head has a %, 1 where it is a share; None where it
            does not say.
    """

    kind: str
    factor: float | None = None
    edge: str = ""
    full: float | None = None


@lru_cache(maxsize=4096)
def head_of(text: str) -> Head:
    """What a head says of its column."""
    label, unit = units.split_header(text)
    size = SIZE.fullmatch(label)
    if size and (unit in LENGTHS or (not unit and label not in ("x", "d"))):
        edge = (size["edge"] or "").strip()
        factor = LENGTHS.get(unit) or (1.0 if label.endswith("micrometre") else None)
        return Head("size", factor, edge if edge in (UPPER, LOWER) else (MIDDLE if edge else ""))
    if unit in PERCENT:
        for kind, form in (("over", OVER), ("under", UNDER), ("in", IN), ("other base", OTHER_BASE)):
            if form.fullmatch(label) and (kind != "in" or label != "volume" or unit):
                full = 100.0 if "%" in text else (1.0 if re.search("share|fraction", label) else None)
                return Head(kind, full=full)
    return Head("")


def is_head(fields: Sequence[str]) -> bool:
    """A line of heads with sizes and volumes of a size distribution."""
    if len(fields) < 2 or fields[0][:1].isdigit():  # a line of values, as most are
        return False
    kinds = [head_of(each).kind for each in fields]
    return (
        "size" in kinds
        and any(kind in ("in", "under", "over", "other base") for kind in kinds)
        and not any(FOREIGN.search(units.words(each)) for each in fields)
    )


@lru_cache(maxsize=2)  # the readers of several layouts ask for the same file
def heads_in(head: FileHead) -> list[str]:
    """The heads of the first such table of a file; none where it has none."""
    if head.is_zip:
        for rows in head.sheets.values():
            at = small_tables.head_row([small_tables.trimmed(row) for row in rows], is_head)
            if at is not None:
                return [small_tables.written(each).strip() for each in rows[at]]
        return []
    for line in head.lines[:SEARCHED_LINES]:
        delimiter = small_tables.delimiter_of([line], is_head)
        if delimiter is not None:
            return [each.strip().strip('"') for each in line.split(delimiter)]
    return []
