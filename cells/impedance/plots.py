"""Impedances as figures: Nyquist, Bode, Kramers-Kronig residuals, charge-transfer resistance by cycles. Pure."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl

from cells.impedance.analysis import Parameters, Spectrum, spectra_in, spectrum_of
from labdb.figures import COLOURS, Figure, Trace, axis, faded, figure, hover, shown, typed
from labdb.ingest.presentation import Shown
from labdb.quantities import quantity
from labdb.replicates import Replicates

LINE, MARK = 1.4, 6  # pixels
SYMBOLS = ("circle", "square", "diamond", "triangle-up", "cross", "x", "star")
PALEST = 0.4  # of the run with fewest cycles, where runs of one colour are told apart by their cycles
RCT = "charge_transfer_resistance_ohm"
RCT_LOW, RCT_HIGH = "charge_transfer_resistance_low_ohm", "charge_transfer_resistance_high_ohm"
NO_SPECTRUM = "There is no spectrum to draw; the warnings say why."


def nyquist(runs: Sequence[Shown]) -> Figure:
    """−Z'' against Z' on equal axes: measured points, and the fit as a line.

    A single run shows the other spectra of its file as well, hollow.
    """
    traces: list[Trace] = []
    told = []
    looks = _looks(runs)
    for run, (colour, symbol) in zip(runs, looks, strict=True):
        if len(runs) == 1:
            traces += _other_spectra(run)
        spectrum = _spectrum(run)
        if spectrum is None:
            continue
        common = {"type": "scatter", "legendgroup": run.name}
        traces.append(
            {
                **common,
                "mode": "markers",
                "name": run.name,
                "x": typed(spectrum.impedance.real, "float64"),
                "y": typed(-spectrum.impedance.imag, "float64"),
                "customdata": typed(spectrum.frequency, "float64"),
                "marker": {"size": MARK, "symbol": f"{symbol}-open" if run.dashed else symbol, "color": colour},
                "hovertemplate": "%{customdata:.4~s}Hz<br>Z′ %{x:.4~g} ohm, −Z″ %{y:.4~g} ohm"
                f"<extra>{run.name}</extra>",
                **({"meta": {"history": run.history}} if run.history else {}),
            }
        )
        if (fitted := _fitted(run)) is not None:
            traces.append(
                {
                    **common,
                    "mode": "lines",
                    "name": f"{run.name}, fit",
                    "showlegend": False,
                    "x": typed(fitted.impedance.real, "float64"),
                    "y": typed(-fitted.impedance.imag, "float64"),
                    "line": {"width": LINE, "color": colour, **_dash(run)},
                    "hoverinfo": "skip",
                }
            )
        told.append(_summary(run, spectrum))
    layout = {
        "xaxis": axis("real_impedance_ohm"),
        "yaxis": axis("negative_imaginary_impedance_ohm", scaleanchor="x", scaleratio=1),
    }
    return figure(traces, layout, "; ".join(told), empty=NO_SPECTRUM)


def _other_spectra(run: Shown) -> list[Trace]:
    table = run.table("spectrum")
    if table is None:
        return []
    chosen = Parameters.of(run.parameters)
    return [
        {
            "type": "scatter",
            "mode": "markers",
            "name": f"spectrum {number}",
            "x": typed(other.impedance.real, "float64"),
            "y": typed(-other.impedance.imag, "float64"),
            "marker": {"size": MARK - 1, "symbol": "circle-open", "color": faded(run.colour, 0.5)},
            "hovertemplate": f"Z′ %{{x:.4~g}} ohm, −Z″ %{{y:.4~g}} ohm<extra>spectrum {number}</extra>",
        }
        for number in spectra_in(table)
        if number != (chosen.spectrum_count or 1)
        for other in [spectrum_of(table, number, chosen.imaginary_sign)]
    ]


def bode(runs: Sequence[Shown]) -> Figure:
    """|Z| and the phase against the frequency, above each other."""
    traces: list[Trace] = []
    told = []
    for run, (colour, symbol) in zip(runs, _looks(runs), strict=True):
        spectrum = _spectrum(run)
        if spectrum is None:
            continue
        fitted = _fitted(run)
        for name, place in (("impedance_modulus_ohm", "y"), ("phase_degree", "y2")):
            common = {"type": "scatter", "legendgroup": run.name, "yaxis": place, "xaxis": "x"}
            traces.append(
                {
                    **common,
                    "mode": "markers",
                    "name": run.name,
                    "showlegend": place == "y",
                    "x": typed(spectrum.frequency, "float64"),
                    "y": typed(_values(spectrum, name), "float64"),
                    "marker": {"size": MARK - 1, "symbol": f"{symbol}-open" if run.dashed else symbol, "color": colour},
                    "hovertemplate": f"%{{x:.4~s}}Hz<br>{hover(name)}<extra>{run.name}</extra>",
                    **({"meta": {"history": run.history}} if run.history else {}),
                }
            )
            if fitted is not None:
                traces.append(
                    {
                        **common,
                        "mode": "lines",
                        "name": f"{run.name}, fit",
                        "showlegend": False,
                        "x": typed(fitted.frequency, "float64"),
                        "y": typed(_values(fitted, name), "float64"),
                        "line": {"width": LINE, "color": colour, **_dash(run)},
                        "hoverinfo": "skip",
                    }
                )
        told.append(_summary(run, spectrum))
    layout = {
        "xaxis": axis("frequency_hertz", type="log", anchor="y2"),
        "yaxis": axis("impedance_modulus_ohm", type="log", dtick="D2", domain=[0.54, 1.0]),
        "yaxis2": axis("phase_degree", domain=[0.0, 0.46], anchor="x"),
    }
    return figure(traces, layout, "; ".join(told), empty=NO_SPECTRUM)


def kramers_kronig(runs: Sequence[Shown]) -> Figure:
    """What the test leaves of Z' and Z'', in per cent of |Z|, against the frequency."""
    run = runs[0]
    table = run.table("kramers_kronig")
    layout = {
        "xaxis": axis("frequency_hertz", type="log"),
        "yaxis": axis("kramers_kronig_residual", zeroline=True),
        "shapes": [
            {
                "type": "rect",
                "xref": "paper",
                "yref": "y",
                "x0": 0,
                "x1": 1,
                "y0": -1,
                "y1": 1,
                "line": {"width": 0},
                "fillcolor": faded(run.colour, 0.08),
                "layer": "below",
            }
        ],
    }
    if table is None:
        return figure([], layout, "", empty=NO_SPECTRUM)
    traces: list[Trace] = [
        {
            "type": "scatter",
            "mode": "lines+markers",
            "name": words,
            "x": typed(table["frequency_hertz"].to_numpy(), "float64"),
            "y": typed(shown(table[column].to_numpy(), "kramers_kronig_residual"), "float64"),
            "marker": {"size": MARK - 1, "symbol": symbol, "color": colour},
            "line": {"width": 1, "color": colour},
            "hovertemplate": f"%{{x:.4~s}}Hz<br>{hover('kramers_kronig_residual')}<extra>{words}</extra>",
        }
        for column, words, symbol, colour in (
            ("real_residual", "Z′", "circle", COLOURS[0]),
            ("imaginary_residual", "Z″", "square", COLOURS[1]),
        )
    ]
    largest, rms = (run.results.get(f"kramers_kronig_{which}_residual") for which in ("max", "rms"))
    summary = f"{run.name}: {table.height} points"
    if largest and rms:
        summary += f", up to {largest.value:.2%} of |Z|, rms {rms.value:.2%}; shaded: within 1 %"
    return figure(traces, layout, summary)


