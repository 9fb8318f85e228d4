"""Small files in the layouts of the instruments, written here: ten records of 25 … 34 °C, one a minute."""

from __future__ import annotations

import io
import struct
import zipfile

import numpy as np

MINUTE = np.arange(10.0)
CELSIUS = 25 + MINUTE
HEAT_MW = np.array([1.0, 1.1, 1.2, 1.3, 1.4, 1.5, 1.6, 1.7, 1.8, 1.9])
MASS_MG = 5 - MINUTE / 100


def netzsch(columns: str = "Temp./°C;Time/min;DSC/(mW/mg)", rows: list[str] | None = None, **header: str) -> bytes:
    """A Proteus export; `header` replaces or adds lines, `__` in a name is a blank."""
    told = {"EXPORTTYPE": "DATA SINGLE", "DECIMAL": "POINT", "SEPARATOR": "SEMICOLON", "SAMPLE": "charged NCM",
            "SAMPLE MASS /mg": "5", "DATE/TIME": "02.03.2026 10:53"}  # fmt: skip
    told |= {key.replace("__", " "): value for key, value in header.items()}
    lines = [f"#{key}:{value}" for key, value in told.items()]
    values = [f"{c:.5f};{m:.5f};{h / 5:.5f}" for c, m, h in zip(CELSIUS, MINUTE, HEAT_MW, strict=True)]
    return "\r\n".join([*lines, "", f"##{columns}", *(rows or values), ""]).encode("latin-1")


def ta(signal: str = "Heat Flow (mW)", values: np.ndarray = HEAT_MW, exotherm: str = "") -> bytes:
    lines = ["CLOSED", "Version\t2.0", "Sample\tcharged NCM", "Size\t 5.0000\tmg", "Nsig\t3"]
    lines += [f"Exotherm\t{exotherm}"] if exotherm else []
    lines += ["Sig1\tTime (min)", "Sig2\tTemperature (°C)", f"Sig3\t{signal}", "Date\t2026-03-02", "Time\t10:53:00"]
    lines += ["OrgMethod\t1: Ramp 1.00 °C/min to 34.00 °C", "StartOfData", "-3.000000\t1.000000\t0.0000000"]
    lines += [f"{m:.6f}\t{c:.5f}\t{v:.6f}" for m, c, v in zip(MINUTE, CELSIUS, values, strict=True)]
    lines += ["-1.000000\t34.00000\t0.0000000", ""]
    return "\r\n".join(lines).encode("utf-16")


def mettler(unit: str = "mW", values: np.ndarray = HEAT_MW, about: str = "Heat Flow") -> bytes:
    lines = ["Title" + " " * 50 + "02.03.2026 11:10", "_" * 80, "", "Curve Name:", "  charged NCM, 02.03.2026 10:53:00"]
    lines += ["  Performed 02.03.2026 10:53:00", f"  {about}", "Curve Values:"]
    lines += [f"{'Index':>15}{'t':>15}{'Ts':>15}{'Tr':>15}{'Value':>15}"]
    lines += [" " * 15 + f"{'[s]':>15}{'[°C]':>15}{'[°C]':>15}{f'[{unit}]':>15}"]
    lines += [
        f"{n:>15}{m * 60:>15g}{c:>15g}{c + 1:>15g}{v:>15g}"
        for n, (m, c, v) in enumerate(zip(MINUTE, CELSIUS, values, strict=True))
    ]
    lines += ["", "", "Results:", "Sample:", "  charged NCM, 5.0000 mg", "", "_" * 80, "Not signed  STARe SW 13.00"]
    return "\r\n".join(lines).encode("latin-1")


def perkinelmer_csv(signal: str = "Heat Flow", values: np.ndarray = HEAT_MW, baseline: float = 0.0) -> bytes:
    lines = [f"Time,Unsubtracted {signal},Baseline {signal},Program Temperature,Sample Temperature,Approx. Gas Flow, "]
    lines += [
        f"{m:.6f},{v:.6f},{baseline:.6f},{c:.6f},{c:.6f},20.000000, "
        for m, c, v in zip(MINUTE, CELSIUS, values, strict=True)
    ]
    return ("\r\n".join(lines) + "\r\n").encode()


def perkinelmer_report(values: np.ndarray = HEAT_MW) -> bytes:
    lines = ["Filename:\tC:\\data\\a.ds8d ", "Sample ID:\tcharged NCM ", "Data Collected:\t23/12/2026 12:18:26 "]
    lines += ["Sample Weight:\t5.000 mg ", f"Total Points in Run:\t{len(values)} ", "1) DSC 8500 Isothermal "]
    lines += ["\tTime     \tUnsubtracted\tBaseline     \tProgram     \tSample      "]
    lines += ["\t          \tHeat Flow     \tHeat Flow     \tTemperature\tTemperature "]
    rows = [f"\t{m:.6f}\t{v:.6f}\t0.000000\t{c:.6f}\t{c:.6f} " for m, c, v in zip(MINUTE, CELSIUS, values, strict=True)]
    lines += [*rows[:5], "2) DSC 8500 Temperature Scan ", *rows[5:], " ", " ", "Software Version\t13.4.0.0036 ", ""]
    return "\r\n".join(lines).encode("latin-1")


