"""FullProf: the summary of a refinement (`.sum`, and `.out`, which ends with the same blocks). A `.pcr` is refused.

After the banner "PROGRAM FullProf" the summary has per phase "=> Phase No. n NAME  SPACE GROUP", "==> ATOM
PARAMETERS:" (name, then x, y, z, B, occupancy each with its uncertainty in brackets in units of the last digit,
multiplicity), "=> Cell parameters" with six lines of value and uncertainty; then the reliability factors of all
points, first "not corrected for background", then "Conventional" ones, which are; then "BRAGG R-Factors and weight
fractions", with the volume. Rwp is here the one that is not corrected for the background, as other programs print it.
Chi2 is the square of the GOF. An uncertainty of 0 says that the value was not refined. Occupancies are multiples that
depend on how the user normalised them; their ratios on one site do not. A `.pcr` holds values that were and values
that were not refined, without uncertainties.

Source: J. Rodríguez-Carvajal, FullProf manual and its example outputs. No file was at hand: the layout is followed.
"""

from __future__ import annotations

import re
from pathlib import Path

from characterization.reference.cif import Measured, Site, element_of, measured
from characterization.rietveld.refined import Refined, RefinedPhase, number_of, spans, table_of, text_of
from labdb.ingest.reader import FileHead, Reader, ReaderError, Reading

BANNER = re.compile(r"PROGRAM\s+FullProf", re.IGNORECASE)
PHASE = re.compile(r"^\s*=>\s*Phase No\.\s*(\d{1,4})\s+(\S.*?)\s*$", re.MULTILINE)
TWO_BLANKS = re.compile(r"\s{2,}")
CELL = re.compile(r"=>\s*Cell parameters\s*:[ \t]*\n((?:[ \t]*[\d.]+[ \t]+[\d.]+[ \t\r]*\n){6})")
ATOMS = re.compile(r"==>\s*ATOM PARAMETERS:\s*\n(.*?)(?:\n\s*\n\s*==>|\n\s*==>|\Z)", re.DOTALL)
VALUE = re.compile(r"([-+]?\d*\.?\d+)\(\s*(\d*)\)")
FACTORS = re.compile(
    r"R-factors \(not corrected for background\).*?\n.*?"
    r"Rp:\s*([\d.]+)\s+Rwp:\s*([\d.]+)\s+Rexp:\s*([\d.]+)\s+Chi2:\s*([\d.]+)",
    re.IGNORECASE,
)
CONVENTIONAL = re.compile(
    r"Conventional Rietveld Rp,Rwp,Re and Chi2:\s+([\d.]+)\s+([\d.]+)\s+([\d.]+)\s+([\d.]+)", re.IGNORECASE
)
BRAGG = re.compile(
    r"=>\s*Phase:\s*(\d{1,4})\s+.*?\n\s*=>\s*Bragg R-factor:\s*([\d.]+)\s+Vol:\s*([\d.]+)\(\s*([\d.]*)\s*\)"
    r"\s+Fract\(%\):\s*([\d.]+)(?:\(\s*([\d.*]*)\s*\))?"
)
OBSERVATIONS = re.compile(r"=>\s*N-P\+C:\s*(\d{1,9})\b")
PARAMETERS = re.compile(r"=>\s*No\. of fitted parameters:\s*(\d{1,9})\b")
CONTROL = re.compile(r"^!\s*Job\s+Npr\s+Nph", re.MULTILINE)
KEYS = ("a_angstrom", "b_angstrom", "c_angstrom", "alpha_degree", "beta_degree", "gamma_degree")
HERMANN = re.compile(r"^[PABCFIRH]\s*-?\d[\s\-\d/mabcden]*$")


def recognises(head: FileHead) -> bool:
    return bool(BANNER.search(head.text[:4096]))


def recognises_control(head: FileHead) -> bool:
    return bool(CONTROL.search(head.text[:8192])) and not recognises(head)


def refuse_control(path: Path, name: str) -> Reading:
    """
    Raises:
        ReaderError: always; the sentence names the file that is wanted.
    """
    raise ReaderError(
        f"{name}: is the control file of FullProf, which does not tell what was refined from what was not;"
        " upload the .sum or the CIF of the same refinement"
    )


