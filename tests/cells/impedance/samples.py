"""One spectrum, R0 = 2 ohm beside R1 = 10 ohm with C1 = 1 mF, in every maker's layout.

Z at ω = 2πf: 2 + 10 / (1 + jω·0.01 s); at 15.9155 Hz, ω·0.01 s is 1, and Z is 7 − 5j ohm.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

FREQUENCIES = 15.91549430918953 * 10 ** np.arange(2, -2.01, -0.25)  # Hz, 17 points, falling
IMPEDANCES = 2 + 10 / (1 + 2j * np.pi * FREQUENCIES * 0.01)
POINTS = list(zip(FREQUENCIES, IMPEDANCES.real, IMPEDANCES.imag, strict=True))
Rows = Sequence[tuple[float, float, float]]

MPT_SETTINGS = """
Run on channel : 1 (SN 1)
Acquisition started on : 03/02/2021 16:17:59.000
Device : SP-300 (SN 2)
"""


def mpt(points: Rows, loops: str = "") -> str:
    settings = f"Potentio Electrochemical Impedance Spectroscopy\n{MPT_SETTINGS}{loops}".splitlines()
    count = len(settings) + 4
    heads = "freq/Hz\tRe(Z)/Ohm\t-Im(Z)/Ohm\t|Z|/Ohm\ttime/s\t<Ewe>/V\t<I>/mA\tcycle number\t"
    rows = [
        f"{f:.9E}\t{re:.9E}\t{-im:.9E}\t{abs(complex(re, im)):.7E}\t{number}\t3.7\t0.5\t1.0\t"
        for number, (f, re, im) in enumerate(points)
    ]
    return "\n".join(["EC-Lab ASCII FILE", f"Nb header lines : {count}", "", *settings, heads, *rows]) + "\n"


def mpt_with_commas(points: Rows) -> str:
    head, _, rows = mpt(points).partition("cycle number\t")
    return f"{head}cycle number\t{rows.replace('.', ',')}"


def gamry(points: Rows, more: str = "") -> str:
    rows = [
        f"\t{number}\t{number}\t{f:.9g}\t{re:.9g}\t{im:.9g}\t1\t1\t0\t1E-6\t3.7\t9"
        for number, (f, re, im) in enumerate(points)
    ]
    head = [
        "EXPLAIN",
        "TAG\tEISPOT",
        "TITLE\tLABEL\tPotentiostatic EIS\tTest &Identifier",
        "DATE\tLABEL\t3/2/2021\tDate",
        "TIME\tLABEL\t16:17:59\tTime",
        "OCVCURVE\tTABLE\t1",
        "\tPt\tT\tVf",
        "\t#\ts\tV",
        "\t0\t0.25\t3.7",
        "ZCURVE\tTABLE",
        "\tPt\tTime\tFreq\tZreal\tZimag\tZsig\tZmod\tZphz\tIdc\tVdc\tIERange",
        "\t#\ts\tHz\tohm\tohm\tV\tohm\t°\tA\tV\t#",
    ]
    return "\n".join([*head, *rows]) + "\n" + more


def zplot(points: Rows, opening: str = '"ZPlotW Data File: Version 3.2c"') -> str:
    head = [
        opening,
        '"Raw Data"',
        "Date: 03-02-2021    Time: 16:17:59",
        f"0,3,0,1,{points[0][0]:.6g},{points[-1][0]:.6g}",
        str(len(points)),
        "\"  Freq(Hz)    Ampl     Bias   Time(Sec)   Z'(a)    Z''(b)    GD   Err   Range\"",
    ]
    rows = [f"{f:.9E}, 1.0E-02, 0.0E+00, 2.5E+00, {re:.9E}, {im:.9E}, 0.0, 0, 5" for f, re, im in points]
    return "\n".join([*head, *rows]) + "\n"


def zplot2(points: Rows) -> str:
    head = [
        "ZPLOT2 ASCII",
        "  Measured Data, ZPlot:       3.2c",
        "  Experiment Type:            Sweep Frequency, Control Voltage",
        "  Date:                       03-02-2021",
        "  Time:                       16:17:59",
        f"    vs Freq-Final:            {points[-1][0]:.6g}",
        f"  Data Points:                {len(points)}",
        "  Freq(Hz)\tAmpl\tBias\tTime(Sec)\tZ'(a)\tZ''(b)\tGD\tErr\tRange",
        "End Comments",
    ]
    rows = [f"{f:.9E}\t1E-02\t0E+00\t2.5\t{re:.9E}\t{im:.9E}\t0\t0\t3" for f, re, im in points]
    return "\n".join([*head, *rows]) + "\n"


def autolab(points: Rows) -> str:
    return zplot(points, '"Z60W Data File: Version 1.1"')


def versastudio(points: Rows) -> str:
    head = [
        "<Application>",
        "Name=VersaStudio",
        "Version=2.52.3.0",
        "</Application>",
        "<Action1>",
        f"End Frequency (Hz)={points[-1][0]:.6g}",
        "Name=Potentiostatic EIS",
        "</Action1>",
        "<Segment1>",
        "Type=2",
        "Definition=Segment #, Point #, E(V), I(A), Elapsed Time(s), Frequency(Hz), Z Real, Z Imag, ActionId",
    ]
    rows = [f"0,{number},3.7,1E-06,2,{f:.9g},{re:.9g},{im:.9g},21" for number, (f, re, im) in enumerate(points)]
    return "\n".join([*head, *rows, "</Segment1>"]) + "\n"


def parstat(points: Rows) -> str:
    heads = (
        "Potential (V)\tCurrent (A)\tElapsed Time (s)\tFrequency (Hz)\tZre (ohms)\tZim (ohms)\t|Vac| (V)\t|Iac| (A)\t"
    )
    direct = ["3.7\t-0.15\t10\t0\t0\t0\t0\t0\t"]
    rows = [f"3.7\t0.02\t20\t{f:.9g}\t{re:.9g}\t{im:.9g}\t0.01\t0.01\t" for f, re, im in points]
    return "\n".join([heads, *direct, *rows]) + "\n"


def powersuite(points: Rows) -> str:
    rows = [f"{f:.9g}\t {re:.9g}\t {im:.9g}\t" for f, re, im in points]
    return "\r\r\n".join(["Frequency\t Zre\t Zimg\t", *rows]) + "\r\r\n"


def chi(points: Rows) -> str:
    head = [
        "Mar. 2, 2021   16:17:59",
        "A.C. Impedance",
        "Instrument Model:  CHI660E",
        f"Low Frequency (Hz) = {points[-1][0]:.6g}",
        "",
        "Freq/Hz, Z'/ohm, Z\"/ohm, Z/ohm, Phase/deg",
        "",
    ]
    return "\n".join([*head, *(f"{f:.9e}, {re:.9e}, {im:.9e}, 1, 0" for f, re, im in points)]) + "\n"


def ivium(points: Rows) -> str:
    rows = [f"{f:.9E}\t{re:.9E}\t{im:.9E}" for f, re, im in points]
    return "\n".join(["freq. /Hz\tZ1 /ohm\tZ2 /ohm", *rows]) + "\n"


def nova(points: Rows) -> str:
    heads = "Index;Frequency (kHz);Z' (mΩ);-Z'' (mΩ);Z (Ω);-Phase (°)"
    rows = [
        f"{number};{f / 1e3:.12f};{re * 1e3:.9f};{-im * 1e3:.9f};1;0".replace(".", ",")
        for number, (f, re, im) in enumerate(points, start=1)
    ]
    return "\n".join([heads, *rows]) + "\n"


def ours(points: Rows) -> str:
    rows = [f"{f:.12g},{re:.12g},{im:.12g}" for f, re, im in points]
    return "\n".join(["frequency_hertz,real_impedance_ohm,imaginary_impedance_ohm", *rows]) + "\n"


def bare(points: Rows) -> str:
    return "".join(f"{f:.12g},{re:.12g},{im:.12g}\n" for f, re, im in points)


LAYOUTS: dict[str, Callable[[Rows], str]] = {
    "biologic-eis-mpt": mpt,
    "biologic-eis-mpt, decimal commas": mpt_with_commas,
    "gamry-dta": gamry,
    "zplot": zplot,
    "zplot, second layout": zplot2,
    "autolab-fra": autolab,
    "versastudio-par": versastudio,
    "parstat-text": parstat,
    "powersuite-text": powersuite,
    "chi-impedance": chi,
    "ivium-text": ivium,
    "impedance-table, NOVA": nova,
    "impedance-table": ours,
    "impedance-bare": bare,
}