def pfeiffer() -> bytes:
    """Two channels, the second read half a minute after the first; at 60 s × n they are n and 10 n (1e-12 mbar)."""
    head = ["Sourcefile\ta.amp", "", "Start Time\t28/11/2026 13:51:12", "", "\t\t18\t\t\tOxygen\t"]
    head += ["\t".join(["Time\tTime Relative [s]\tPartial Pressure [mbar]"] * 2)]
    clock = "28/11/2026 13:51:12"
    rows = [
        f"{clock}\t{60 * n:.3f}\t{n * 1e-12:.6e}\t{clock}\t{60 * n + 30:.3f}\t{(n + 0.5) * 1e-11:.6e}".replace(
            "e-", "e-0"
        )
        for n in range(10)
    ]
    return "\r\n".join([*head, *rows]).encode()


def plain(
    head: str = "Time (min),Temperature (°C),Heat Flow (mW)", values: np.ndarray = HEAT_MW, above: str = ""
) -> bytes:
    rows = [f"{m:g},{c:g},{v:g}" for m, c, v in zip(MINUTE, CELSIUS, values, strict=True)]
    return (above + "\n".join([head, *rows]) + "\n").encode()


# --- NETZSCH's binary: a writer of its tables, see characterization/thermal/readers/netzsch_binary.py ---------------

MARK = struct.pack("<i", -1000)


def ngb(
    *, mass: bool = True, dsc: bool = True, sample_mass_mg: float | None = 5.0, measurements: int = 1, kind: int = 5
) -> bytes:
    """A container with ten records in two segments."""
    channels = {6028: MINUTE, 6029: CELSIUS}
    channels |= {6030: HEAT_MW} if dsc else {}
    channels |= {6032: MASS_MG - 5} if mass else {}
    measured = {number: {30000: {3904: values[:4]}, 30001: {3904: values[4:]}} for number, values in channels.items()}
    records = {6005: {7020: {30000 + number: measured for number in range(measurements)}}}
    sample = {2112: "charged NCM"} | ({} if sample_mass_mg is None else {3230: sample_mass_mg})
    about = {6002: {2101: "Ada", 2110: 1_772_445_180}, 6005: {4185: "STA449F3"}, 7116: {30000: sample}}
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("Streams/stream_1.table", _stream(about, kind))
        archive.writestr("Streams/stream_2.table", _stream(records, kind))
    return packed.getvalue()


def _stream(tree: dict, kind: int) -> bytes:
    body = _table(tree, kind)
    head = b"\x00\x00Netzsch TA file\x00".ljust(0x50, b"\x00")
    return (head + struct.pack("<HHII", 0xFFFF, 1, 0x60, len(body))).ljust(0x60, b"\x00") + body


def _table(tree: dict, kind: int) -> bytes:
    columns = struct.pack("<IHIiHIiH", 1, 2, 1, -1000, 3, 1, -1001, 12)
    keys = struct.pack("<HIIHi", 1, 1, 1, 1, -1000)
    rows = b"".join(
        struct.pack("<IHIHi", 1, 2, 1, 3, -1000)
        + struct.pack("<BBBi", 3, 0x80, 1, number)
        + struct.pack("<IHi", 1, 12, -1001)
        + _value(value, kind)
        for number, value in tree.items()
    )
    return struct.pack("<HHI", 2, 0x8000, 3011) + columns + keys + struct.pack("<H", len(tree)) + rows


def _value(value, kind: int) -> bytes:
    if isinstance(value, dict):
        mark = struct.pack("<HHH", 0xFFFF, 1, 8) + b"CDbTable"
        return struct.pack("<BBB", 26, 0x80, 1) + mark + _table(value, kind)
    if isinstance(value, np.ndarray):
        array = value.astype({4: "<f4", 5: "<f8"}.get(kind, "<f8"))
        return struct.pack("<BBBI", kind, 0xA0, 1, len(array)) + array.tobytes()
    if isinstance(value, str):
        return struct.pack("<BBB", 31, 0x80, 1) + b"\xff\xfe\xff" + bytes([len(value)]) + value.encode("utf-16-le")
    if isinstance(value, int):
        return struct.pack("<BBBi", 3, 0x80, 1, value)
    return struct.pack("<BBBd", 5, 0x80, 1, value)


MASS_ROWS = [f"{c:.5f};{m:.5f};{g * 20:.5f}" for c, m, g in zip(CELSIUS, MINUTE, MASS_MG, strict=True)]

# Every layout as name → bytes, and the technique that it is.
SAMPLES: dict[str, tuple[bytes, str]] = {
    "netzsch dsc.txt": (netzsch(), "dsc"),
    "netzsch tg.txt": (netzsch("Temp./°C;Time/min;Mass/%", MASS_ROWS), "tga"),
    "sta.ngb-ss3": (ngb(), "dsc"),
    "tg.ngb-st9": (ngb(dsc=False), "tga"),
    "ta dsc.txt": (ta(), "dsc"),
    "ta tga.txt": (ta("Weight (mg)", MASS_MG), "tga"),
    "mettler dsc.txt": (mettler(), "dsc"),
    "mettler tga.txt": (mettler("mg", MASS_MG, "Sample Weight"), "tga"),
    "pyris dsc.csv": (perkinelmer_csv(), "dsc"),
    "pyris tga.csv": (perkinelmer_csv("Weight", MASS_MG), "tga"),
    "pyris dsc.txt": (perkinelmer_report(), "dsc"),
    "quadera.asc": (pfeiffer(), "tga"),
    "plain dsc.csv": (plain(), "dsc"),
    "plain tga.csv": (plain("Time (min),Temperature (°C),Weight (mg)", MASS_MG), "tga"),
}  # fmt: skip