def read(path: Path, name: str) -> Reading:
    """
    Raises:
        ReaderError: it has no results, or ends within them.
    """
    text, warnings = text_of(path, name)
    heads = list(PHASE.finditer(text))
    factors = list(FACTORS.finditer(text)) or list(CONVENTIONAL.finditer(text))
    bragg = {int(match[1]): match for match in BRAGG.finditer(text)}
    if not heads or not factors or not CELL.search(text):
        raise ReaderError(
            f"{name}: has no summary of a refinement (cell, reliability factors); it is cut off, or not"
            " the .sum; upload that"
        )
    last: dict[int, re.Match[str]] = {}
    for match in heads:  # of an .out every cycle has them: the last counts
        if CELL.search(text, match.end()):
            last[int(match[1])] = match
    missing = sorted(set(last) - set(bragg))
    if missing:
        raise ReaderError(
            f"{name}: ends before the Bragg R of phase {', '.join(map(str, missing))}; it is cut off, copy it again"
        )
    order = sorted(last.values(), key=lambda match: match.start())
    phases = [_phase(match, text[match.end() : end], bragg, name) for match, end in spans(order, len(text))]
    if not FACTORS.search(text):
        warnings.append("Rwp is corrected for the background, which other programs' is not")
    if len({match.start() for match in factors}) > 2:
        warnings.append("several patterns or cycles are in the file: the residuals are those of the last whole one")
    chosen = factors[0] if len(factors) <= 2 else factors[-2]
    rp, rwp, rexp, chi2 = (number_of(value, name) for value in chosen.groups())
    free = OBSERVATIONS.search(text)
    parameters = PARAMETERS.search(text)
    refined = Refined(
        "FullProf",
        phases,
        rwp=rwp / 100,
        rp=rp / 100,
        rexp=rexp / 100,
        gof=chi2**0.5,
        observations=int(free[1]) if free else None,
        refined_parameters=int(parameters[1]) if parameters else None,
    )
    return Reading(table_of(refined, name), {"software": "FullProf"}, tuple(warnings))


def _phase(head: re.Match[str], part: str, bragg: dict[int, re.Match[str]], name: str) -> RefinedPhase:
    number = int(head[1])
    title, space_group = _title(head[2])
    found = CELL.search(part)
    if found is None:
        raise ReaderError(f"{name}: phase {number} has no cell; it is cut off, copy it again")
    cell = {}
    for key, line in zip(KEYS, found[1].splitlines(), strict=True):
        value, sd = (measured(text) for text in line.split())
        if value is None or sd is None:
            raise ReaderError(f"{name}: the cell of phase {number} holds something that is no number; copy it again")
        cell[key] = Measured(value.value, sd.value or None)
    match = bragg[number]
    cell["volume_angstrom3"] = Measured(number_of(match[3], name), number_of(match[4], name) if match[4] else None)
    weight_sd = match[6] if match[6] and "*" not in match[6] else None
    return RefinedPhase(
        title,
        space_group,
        cell,
        cell_refined=any(cell[key].sd for key in KEYS),
        sites=_atoms(part),
        weight_fraction=Measured(
            number_of(match[5], name) / 100, number_of(weight_sd, name) / 100 if weight_sd else None
        ),
        r_bragg=number_of(match[2], name) / 100,
    )


def _title(text: str) -> tuple[str, str]:
    """The name of a phase and its space group, which stand on one line, parted by blanks."""
    parts = TWO_BLANKS.split(text.strip())
    if len(parts) > 1 and HERMANN.match(parts[-1]):
        return " ".join(parts[:-1]), parts[-1]
    return " ".join(parts), ""


def _atoms(part: str) -> list[Site]:
    block = ATOMS.search(part)
    if block is None:
        return []
    sites = []
    for line in block[1].splitlines():
        values = VALUE.findall(line)
        label = line.split()[0] if line.split() else ""
        if len(values) < 5 or not element_of(label):
            continue
        x, y, z, b_iso, occupancy = (_bracketed(value, sd) for value, sd in values[:5])
        u_iso = Measured(b_iso.value / (8 * 3.141592653589793**2))
        sites.append(Site(label, element_of(label), x.value, y.value, z.value, occupancy, u_iso))
    return sites


def _bracketed(value: str, digits: str) -> Measured:
    found = measured(f"{value}({digits})" if digits else value)
    return Measured(found.value, found.sd or None) if found else Measured(float("nan"))


READERS = [
    Reader("fullprof-sum", version=1, label="FullProf summary", recognises=recognises, read=read),
    Reader("fullprof-pcr", version=1, label="FullProf control", recognises=recognises_control, read=refuse_control),
]
