"""How impedances are shown, and what a person may choose for them. Pure."""

from __future__ import annotations

from cells.impedance import plots
from cells.impedance.analysis import DEFAULT_CIRCUIT, NEGATED, check
from labdb.ingest.presentation import Choice, Drawing, Presentation

CIRCUITS = (
    (DEFAULT_CIRCUIT, "two arcs and diffusion"),
    ("L0-R0-p(R1,CPE1)-p(R2,CPE2)-W1", "two arcs and diffusion, with inductance"),
    ("R0-p(R1,CPE1)-p(R2-W1,CPE2)", "an arc, and a Randles circuit"),
    ("R0-p(R1,CPE1)-p(R2,CPE2)-p(R3,CPE3)-W1", "three arcs and diffusion (solid state)"),
    ("R0-p(R1,CPE1)-W1", "one arc and diffusion"),
    ("R0-p(R1-W1,CPE1)", "Randles circuit"),
    ("R0-p(R1,CPE1)-p(R2,CPE2)", "two arcs"),
    ("R0-p(R1,CPE1)", "one arc"),
    ("R0-p(R1,CPE1)-CPE2", "one arc and a blocking electrode"),
)

IMPEDANCE = Presentation(
    drawings=(
        Drawing(
            "nyquist",
            "Nyquist plot",
            plots.nyquist,
            quantities=(
                "real_impedance_ohm",
                "negative_imaginary_impedance_ohm",
                "ohmic_resistance_ohm",
                "charge_transfer_resistance_ohm",
                "fit_rms_error",
            ),
            table="spectrum",
            about="marks: measured, lines: the fitted circuit",
        ),
        Drawing(
            "bode",
            "Bode plot",
            plots.bode,
            quantities=("impedance_modulus_ohm", "phase_degree", "frequency_hertz"),
            table="spectrum",
            about="marks: measured, lines: the fitted circuit",
        ),
        Drawing(
            "kramers-kronig",
            "Kramers-Kronig test",
            plots.kramers_kronig,
            quantities=("kramers_kronig_residual", "kramers_kronig_max_residual", "kramers_kronig_rms_residual"),
            table="kramers_kronig",
            single=True,
            about="what no linear, stable, causal system can show; above 1 to 2 % the spectrum is in doubt",
        ),
        Drawing(
            "rct-cycles",
            "Charge-transfer resistance against cycles",
            plots.rct_against_cycles,
            quantities=("charge_transfer_resistance_ohm", "cycle_count"),
            table="elements",
            about="bars: 95 % confidence intervals of the fits; lines: the means of a group",
        ),
    ),
    choices=(
        Choice(
            "circuit",
            "Circuit",
            kind="choice",
            help="empty: two arcs and diffusion",
            choices=tuple((text, f"{text}: {words}") for text, words in CIRCUITS),
        ),
        Choice(
            "circuit_text",
            "Own circuit",
            kind="text",
            help="in place of the one above: R, C, L, CPE, W, Wo, Ws with numbers; - in series, p(…,…) parallel",
        ),
        Choice(
            "rct_element",
            "Charge transfer is",
            kind="text",
            help="R2, say; empty: the resistor of the last arc before the diffusion",
        ),
        Choice(
            "frequency_low_hertz",
            "Fit from",
            unit="Hz",
            help="empty: from the lowest frequency",
            lowest=1e-9,
            highest=1e9,
        ),
        Choice(
            "frequency_high_hertz",
            "Fit to",
            unit="Hz",
            help="empty: to the highest that is not inductive",
            lowest=1e-9,
            highest=1e9,
        ),
        Choice(
            "spectrum_count",
            "Spectrum",
            kind="whole",
            help="of a file with several; empty: the first",
            lowest=1,
            highest=100_000,
        ),
        Choice(
            "imaginary_sign",
            "The file holds",
            kind="choice",
            help="empty: as its heads say, Im(Z) where they say nothing",
            choices=(("as_said", "what its heads say"), (NEGATED, "−Im(Z), and does not say so")),
        ),
    ),
    compared=(
        "charge_transfer_resistance_ohm",
        "ohmic_resistance_ohm",
        "polarisation_resistance_ohm",
        "high_frequency_intercept_ohm",
        "fit_rms_error",
        "kramers_kronig_max_residual",
    ),
    check=check,
)
