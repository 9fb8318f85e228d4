"""ICP results as figures: composition against its target, residuals, every sample of a file, every line. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import polars as pl

from characterization.icp.analysis import RESIDUALS
from characterization.icp.table import SAMPLE
from labdb.figures import COLOURS, Figure, Trace, axis, colour, figure, typed
from labdb.ingest.presentation import Shown
from labdb.quantities import quantity
from synthesis.chemical.formula import METALS

GREY = "#8a94a3"
BOUND, SEEN = "triangle-down-open", "circle"
SHAPES = (SEEN, "square", "diamond")  # of elements beyond the cycle of colours
CHOOSE = "Nothing to draw yet: choose which sample of the file this is."


def composition(runs: Sequence[Shown]) -> Figure:
    """Moles per ΣTM by element, each run a bar with its standard deviation, the targets as lines across them."""
    made = [(run, table) for run in runs if (table := _composition(run)) is not None]
    elements = _elements(table for _, table in made)
    traces: list[Trace] = []
    for run, table in made:
        trace = _bars(run, table.filter(pl.col("element").is_in(elements)), "mole_ratio", "mole_ratio_sd")
        if len(made) == 1:
            trace["name"] = f"{_formula(table)}, simulated" if run.simulated else _formula(table)
        traces.append(trace)
    traces += _targets([table for _, table in made], elements)
    layout = {
        "xaxis": {"title": {"text": "Element"}, "categoryorder": "array", "categoryarray": elements},
        "yaxis": axis("mole_ratio", rangemode="tozero"),
        "barmode": "group",
    }
    told = "; ".join(f"{run.label}: {_formula(table)}" for run, table in made[:6] if _formula(table))
    return figure(traces, layout, f"Mole ratios on ΣTM = 1. {told}.", empty=_nothing(runs))


def deviation(runs: Sequence[Shown]) -> Figure:
    """Measured minus target by element; an upper bound that says nothing is left out."""
    made = [(run, table) for run in runs if (table := _composition(run)) is not None]
    made = [(run, table.drop_nulls("mole_ratio_deviation")) for run, table in made]
    made = [(run, table) for run, table in made if table.height]
    elements = _elements(table for _, table in made)
    traces: list[Trace] = []
    for number, (run, table) in enumerate(made):
        shown = table.filter(pl.col("element").is_in(elements))
        traces.append(
            {
                **_points(run, f"run {number}"),
                "x": shown["element"].to_list(),
                "y": typed(100 * shown["mole_ratio_deviation"].to_numpy()),
                "error_y": _error(shown["mole_ratio_sd"], 100),
                "marker": _marker(run, shown["below_limit"].to_list()),
                "hovertemplate": f"{run.name}, %{{x}}: %{{y:+.3~f}} %<extra></extra>",
            }
        )
    layout = {
        "xaxis": {"title": {"text": "Element"}, "categoryorder": "array", "categoryarray": elements},
        "yaxis": axis("mole_ratio_deviation", zeroline=True),
        "scattermode": "group",
    }
    return figure(
        traces,
        layout,
        "Mole ratio found minus that of the target composition, in % of ΣTM, by element.",
        empty=_nothing(runs) if not any(_composition(run) is not None for run in runs) else "No target is known.",
    )


def residuals(runs: Sequence[Shown]) -> Figure:
    """Potassium, sulfur and sodium by sample; an open triangle is an upper bound."""
    traces: list[Trace] = []
    named: set[str] = set()
    values: list[float] = []
    without = 0
    for run in runs:
        table = run.table("elements")
        rows = _positive(table.filter(pl.col("element").is_in(list(RESIDUALS)))) if table is not None else []
        without += not rows
        for row, value in rows:
            element = row["element"]
            values.append(value)
            below = bool(row["below_limit"])
            spread = "" if row["mass_fraction_sd_mg_per_kg"] is None else " ± %{error_y.array:.2~g}"
            traces.append(
                {
                    "type": "scatter",
                    "mode": "markers",
                    "name": element,
                    "legendgroup": element,
                    "showlegend": element not in named,
                    "offsetgroup": element,
                    "x": [run.name],
                    "y": [value],
                    "error_y": _error(pl.Series([row["mass_fraction_sd_mg_per_kg"]], dtype=pl.Float64)),
                    "marker": {
                        "color": colour(list(RESIDUALS).index(element)),
                        "size": 9,
                        "symbol": BOUND if below else SEEN,
                    },
                    "meta": {"history": run.history},
                    "hovertemplate": f"{run.name}, {element}: {'under ' if below else ''}%{{y:.4~g}}{spread} mg/kg"
                    "<extra></extra>",
                }
            )
            named.add(element)
    wide = bool(values) and max(values) > 30 * min(values)
    layout = {
        "xaxis": {"type": "category", "automargin": True},
        "yaxis": axis("mass_fraction_mg_per_kg", **({"type": "log"} if wide else {"rangemode": "tozero"})),
        "scattermode": "group",
    }
    said = f"Residual {', '.join(sorted(named))} by sample" if named else ""
    said += f"; {without} of {len(runs)} have none" if without and named else ""
    return figure(
        traces,
        layout,
        f"{said}. Open triangles are upper bounds.",
        empty="No K, S or Na per mass of powder is known: they need the sample mass and the volume of the digest.",
    )


def samples(runs: Sequence[Shown]) -> Figure:
    """Every solution label of a file against its contents as measured, a colour an element."""
    (run,) = runs[:1]
    table = run.table("samples")
    traces: list[Trace] = []
    left_out = 0
    if table is not None:
        solid = table["mass_fraction_mg_per_kg"].drop_nulls().len() > 0
        for number, element in enumerate(dict.fromkeys(table["element"])):
            own = table.filter(pl.col("element") == element)
            rows = _positive(own, solid)
            left_out += sum((value := _bound(row, solid)) is not None and value <= 0 for row in own.to_dicts())
            if not rows:
                continue
            traces.append(
                {
                    "type": "scatter",
                    "mode": "markers",
                    "name": element,
                    "x": [row["sample_label"] for row, _ in rows],
                    "y": typed([value for _, value in rows]),
                    "marker": {
                        "color": colour(number),
                        "size": [11 if row["chosen"] else 7 for row, _ in rows],
                        "symbol": [_symbol(row, number) for row, _ in rows],
                    },
                    "text": [
                        f"{row['sample_label']} ({row['sample_kind']}), {element}"
                        + (": under" if row["below_limit"] else ":")
                        for row, _ in rows
                    ],
                    "meta": {"history": run.history},
                    "hovertemplate": f"%{{text}} %{{y:.4~g}} {'mg/kg' if solid else 'mg/L'}<extra></extra>",
                }
            )
        name = "mass_fraction_mg_per_kg" if solid else "concentration_mg_per_l"
    layout = {
        "xaxis": {
            "type": "category",
            "automargin": True,
            "categoryorder": "array",
            "categoryarray": [] if table is None else list(dict.fromkeys(table["sample_label"])),
        },
        "yaxis": axis(name, type="log") if table is not None else {},
    }
    labels = 0 if table is None else table["sample_label"].n_unique()
    said = f"{labels} labels of the file, contents as measured; blanks, standards and controls are hollow."
    if left_out:
        said += f" {left_out} contents at or below 0 are not drawn."
    return figure(traces, layout, said, empty="The file holds no contents.")


def lines(runs: Sequence[Shown]) -> Figure:
    """Each emission line of the sample against its element; hollow is what was not used."""
    (run,) = runs[:1]
    table = run.table("lines")
    table = None if table is None else table.drop_nulls("line_deviation")
    traces: list[Trace] = []
    if table is not None:
        for number, element in enumerate(dict.fromkeys(table["element"])):
            rows = table.filter(pl.col("element") == element)
            traces.append(
                {
                    "type": "scatter",
                    "mode": "markers",
                    "name": element,
                    "x": rows["emission_line"].to_list(),
                    "y": typed(100 * rows["line_deviation"].to_numpy()),
                    "error_y": _error(rows["line_deviation_sd"], 100),
                    "marker": {
                        "color": colour(number),
                        "size": 8,
                        "symbol": [_shape(number) if used else f"{_shape(number)}-open" for used in rows["used"]],
                    },
                    "text": [
                        f"solution {row['solution_count']}" + (f", {row['condition']}" if row["condition"] else "")
                        for row in rows.to_dicts()
                    ],
                    "meta": {"history": run.history},
                    "hovertemplate": "%{x}, %{text}: %{y:+.2~f} %<extra></extra>",
                }
            )
    layout = {"xaxis": {"type": "category", "automargin": True}, "yaxis": axis("line_deviation", zeroline=True)}
    return figure(
        traces,
        layout,
        "How far each emission line lies from the content of its element; hollow points were not used.",
        empty=CHOOSE,
    )


def _composition(run: Shown) -> pl.DataFrame | None:
    table = run.table("composition")
    return table if table is not None and table.height else None


def _nothing(runs: Sequence[Shown]) -> str:
    if all(run.table("composition") is None for run in runs):
        return CHOOSE
    return "No Ni, Co or Mn was measured that could be put on ΣTM = 1."


def _elements(tables: Any) -> list[str]:
    """The elements of some compositions that are worth an axis: lithium and what is counted or meant."""
    found: set[str] = set()
    for table in tables:
        worth = table.filter((pl.col("element") == "Li") | pl.col("counted") | (pl.col("target_mole_ratio") > 0))
        found |= set(worth["element"])
    return [element for element in ("Li", *METALS) if element in found]


def _formula(table: pl.DataFrame) -> str:
    return str(table["formula"][0] or "")


def _bars(run: Shown, table: pl.DataFrame, name: str, sd: str) -> Trace:
    below = table["below_limit"].to_list()
    return {
        "type": "bar",
        "name": run.name,
        "x": table["element"].to_list(),
        "y": typed(table[name].to_numpy()),
        "error_y": _error(table[sd]),
        "marker": {
            "color": run.colour,
            "opacity": [0.35 if one else 0.55 if run.dashed else 0.9 for one in below],
            "line": {"color": run.colour, "width": 1},
        },
        "text": ["under" if one else "" for one in below],
        "textposition": "none",
        "meta": {"history": run.history},
        "hovertemplate": f"{run.name}, %{{x}}: %{{text}} %{{y:.{quantity(name).digits}~r}}<extra></extra>",
    }


def _targets(tables: Sequence[pl.DataFrame], elements: Sequence[str]) -> list[Trace]:
    """A line across the bars for each target composition that occurs."""
    found: list[Trace] = []
    for text in dict.fromkeys(str(table["target_composition"][0] or "") for table in tables):
        if not text:
            continue
        table = next(table for table in tables if table["target_composition"][0] == text)
        rows = table.filter(pl.col("element").is_in(elements)).drop_nulls("target_mole_ratio")
        found.append(
            {
                "type": "scatter",
                "mode": "markers",
                "name": f"target {text}",
                "x": rows["element"].to_list(),
                "y": typed(rows["target_mole_ratio"].to_numpy()),
                "marker": {
                    "symbol": "line-ew-open",
                    "size": 38,
                    "color": GREY if not found else colour(len(found) + 3),
                    "line": {"width": 2},
                },
                "hovertemplate": f"{text}, %{{x}}: %{{y:.4~r}}<extra></extra>",
            }
        )
    return found


def _points(run: Shown, group: str) -> Trace:
    return {
        "type": "scatter",
        "mode": "markers",
        "name": run.name,
        "offsetgroup": group,
        "meta": {"history": run.history},
    }


def _marker(run: Shown, below: Sequence[bool]) -> dict[str, Any]:
    seen = f"{SEEN}-open" if run.dashed else SEEN
    return {"color": run.colour, "size": 9, "symbol": [BOUND if one else seen for one in below]}


def _error(values: pl.Series, factor: float = 1.0) -> dict[str, Any]:
    """Standard deviations as error bars; none where none is known."""
    if not values.drop_nulls().len():
        return {"visible": False}
    known = values.fill_null(0.0).to_numpy() * factor
    return {"type": "data", "array": known.tolist(), "thickness": 1.2, "width": 4}


def _bound(row: dict[str, Any], solid: bool = True) -> float | None:
    """The content, or the limit that it is under."""
    name, ending = ("mass_fraction", "mg_per_kg") if solid else ("concentration", "mg_per_l")
    value = row[f"{name}_limit_{ending}"] if row["below_limit"] else row[f"{name}_{ending}"]
    return None if value is None else float(value)


def _positive(table: pl.DataFrame, solid: bool = True) -> list[tuple[dict[str, Any], float]]:
    """Rows with their content or limit, where it is above 0 and so has a place on a logarithmic axis."""
    found = [(row, _bound(row, solid)) for row in table.to_dicts()]
    return [(row, value) for row, value in found if value is not None and value > 0]


def _shape(number: int) -> str:
    return SHAPES[number // len(COLOURS) % len(SHAPES)]


def _symbol(row: dict[str, Any], number: int) -> str:
    if row["below_limit"]:
        return BOUND
    return _shape(number) if row["sample_kind"] == SAMPLE else f"{_shape(number)}-open"
