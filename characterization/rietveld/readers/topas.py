"""TOPAS: what it writes after a refinement (`.out`, or the `.inp` that was updated from it).

The input language with values filled in: a refined value ends with a backtick and, with `do_errors`, its uncertainty:
`2.87321`_0.00012`. At the top level or in an `xdd` are `r_wp`, `r_exp`, `r_p`, `gof` (the `…_dash` ones are corrected
for the background and are not read); in each `str` `phase_name`, `space_group`, `r_bragg`, the cell (`a`, `b`, `c`,
`al`, `be`, `ga`, or a macro `Cubic`, `Tetragonal`, `Hexagonal`, `Trigonal`), `MVW(mass, volume, weight %)` and `site`s
with one or several `occ ATOM value`. A parameter may have a name, `@` or `!` before its value, or be an equation `=…;
: value`. `'` and `/* */` are comments. A file without any backtick was never refined, and is refused.

Source: A. A. Coelho, TOPAS technical reference. No file was at hand: the layout is followed.
"""

from __future__ import annotations

import re
from pathlib import Path

from characterization.reference.cif import Measured, Site, element_of
from characterization.rietveld.refined import Refined, RefinedPhase, spans, table_of, text_of
from labdb.ingest.reader import FileHead, Reader, ReaderError, Reading

WORDS = (re.compile(r"(?m)^\s*xdd\b"), re.compile(r"\b(?:str|STR)\b"), re.compile(r"\br_wp\b"))
COMMENT = re.compile(r"/\*.*?\*/|'[^\n]*", re.DOTALL)
NUMBER = r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?"
# A name, @ or ! before the value; an equation with its value after a colon; the value with backtick and uncertainty.
PARAMETER = (
    rf"(?:=(?P<fraction>[^;:\n]*);\s*)?(?::\s*)?(?:[@!]?\s*(?:[A-Za-z_]\w*)?\s*)"
    rf"(?P<value>{NUMBER})(?P<tick>`)?(?:_(?P<sd>{NUMBER}))?"
)
PHASES = re.compile(r"(?<![\w.])(?:str\b|STR\s*\(\s*(?P<group>[^)\n]+)\))")
OTHER_KINDS = re.compile(r"(?m)^\s*(?:xdd|hkl_Is|xo_Is|d_Is|fit_obj|C_matrix_normalized|dummy_str)\b")
NAME = re.compile(r'phase_name\s+(?:"([^"]*)"|(\S+))')
GROUP = re.compile(r'space_group\s+(?:"([^"]*)"|(\S+))')
MACRO = re.compile(r"\b(Cubic|Tetragonal|Hexagonal|Trigonal|Rhombohedral)\s*\(([^)]*)\)")
MVW = re.compile(r"\bMVW\s*\(([^)]*)\)")
SITE = re.compile(r"(?<![\w.])site\s+(\S+)")
OCC = re.compile(rf"(?<![\w.])occ\s+([A-Za-z]{{1,2}}(?:[+-]?\d*[+-]?)?)\s+{PARAMETER}")
RATIO = re.compile(r"\s*([-+]?[\d.]+)\s*/\s*([\d.]+)\s*")
CELL = {
    "a": "a_angstrom",
    "b": "b_angstrom",
    "c": "c_angstrom",
    "al": "alpha_degree",
    "be": "beta_degree",
    "ga": "gamma_degree",
}
MACROS: dict[str, tuple[dict[str, int], float]] = {
    "Cubic": ({"a": 0, "b": 0, "c": 0}, 90.0),
    "Tetragonal": ({"a": 0, "b": 0, "c": 1}, 90.0),
    "Hexagonal": ({"a": 0, "b": 0, "c": 1}, 120.0),
    "Trigonal": ({"a": 0, "b": 0, "c": 1}, 120.0),
}


def recognises(head: FileHead) -> bool:
    return not head.is_zip and all(word.search(head.text) for word in WORDS)


def read(path: Path, name: str) -> Reading:
    """
    Raises:
        ReaderError: nothing was refined, there is no structure, or a phase ends before its cell.
    """
    text, warnings = text_of(path, name)
    text = COMMENT.sub(" ", text)
    if "`" not in text:
        raise ReaderError(
            f"{name}: has no refined value (none ends with a backtick); upload the .out of the refinement"
        )
    heads = list(PHASES.finditer(text))
    if not heads:
        raise ReaderError(f"{name}: has no structure (str); a refinement without one gives no cell")
    rwp, rexp, rp, gof = (_global(text, word) for word in ("r_wp", "r_exp", "r_p", "gof"))
    phases = []
    for number, (head, end) in enumerate(spans(heads, len(text)), start=1):
        other = OTHER_KINDS.search(text, head.end(), end)
        part = text[head.end() : other.start() if other else end]
        phases.append(_phase(part, head["group"] or "", number, name))
    if len(re.findall(r"(?m)^\s*xdd\b", text)) > 1:
        warnings.append("several patterns were refined together; the residuals are the first that the file gives")
    if rwp is None:
        warnings.append("the file gives no r_wp; let TOPAS write it")
    refined = Refined(
        "TOPAS",
        phases,
        rwp=None if rwp is None else rwp / 100,
        rp=None if rp is None else rp / 100,
        rexp=None if rexp is None else rexp / 100,
        gof=gof,
    )
    return Reading(table_of(refined, name), {"software": "TOPAS"}, tuple(warnings))


