"""A cell as a person reads it: the build sheet in groups, and what follows from it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from cells.assembly import layers
from cells.assembly.build import Build
from cells.assembly.models import Cell
from cells.electrode.models import ElectrodeDisc
from labdb.history import Change, changes_of
from labdb.quantities import quantity


@dataclass(frozen=True)
class Fact:
    """One line: its words, its text, and where it leads."""

    label: str
    text: str
    url: str = ""
    about: str = ""


@dataclass(frozen=True)
class Group:
    title: str
    facts: tuple[Fact, ...]


def measured(name: str, value: float | None) -> str:
    """A value as its quantity prints it, with its unit; empty where there is none."""
    about = quantity(name)
    if value is None:
        return ""
    unit = "%" if about.percent else about.unit
    return f"{about.text(value)} {unit}".rstrip()


def short(name: str, value: float | None) -> str:
    """A value as somebody wrote it, with its unit."""
    return "" if value is None else f"{value:g} {quantity(name).unit}".rstrip()


def anode(build: Build) -> str:
    """The metal of a negative electrode in one line."""
    size = filter(
        None,
        (
            f"ø {build.anode_diameter_mm:g} mm" if build.anode_diameter_mm else "",
            f"{build.anode_thickness_micrometer:g} µm thick" if build.anode_thickness_micrometer else "",
        ),
    )
    return ", ".join(filter(None, (build.get_anode_display(), build.anode_detail, *size)))


def amount(build: Build) -> str:
    return short("electrolyte_volume_microliter", build.electrolyte_volume_microliter) or short(
        "electrolyte_mass_g", build.electrolyte_mass_g
    )


def reference(build: Build) -> str:
    potential = build.potential_against_lithium_volt
    shown = f", {potential:g} V against Li/Li⁺" if potential else ""
    return f"{build.get_reference_electrode_display()}{shown}"


def window(build: Build) -> str:
    low, high = build.lower_voltage_volt, build.upper_voltage_volt
    if low is None and high is None:
        return ""
    return " – ".join("?" if one is None else f"{one:g}" for one in (low, high)) + " V"


def build_facts(build: Build) -> Iterator[Group]:
    """The build sheet in the order in which a cell is put together; what is not said is left out."""
    yield _group(
        "Assembly",
        ("Anode", anode(build)),
        (
            "Separator",
            ", ".join(
                filter(
                    None,
                    (
                        build.separator,
                        short("separator_thickness_micrometer", build.separator_thickness_micrometer),
                    ),
                )
            ),
        ),
        ("Electrolyte", ", ".join(filter(None, (build.electrolyte, amount(build))))),
        *((f"Solid electrolyte, {layer.role}", layer.text.partition(": ")[2]) for layer in build.layers),
        ("Cathode pressed at", short("cathode_pressure_megapascal", build.cathode_pressure_megapascal)),
        ("Case", build.case),
        ("Layers", str(build.pouch_layers or "")),
        ("Glovebox", build.glovebox),
    )
    yield _group(
        "How it is tested",
        ("1 C", measured("nominal_specific_capacity_mah_per_g", build.nominal_specific_capacity_mah_per_g)),
        ("Voltage window", window(build)),
        ("Reference electrode", reference(build)),
        ("Temperature", short("test_temperature_celsius", build.test_temperature_celsius)),
        ("Stack pressure", short("stack_pressure_megapascal", build.stack_pressure_megapascal)),
    )


def _group(title: str, *facts: tuple[str, str]) -> Group:
    return Group(title, tuple(Fact(label, text) for label, text in facts if text))


def electrode_facts(cell: Cell) -> Group:
    """Both electrodes with their loading, and the balance between them."""
    facts = []
    for label, disc in (
        ("Positive electrode", cell.positive_electrode),
        ("Negative electrode", cell.negative_electrode),
    ):
        if disc is not None:
            facts.append(Fact(label, electrode(disc), disc.sheet.get_absolute_url()))
    facts += [Fact(label, text) for label, text in balance_facts(cell)]
    return Group("Electrodes", tuple(facts))


def cell_changes(cell: Cell) -> list[Change]:
    """What was changed in it; what follows from its electrodes is told there."""
    return changes_of(
        cell,
        tellers={"solid_layers": _layers_changed},
        leave_out=("areal_loading_mg_per_cm2", "n_p_ratio", "active_mass_source"),
    )


def _layers_changed(before: Any, after: Any) -> list[tuple[str, str, str]]:
    return [("solid electrolyte", _in_one_line(before), _in_one_line(after))]


def _in_one_line(solid_layers: Any) -> str:
    return "; ".join(layer.text for layer in layers.parse(solid_layers)) or "none"


def electrode(disc: ElectrodeDisc) -> str:
    found = disc.numbers
    parts = (
        f"{disc.code} of {disc.sheet.code}",
        disc.size,
        measured("areal_loading_mg_per_cm2", found.areal_loading_mg_per_cm2),
        measured("areal_capacity_mah_per_cm2", found.areal_capacity_mah_per_cm2),
    )
    return ", ".join(filter(None, parts))


def balance_facts(cell: Cell) -> list[tuple[str, str]]:
    found = cell.balance
    rate = cell.positive_electrode.sheet.specific_capacity_c_rate if cell.positive_electrode else None
    at = f" at {rate:g} C" if rate and found.n_p_ratio is not None else ""
    return [
        (label, text)
        for label, text in (
            ("N/P", measured("n_p_ratio", found.n_p_ratio) + at),
            ("N/P by whole capacity", measured("n_p_capacity_ratio", found.n_p_capacity_ratio)),
            ("Area, negative / positive", measured("electrode_area_ratio", found.area_ratio)),
        )
        if text
    ]


def computed(cell: Cell) -> tuple[list[tuple[str, str]], list[str]]:
    """What follows from a cell that is being typed in: numbers, and what is missing or odd."""
    balance = cell.balance
    mass = measured("active_mass_mg", cell.active_mass_mg)
    lines = [
        ("Active mass", f"{mass}, {cell.get_active_mass_source_display()}" if mass else "–"),
        ("Areal loading", measured("areal_loading_mg_per_cm2", cell.areal_loading_mg_per_cm2) or "–"),
        ("Nominal capacity", measured("nominal_capacity_mah", cell.nominal_capacity_mah) or "–"),
        *(balance_facts(cell) or [("N/P", "–")]),
    ]
    said = list(balance.doubts)
    if balance.n_p_ratio is None:
        said += [f"For N/P: {sentence}" for sentence in balance.missing]
    if cell.positive_electrode is not None and cell.active_mass_mg is None:
        said.append(cell.positive_electrode.missing_for_mass)
    return lines, [sentence for sentence in said if sentence]