def rct_against_cycles(runs: Sequence[Shown]) -> Figure:
    """The charge-transfer resistance of each spectrum with its confidence interval; a group's means by a line."""
    traces: list[Trace] = []
    told = []
    there = [run for run in runs if run.after_cycle is not None and RCT in run.results]
    for group in dict.fromkeys(run.group for run in there):
        own = sorted((run for run in there if run.group == group), key=lambda run: run.after_cycle or 0)
        first = own[0]
        title = group or first.label
        title = f"{title}, simulated" if first.simulated else title
        cycles = np.array([run.after_cycle for run in own], dtype=float)
        values = np.array([run.results[RCT].value for run in own])
        low = np.array([run.results[RCT_LOW].value if RCT_LOW in run.results else np.nan for run in own])
        high = np.array([run.results[RCT_HIGH].value if RCT_HIGH in run.results else np.nan for run in own])
        histories = all(run.history for run in own)
        traces.append(
            {
                "type": "scatter",
                "mode": "markers",
                "name": title,
                "legendgroup": title,
                "x": typed(cycles),
                "y": typed(values, "float64"),
                "text": [run.label for run in own],
                "error_y": {
                    "type": "data",
                    "symmetric": False,
                    "array": typed(np.nan_to_num(high - values), "float64"),
                    "arrayminus": typed(np.nan_to_num(values - low), "float64"),
                    "thickness": 1.2,
                    "width": 4,
                    "color": first.colour,
                },
                "marker": {
                    "size": MARK + 2,
                    "symbol": "circle-open" if first.dashed else "circle",
                    "color": first.colour,
                },
                "hovertemplate": f"%{{text}}<br>{hover(RCT)}<extra></extra>",
                **({"meta": {"histories": True}, "customdata": [run.history for run in own]} if histories else {}),
            }
        )
        counts = np.unique(cycles)
        means = [Replicates.of(values[cycles == count].tolist()) for count in counts]
        if len(counts) > 1:
            traces.append(
                {
                    "type": "scatter",
                    "mode": "lines",
                    "name": f"{title}, mean",
                    "legendgroup": title,
                    "showlegend": False,
                    "x": typed(counts),
                    "y": typed([mean.mean for mean in means if mean], "float64"),
                    "line": {"width": LINE, "color": first.colour, **_dash(first)},
                    "hoverinfo": "skip",
                }
            )
        said = [
            f"{count:g} cycles {mean.text(quantity(RCT))}" for count, mean in zip(counts, means, strict=True) if mean
        ]
        told.append(f"{title}: {', '.join(said)} ohm")
    layout = {"xaxis": axis("cycle_count", rangemode="tozero"), "yaxis": axis(RCT, rangemode="tozero")}
    return figure(
        traces,
        layout,
        "; ".join(told),
        empty="No spectrum says after how many cycles it was measured, or none has a charge-transfer resistance.",
    )