def _global(text: str, word: str) -> float | None:
    """A residual; 0 is the place where TOPAS has not written one yet."""
    match = re.search(rf"(?<![\w.]){word}\s+({NUMBER})", text)
    return float(match[1]) if match and float(match[1]) > 0 else None


def _phase(part: str, group: str, number: int, name: str) -> RefinedPhase:
    named, space_group = NAME.search(part), GROUP.search(part)
    cell = _cell(part)
    if "a_angstrom" not in cell:
        raise ReaderError(f"{name}: structure {number} has no cell; it is cut off, copy it again")
    mass = _arguments(MVW.search(part))
    if len(mass) > 1 and mass[1] is not None:
        cell["volume_angstrom3"] = mass[1]
    weight = mass[2] if len(mass) > 2 else None
    r_bragg = _global(part, "r_bragg")
    return RefinedPhase(
        _either(named) or f"phase {number}",
        _either(space_group) or group.strip().strip('"'),
        cell,
        cell_refined=any(cell[key].is_refined for key in ("a_angstrom", "b_angstrom", "c_angstrom") if key in cell),
        sites=_sites(part),
        weight_fraction=None
        if weight is None
        else Measured(weight.value / 100, None if weight.sd is None else weight.sd / 100),
        r_bragg=None if r_bragg is None else r_bragg / 100,
    )


def _either(match: re.Match[str] | None) -> str:
    return next((group.strip() for group in match.groups() if group), "") if match else ""


def _parameter(match: re.Match[str]) -> Measured:
    sd = float(match["sd"]) if match["sd"] else None
    return Measured(float(match["value"]), sd or None, refined=match["tick"] is not None)


def _keyword(part: str, word: str) -> Measured | None:
    match = re.search(rf"(?<![\w.@!]){word}\s+{PARAMETER}", part)
    return _parameter(match) if match else None


def _arguments(match: re.Match[str] | None) -> list[Measured | None]:
    """The arguments of a macro; those without a number are None."""
    if match is None:
        return []
    found = []
    for argument in match[match.lastindex or 1].split(","):
        value = re.fullmatch(rf"\s*{PARAMETER}.*", argument, re.DOTALL)
        found.append(_parameter(value) if value else None)
    return found


def _cell(part: str) -> dict[str, Measured]:
    macro = MACRO.search(part)
    if macro and macro[1] in MACROS:
        places, gamma = MACROS[macro[1]]
        arguments = _arguments(macro)
        if len(arguments) > max(places.values()):
            given = {CELL[key]: arguments[at] for key, at in places.items()}
            angles = {"alpha_degree": Measured(90.0), "beta_degree": Measured(90.0), "gamma_degree": Measured(gamma)}
            return {key: value for key, value in (given | angles).items() if value is not None}
    before_sites = SITE.split(part)[0] if SITE.search(part) else part
    found = {key: _keyword(before_sites, key) or _keyword(part, key) for key in CELL}
    return {CELL[key]: value for key, value in found.items() if value is not None}


def _sites(part: str) -> list[Site]:
    heads = list(SITE.finditer(part))
    sites = []
    for head, end in spans(heads, len(part)):
        text = part[head.end() : end]
        place = [_coordinate(text, axis) for axis in "xyz"]
        for occ in OCC.finditer(text):
            following = re.search(rf"\bbeq\s+{PARAMETER}", text[occ.end() :])
            u_iso = Measured(float(following["value"]) / (8 * 3.141592653589793**2)) if following else None
            sites.append(Site(head[1], element_of(occ[1]), place[0], place[1], place[2], _parameter(occ), u_iso))
    return sites


def _coordinate(text: str, axis: str) -> float:
    ratio = re.search(rf"(?<![\w.]){axis}\s+=\s*([-+]?[\d.]+)\s*/\s*([\d.]+)\s*;", text)
    if ratio:
        return float(ratio[1]) / float(ratio[2]) if float(ratio[2]) else float("nan")
    found = _keyword(text, axis)
    return found.value if found else float("nan")


READER = Reader("topas-out", version=1, label="TOPAS output", recognises=recognises, read=read)
