"""Units as instruments print them, and what they are in ours. Pure.

A unit comes from the words of a header ("Current(mA)", "I/mA", "Cap. [Ah]", "test_time_second"), never from the vendor.
"""

from __future__ import annotations

import re

PREFIXES = {"": 1.0, "n": 1e-9, "u": 1e-6, "µ": 1e-6, "μ": 1e-6, "m": 1e-3, "k": 1e3, "M": 1e6}

# base → the ways in which a header writes it (without prefix) → how many of the base it is.
SYMBOLS: dict[str, dict[str, float]] = {
    "V": {"V": 1, "Volt": 1, "Volts": 1, "volt": 1, "volts": 1},
    "A": {"A": 1, "Amp": 1, "Amps": 1, "amp": 1, "amps": 1, "Ampere": 1, "ampere": 1},
    "Ah": {
        **dict.fromkeys(
            ("Ah", "AH", "A.h", "A·h", "A*h", "A-h", "A h", "Amp-hr", "Amp-hrs", "amp-hr", "Amphr", "ah"), 1
        ),
        **dict.fromkeys(("As", "A.s", "A·s", "C", "Coulomb"), 1 / 3600),
    },
    "Wh": {
        **dict.fromkeys(
            ("Wh", "WH", "W.h", "W·h", "W*h", "W-h", "W h", "Watt-hr", "Watt-hrs", "watt-hr", "Watthr", "wh"), 1
        ),
        **dict.fromkeys(("Ws", "W.s", "W·s", "J", "Joule"), 1 / 3600),
    },
    "W": {"W": 1, "Watt": 1, "Watts": 1, "watt": 1},
    "s": {
        **dict.fromkeys(("s", "sec", "Sec", "secs", "S", "second", "seconds", "Second", "Seconds"), 1),
        **dict.fromkeys(("min", "Min", "mins", "minute", "minutes", "Minutes"), 60),
        **dict.fromkeys(("h", "hr", "hrs", "H", "hour", "hours", "Hour", "Hours", "Hr"), 3600),
        **dict.fromkeys(("d", "day", "days", "Days"), 86400),
    },
    "ohm": dict.fromkeys(("ohm", "Ohm", "OHM", "ohms", "Ohms", "Ω", "Ω", "O"), 1),
    "g": {"g": 1},
    "degC": dict.fromkeys(("degC", "C", "°C", "º C", "ºC", "° C", "℃", "?", "�", "�C", "Â°C", "celsius", "Celsius"), 1),
    "1": {"1": 1, "": 1, "#": 1},
}
# "mh" and "mC" are no milli-hours and no milli-degrees.
UNPREFIXED = {
    "s": [symbol for symbol, factor in SYMBOLS["s"].items() if factor != 1],
    "degC": SYMBOLS["degC"],
    "1": [""],
}
HEADER = (
    re.compile(r"^(?P<label>.*?)\s*[(\[{（](?P<unit>[^()\[\]{}（）]*)[)\]}）]\s*$"),
    re.compile(r"^(?P<label>.*\S)\s*/\s*(?P<unit>[^/\s]+)$"),
)


def factor(unit: str, base: str) -> float | None:
    """How many of the base one of this unit is: `factor("mA", "A")` is 0.001; None for what is no such unit."""
    unit = unit.strip().rstrip(".").replace("\u03bc", "µ")
    symbols = SYMBOLS[base]
    if unit in symbols:
        return float(symbols[unit])
    if base == "A" and unit in ("mAmp", "mAmps"):
        return 1e-3
    if unit[:1] in PREFIXES and unit[1:] in symbols and unit[1:] not in UNPREFIXED.get(base, ()):
        return PREFIXES[unit[0]] * symbols[unit[1:]]
    return None


def split_header(header: str) -> tuple[str, str]:
    """The words of a header and its unit: `"Chg. Cap.(Ah)"` → `("chg cap", "Ah")`; no unit is an empty string."""
    header = header.strip().strip("~\"'").strip()
    for form in HEADER:
        match = form.match(header)
        if match and words(match["label"]):
            return words(match["label"]), match["unit"].strip()
    return words(header), ""


def words(label: str) -> str:
    """A label in lower case, its marks and underscores as single blanks: `"Date_Time"` → `"date time"`."""
    return re.sub(r"[\s_.\-~#:'\"*]+", " ", label.lower()).strip()
