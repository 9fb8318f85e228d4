"""GSAS-II: the listing of a refinement (`.lst`).

In it, in this order: the controls; per phase its start values; "Refinement results" with wR, chi² and GOF of all
histograms; per phase "Result for phase: …" with "New unit cell:" (names, values, esds in columns of 12 characters;
there only if the cell was refined) and "Atoms:" (a line `values:`, a line `sig   :`; x, y, z in 10 characters, frac
and Uiso in 8); per phase and histogram "Final refinement RF, RF^2" and weight fractions; per histogram "Final
refinement wR" and "Other residuals" with wRmin, which is the expected R. `R-bkg` is R without the background and not
the Bragg R; RF² is on |F|².

Occupancies stand there with three decimals only; the CIF of the same project has them in full. Residuals are printed
with two decimals of a per cent, GOF with two. Seen from: GSAS-II 2.0.0.
"""

from __future__ import annotations

import re
from pathlib import Path

from characterization.reference.cif import Measured, Site, element_of
from characterization.rietveld.refined import Refined, RefinedPhase, number_of, spans, table_of, text_of
from characterization.rietveld.table import CELL
from labdb.ingest.reader import FileHead, Reader, ReaderError, Reading

TITLE = "General Structure Analysis System-II"
RESULT = re.compile(r"^ Result for phase: (.+?)\s*$", re.MULTILINE)
TOTAL = re.compile(r"wR =\s*([\d.]+)%, chi\*\*2 =\s*([-+.\deE]+), GOF =\s*([\d.]+)")
COUNTS = re.compile(r"No\. of observations:\s*(\d{1,9})\s+No\. of parameters:\s*(\d{1,9})\b")
FINAL = re.compile(r"Final refinement wR =\s*([\d.]+)% on (\d+) observations")
OTHER = re.compile(r"Other residuals: R =\s*([\d.]+)%.*?wRmin =\s*([\d.]+)%")
RF2 = re.compile(r"Final refinement RF, RF\^2 =\s*([\d.]+)%,\s*([\d.]+)%")
WEIGHT = re.compile(r"[Ww]eight fraction\s*:?\s*(?:=\s*)?([\d.]+)(?:\s*,?\s*sig\w*\s*[:=]?\s*([\d.]+))?")
PHASE_OF = re.compile(r"^ Phase: (.+?) in histogram: ", re.MULTILINE)
SPACE_GROUP = re.compile(r"^ Space Group: (.+?)\s*$", re.MULTILINE)
START_CELL = re.compile(
    r"^ Unit cell: a =\s*([\d.]+) b =\s*([\d.]+) c =\s*([\d.]+) alpha =\s*([\d.]+) beta =\s*([\d.]+) gamma =\s*([\d.]+)"
    r" volume =\s*([\d.]+)",
    re.MULTILINE,
)
PHASE_NAME = re.compile(r"^ Phase name: (.+?)\s*$", re.MULTILINE)
CELL_WIDTH, CELL_FIRST = 12, 9
ATOM_WIDTHS = (10, 10, 10, 8, 8)
ATOM_FIRST = 8
ROUNDED_OCCUPANCY = 0.0005  # half of the last digit that is printed


def recognises(head: FileHead) -> bool:
    return TITLE in head.text[:2048] and "Refinement" in head.text[:2048]


def read(path: Path, name: str) -> Reading:
    """
    Raises:
        ReaderError: it ends before its results, or within them.
    """
    text, warnings = text_of(path, name)
    start = text.find(" Refinement results:")
    total = TOTAL.search(text, max(start, 0))
    if start < 0 or total is None:
        raise ReaderError(f"{name}: ends before the results of the refinement; it is cut off, or was never refined")
    results = list(RESULT.finditer(text, start))
    if not results:
        raise ReaderError(f"{name}: has results of no phase; it is cut off, or no phase was refined")
    final = list(FINAL.finditer(text, results[-1].end()))
    if not final or OTHER.search(text, final[-1].end()) is None:
        raise ReaderError(f"{name}: ends within the results of the refinement; it is cut off, copy it again")
    begun = _started(text[:start], name)
    if len(final) > 1:
        warnings.append(f"{len(final)} patterns were refined together; wR and GOF are of all of them")
    phases = [
        _phase(match[1], text[match.end() : end], text[start:], begun, name) for match, end in spans(results, len(text))
    ]
    if any(site.occupancy.sd is not None for phase in phases for site in phase.sites):
        warnings.append("the listing gives occupancies with three decimals; the CIF of the project has them in full")
    counts = COUNTS.search(text, start)
    other = OTHER.search(text, final[-1].end())
    one = len(final) == 1 and other is not None
    refined = Refined(
        "GSAS-II",
        phases,
        rwp=number_of(total[1], name) / 100,
        rp=number_of(other[1], name) / 100 if one and other else None,
        rexp=number_of(other[2], name) / 100 if one and other else None,
        gof=number_of(total[3], name),
        observations=int(counts[1]) if counts else None,
        refined_parameters=int(counts[2]) if counts else None,
    )
    return Reading(table_of(refined, name), {"software": "GSAS-II"}, tuple(warnings))


