"""Exports of laser diffraction, written in the layouts that public documentation and users' scripts show.

All are of one distribution, log-normal around 10 µm with ln σ = 0.5: D10 = 10 · exp(−1.2816 · 0.5) = 5.269 µm,
D50 = 10 µm, D90 = 18.98 µm. Classes are 1/20 of a decade wide (a ratio of 1.122).
"""

from __future__ import annotations

import math
from statistics import NormalDist

import numpy as np

D10, D50, D90 = (10 * math.exp(0.5 * NormalDist().inv_cdf(share)) for share in (0.1, 0.5, 0.9))
EDGES = 10 ** (np.arange(-20, 51) / 20)  # 0.1 to 316 µm
BELOW = np.array([NormalDist().cdf(math.log(edge / 10) / 0.5) for edge in EDGES])
IN = np.diff(BELOW)
LOWER, UPPER = EDGES[:-1], EDGES[1:]


def lines(*rows: str, end: str = "\r\n") -> bytes:
    return end.join([*rows, ""]).encode()


def mastersizer_2000(
    records: tuple[str, ...] = ("GP-NCM", "GP-NCM", "GP-NCM - Average"), delimiter: str = ","
) -> bytes:
    """A row a record; volumes below the upper edges, the first field of the block empty."""
    heads = ["Sample Name", "Operator name", "Span", "d (0.1)", "d (0.5)", "d (0.9)"]
    sizes = [f"{edge:.6f}" for edge in EDGES]
    head = [*heads, "Result Between User Sizes (Sizes in um)", *[""] * (len(sizes) - 1), "Operator Notes"]
    rows = [head, [*[""] * len(heads), *sizes, ""]]
    for name in records:
        values = ["", *(f"{100 * share:.6f}" for share in IN)]
        rows.append([name, "Ada", "1.37", f"{D10:.3f}", f"{D50:.3f}", f"{D90:.3f}", *values, "dispersed 60 s"])
    if delimiter == ";":
        rows = [
            [field.replace(".", ",") if field.replace(".", "").isdigit() else field for field in row] for row in rows
        ]
    return lines(*(delimiter.join(row) for row in rows))


def mastersizer_2000_percentiles() -> bytes:
    """The same export where no block of results was chosen."""
    rows = ["Sample Name\td (0.1)\td (0.5)\td (0.9)", "GP-NCM\t5.2\t10.0\t19.0", "GP-NCM\t5.4\t10.2\t19.4"]
    return lines(*rows)


def mastersizer_3000() -> bytes:
    """Keys and values, then lower edges."""
    rows = ["Sample Name,GP-NCM", f"Dx (10),{D10:.4g}", f"Dx (50),{D50:.4g}", f"Dx (90),{D90:.4g}"]
    rows += ["Weighted Residual,0.42", "SizeClasses,VolumeDensity"]
    rows += [f"{size:.5g},{100 * share:.5f}" for size, share in zip(LOWER, IN, strict=True)]
    return lines(*rows)


def mastersizer_3000_report() -> bytes:
    """A report whose table is broken into two columns, with what is under each size."""
    half = len(EDGES) // 2
    pairs = [(f"{size:.5g}", f"{100 * share:.4f}") for size, share in zip(EDGES, BELOW, strict=True)]
    rows = ["Sample Name\tGP-NCM", "Size (µm)\t% Volume Under\tSize (µm)\t% Volume Under"]
    for at in range(len(EDGES) - half):
        left = pairs[at] if at < half else ("", "")
        rows.append("\t".join([*left, *pairs[half + at]]))
    return lines(*rows)


def horiba() -> bytes:
    """Keys and values, then upper edges, q and undersize."""
    rows = [
        "ID#\t: 202603021200123",
        "Sample Name\t: GP-NCM",
        "Transmittance(R)\t: 88.2(%)",
        "Refractive Index(R)\t: 2.190",
    ]
    rows += [f"Median Size\t: {D50:.5f}(µm)", f"D(v,0.1)\t: {D10:.4f}(µm)", "", "Diameter(µm)\tq(%)\tUnderSize(%)"]
    rows += [
        f"{size:.3f}\t{100 * share:.3f}\t{100 * under:.3f}"
        for size, share, under in zip(UPPER, IN, BELOW[1:], strict=True)
    ]
    return lines(*rows)


def microtrac() -> bytes:
    """From the largest size down; percentiles stand below."""
    rows = ["Microtrac,S3500", "Sample ID,GP-NCM", "", "Size(um),%Chan,%Pass"]
    triples = zip(UPPER[::-1], IN[::-1], BELOW[:0:-1], strict=True)
    rows += [f"{size:.3f},{100 * share:.2f},{100 * under:.2f}" for size, share, under in triples]
    return lines(*rows, "", "Percentiles", f"D10,{D10:.2f}", f"D50,{D50:.2f}", f"D90,{D90:.2f}")


def plain(head: str = "Upper size (µm);Volume (%)", sizes: np.ndarray = UPPER) -> bytes:
    """A lab's own table, in a spreadsheet that writes decimal commas."""
    rows = [f"{size:.5f};{100 * share:.6f}".replace(".", ",") for size, share in zip(sizes, IN, strict=True)]
    return lines(head, *rows)


def cumulative(head: str = "Diameter (nm),Cumulative volume (%)") -> bytes:
    """A lab's own cumulative curve, in nm."""
    return lines(head, *(f"{1000 * size:.2f},{100 * under:.5f}" for size, under in zip(EDGES, BELOW, strict=True)))


SAMPLES = {
    "mastersizer-2000": mastersizer_2000(),
    "mastersizer-3000": mastersizer_3000(),
    "horiba-la": horiba(),
    "microtrac": microtrac(),
    "particle-size-distribution": plain(),
}
