"""Small EC-Lab exports, written here: one cycle of a cell at 1 mA, an hour each way, one record every half hour."""

from __future__ import annotations

from collections.abc import Sequence

GCPL = "Galvanostatic Cycling with Potential Limitation"
HEADS = (
    "mode",
    "Ns changes",
    "Ns",
    "time/s",
    "dq/mA.h",
    "(Q-Qo)/mA.h",
    "Ewe/V",
    "<I>/mA",
    "half cycle",
    "cycle number",
)
# 10 s of rest, a charge of 1 mAh in two halves, a discharge of 0.9 mAh; the record before it closes the charge.
ROWS = (
    (3, 0, 0, 0.0, 0.0, 0.0, 3.0, 0.0, 0, 0),
    (3, 0, 0, 10.0, 0.0, 0.0, 3.0, 0.0, 0, 0),
    (1, 1, 1, 11.0, 0.0002777777777777778, 0.0002777777777777778, 3.5, 1.0, 0, 0),
    (1, 0, 1, 1811.0, 0.5, 0.5002777777777778, 3.8, 1.0, 0, 0),
    (1, 0, 1, 3611.0, 0.5, 1.0002777777777778, 4.2, 1.0, 0, 0),
    (3, 1, 2, 3612.0, 0.0002777777777777778, 1.0005555555555556, 4.1, 0.0, 0, 0),
    (3, 0, 2, 3622.0, 0.0, 1.0005555555555556, 4.1, 0.0, 0, 0),
    (1, 1, 3, 3623.0, -0.0002777777777777778, 1.0002777777777778, 4.0, -1.0, 0, 0),
    (1, 0, 3, 5243.0, -0.45, 0.5502777777777778, 3.6, -1.0, 1, 0),
    (1, 0, 3, 6863.0, -0.45, 0.1002777777777778, 3.0, -1.0, 1, 0),
)


def mpt(
    rows: Sequence[Sequence[object]] = ROWS,
    heads: Sequence[str] = HEADS,
    *,
    technique: str = GCPL,
    settings: Sequence[str] = ("Acquisition started on : 01/16/2025 14:05:54.213",),
    comma: bool = False,
    newline: str = "\r\n",
    encoding: str = "latin-1",
) -> bytes:
    """An .mpt as EC-Lab writes it: the heads end with a tab that the rows do not have."""
    lines = ["EC-Lab ASCII FILE", "", "", technique, "", *settings, "", "\t".join(heads) + "\t"]
    lines[1] = f"Nb header lines : {len(lines)}                          "
    return (newline.join([*lines, columns(rows, comma=comma, newline=newline)])).encode(encoding)


def columns(
    rows: Sequence[Sequence[object]], *, comma: bool = False, newline: str = "\n", separator: str = "\t"
) -> str:
    texts = [[f"{value:.15E}" if isinstance(value, float) else str(value) for value in row] for row in rows]
    body = "".join(separator.join(row) + newline for row in texts)
    return body.replace(".", ",") if comma else body


def without(*names: str) -> tuple[list[tuple[object, ...]], list[str]]:
    """The rows and heads without some columns."""
    kept = [index for index, head in enumerate(HEADS) if head not in names]
    return [tuple(row[index] for index in kept) for row in ROWS], [HEADS[index] for index in kept]