def _spectrum(run: Shown) -> Spectrum | None:
    """The spectrum that was analysed."""
    table = run.table("spectrum")
    if table is None:
        return None
    chosen = Parameters.of(run.parameters)
    spectrum = spectrum_of(table, chosen.spectrum_count or 1, chosen.imaginary_sign)
    return spectrum if len(spectrum.frequency) else None


def _fitted(run: Shown) -> Spectrum | None:
    table = run.table("fit")
    if table is None:
        return None
    impedance = pl.DataFrame(table).select("real_impedance_ohm", "imaginary_impedance_ohm").to_numpy()
    return Spectrum(table["frequency_hertz"].to_numpy(), impedance[:, 0] + 1j * impedance[:, 1])


def _values(spectrum: Spectrum, name: str) -> np.ndarray:
    if name == "impedance_modulus_ohm":
        return np.abs(spectrum.impedance)
    return np.degrees(np.angle(spectrum.impedance))


def _looks(runs: Sequence[Shown]) -> list[tuple[str, str]]:
    """Colour and symbol: runs of one colour are told apart by the cycles before them, the most in full colour."""
    looks = []
    for run in runs:
        counts = sorted({other.after_cycle or 0 for other in runs if other.colour == run.colour})
        place = counts.index(run.after_cycle or 0)
        strength = 1.0 if len(counts) < 2 else PALEST + (1 - PALEST) * place / (len(counts) - 1)
        colour = run.colour if strength == 1.0 else faded(run.colour, round(strength, 2))
        looks.append((colour, SYMBOLS[place % len(SYMBOLS)]))
    return looks


def _summary(run: Shown, spectrum: Spectrum) -> str:
    low, high = spectrum.frequency.min(), spectrum.frequency.max()
    words = f"{run.name}: {len(spectrum.frequency)} points, {low:.3g} to {high:.3g} Hz"
    found = run.results.get(RCT)
    return f"{words}, R_ct {found.value:.4g} ohm" if found else words


def _dash(run: Shown) -> dict[str, str]:
    return {"dash": "dash"} if run.dashed else {}