def _started(text: str, name: str) -> dict[str, tuple[str, dict[str, Measured]]]:
    """Space group and start cell of each phase, by name."""
    names = list(PHASE_NAME.finditer(text))
    found = {}
    for match, end in spans(names, len(text)):
        part = text[match.end() : end]
        group, cell = SPACE_GROUP.search(part), START_CELL.search(part)
        values = {key: Measured(number_of(cell[at], name)) for at, key in enumerate(CELL, start=1)} if cell else {}
        found[match[1]] = (group[1] if group else "", values)
    return found


def _phase(
    phase: str, part: str, results: str, begun: dict[str, tuple[str, dict[str, Measured]]], name: str
) -> RefinedPhase:
    space_group, cell = begun.get(phase, ("", {}))
    new = _new_cell(part, name)
    within = _of_histograms(results, phase)
    rf2, weight = RF2.search(within), WEIGHT.search(within)
    return RefinedPhase(
        phase,
        space_group,
        new or cell,
        cell_refined=new is not None,
        sites=_atoms(part, name),
        weight_fraction=Measured(number_of(weight[1], name), number_of(weight[2], name) if weight[2] else None)
        if weight
        else None,
        r_f_squared=number_of(rf2[2], name) / 100 if rf2 else None,
    )


def _weight(match: re.Match[str], name: str) -> Measured:
    return Measured(number_of(match[1], name), number_of(match[2], name) if match[2] else None)


def _of_histograms(results: str, phase: str) -> str:
    """What the results say of a phase in its histograms."""
    heads = list(PHASE_OF.finditer(results))
    return "\n".join(results[match.end() : end] for match, end in spans(heads, len(results)) if match[1] == phase)


def _new_cell(part: str, name: str) -> dict[str, Measured] | None:
    at = part.find(" New unit cell:")
    if at < 0:
        return None
    lines = part[at:].splitlines()[1:4]
    if len(lines) < 3 or "values:" not in lines[1] or "esds" not in lines[2]:
        raise ReaderError(f"{name}: has a cell that is not whole; it is cut off, copy it again")
    cell = {}
    for index, key in enumerate(CELL):
        first = CELL_FIRST + CELL_WIDTH * index
        value, esd = (line[first : first + CELL_WIDTH].strip() for line in lines[1:3])
        if not value:
            raise ReaderError(f"{name}: has a cell that is not whole; it is cut off, copy it again")
        cell[key] = Measured(number_of(value, name), number_of(esd, name) if esd else None)
    # b is tied to a, and the angles to the lattice: they have the uncertainty of what they are tied to, or none.
    if cell["b_angstrom"].sd is None and cell["b_angstrom"].value == cell["a_angstrom"].value:
        cell["b_angstrom"] = cell["a_angstrom"]
    return cell


def _atoms(part: str, name: str) -> list[Site]:
    at = part.find(" Atoms:")
    if at < 0:
        return []
    lines = part[at:].splitlines()[3:]
    sites = []
    for index in range(0, len(lines) - 2, 3):
        head, values, sig = lines[index : index + 3]
        label, mark, kind = head.strip().rstrip(":").partition("  ")
        if not label.strip() or not values.startswith(" values:") or not sig.startswith(" sig   :"):
            break
        place = [_field(values, axis, name) for axis in range(3)]
        x, y, z = (float("nan") if value is None else value for value in place)
        occupancy, u_iso = (_field(values, at, name) for at in (3, 4))
        sd = _field(sig, 3, name)
        share = Measured(1.0 if occupancy is None else occupancy, None if sd is None else max(sd, ROUNDED_OCCUPANCY))
        displacement = None if u_iso is None else Measured(u_iso, _field(sig, 4, name))
        element = element_of((kind if mark else label.split()[-1]).strip())
        sites.append(Site(label.split()[0], element, x, y, z, share, displacement))
    return sites


def _field(line: str, index: int, name: str) -> float | None:
    first = ATOM_FIRST + sum(ATOM_WIDTHS[:index])
    text = line[first : first + ATOM_WIDTHS[index]].strip()
    return number_of(text, name) if text else None


READER = Reader("gsas2-lst", version=1, label="GSAS-II listing", recognises=recognises, read=read)
