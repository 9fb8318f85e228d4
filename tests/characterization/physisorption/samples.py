"""One isotherm in the layout of every maker, written for tests.

Adsorption 0.1 and 0.2 mmol/g at p/p0 0.05 and 0.15, 0.3 at 0.3, 0.8 at 0.96; desorption 0.6 at 0.7, 0.35 at 0.4. The
sample weighs 500 mg, p0 is 100 kPa, the bath 77.3 K. In cm³(STP)/g, 0.1 mmol/g is 2.241397.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from tests.labdb.ingest.old_workbooks import write as write_xls

ADSORPTION = ((0.05, 0.1), (0.15, 0.2), (0.3, 0.3), (0.96, 0.8))
DESORPTION = ((0.7, 0.6), (0.4, 0.35))
POINTS = ADSORPTION + DESORPTION
CM3 = 22.41396954
TORR = 760 / 101.325  # of a kPa


def aif(path: Path) -> None:
    lines = ["# an archive", "data_gp_ncm", "_exptl_adsorptive N2", "_exptl_temperature 77.3", "_adsnt_sample_mass 500"]
    lines += ["_units_mass mg", "_units_temperature K", "_units_pressure bar", "_units_loading 'mmol/g'"]
    for side, points in (("adsorp", ADSORPTION), ("desorp", DESORPTION)):
        lines += ["loop_", f"_{side}_pressure", f"_{side}_p0", f"_{side}_amount"]
        lines += [f"{p} 1.0 {n}" for p, n in points]
    path.write_text("\n".join(lines) + "\n")


def micromeritics_xls(path: Path) -> None:
    cells: dict[tuple[int, int], float | str | bool] = {(1, 0): "ASAP 2460 3.01", (1, 1): "Unit 1", (1, 2): "Page 1"}
    cells |= {(4, 5): "Sample:", (4, 6): "GP-NCM", (5, 5): "Started:", (5, 6): "2025/03/02 下午 01:30:00"}
    cells |= {(6, 7): "Analysis adsorptive:", (6, 8): "N2", (7, 7): "Analysis bath temp.:", (7, 8): "-195.850 °C"}
    cells |= {(8, 5): "Sample mass:", (8, 6): "0.5000 g", (2, 0): "BET surface area:", (2, 1): "12.3 ± 0.1 m²/g"}
    heads = ["Relative Pressure (p/p°)", "Absolute Pressure (kPa)", "Quantity Adsorbed (cm³/g STP)"]
    heads += ["Elapsed Time (h:min)", "Saturation Pressure (kPa)"]
    cells[10, 5] = "Isotherm Tabular Report"
    cells |= {(12, 5 + n): head for n, head in enumerate(heads)} | {(13, 9): 100.0, (13, 8): "00:10"}
    for row, (p, n) in enumerate(POINTS, start=14):
        cells |= {(row, 5): p, (row, 6): p * 100, (row, 7): n * CM3, (row, 8): "00:20"}
    cells[30, 5] = 7.0  # another table below
    write_xls(path, {"Sheet1": cells})


def micromeritics_txt(path: Path) -> None:
    head = f"""
Micromeritics Instrument Corp.

  MicroActive 3.00    Gemini VII 2390 V1.03    Page 1

     Sample:    GP-NCM
   Operator:    XXXX

          Started:    25/03/2025 15:17:42    Analysis adsorptive:    N2
      Sample mass:    0.5000 g                  Free space diff.:    0.0451 cm³

                     Isotherm Tabular Report

   Relative       Absolute     Quantity    Elapsed    Saturation
   Pressure       Pressure     Adsorbed     Time       Pressure
    (p/p°)         (mmHg)      (mmol/g)    (h:min)      (mmHg)
-----
{"":54}{100 * TORR:10.6f}
"""
    rows = "".join(f"  {p:.9f}  {p * 100 * TORR:12.6f}  {n:10.5f}      02:11\n" for p, n in POINTS)
    rest = "\n\nMicromeritics Instrument Corp.\n\n  BET surface area:    12.3 ± 0.1 m²/g\n  C:  -1.#IND\n"
    path.write_bytes((head + rows + rest).replace("\n", "\r\n").encode("utf-16"))


def micromeritics_csv(path: Path) -> None:
    head = ";".join(["Relative Pressure (p/p°)", "Quantity Adsorbed (cm³/g STP)"] * 2)
    lines = [head]
    for row, (p, n) in enumerate(ADSORPTION):
        other = f"{DESORPTION[row][0]};{DESORPTION[row][1] * CM3}" if row < len(DESORPTION) else ";"
        lines.append(f"{p};{n * CM3};{other}".replace(".", ","))
    path.write_bytes(("\r\n".join(lines) + "\r\n").encode("latin-1"))


def quantachrome(path: Path, mass: str = "0.5 g") -> None:
    head = f"""                        Quantachrome® ASiQwin- Automated Gas Sorption Data
                                     Acquisition and Reduction
                               © 1994-2012, Quantachrome Instruments
                                            version 3.0

Analysis                                          Report
Operator:      Ada            Date:2025/03/02 19:56Operator:ada                 Date:2025/05/06
Sample ID:     GP-NCM              Filename:     GP-NCM.raw
Sample Desc:   GP-NCM              Comment:
Outgas Time:   24.0 hrs            Outgas Temp:   120.0 °C            Sample Weight: {mass}
Analysis gas:  Nitrogen            Molec. Wt:     28.0134 g           Non-ideality:  6.58e-05 1/Torr
Analysis Time: 2070.6 min          Instrument:    Autosorb Station 1  Bath temp.:    77.3 K

      Press            P0         Volume @ STP        Time             Tol             Equ

      Torr            Torr             cc              min

"""
    rows = "".join(
        f"       {p * 100 * TORR:<14.6f}{100 * TORR:<10.4f}{n * CM3 / 2:<20.6f}0.0             5               2\n"
        for p, n in POINTS
    )
    path.write_bytes((head + rows).encode("latin-1"))


BELSORP_PAIRS = (
    ("Date of measurement", "25/03/02", ""),
    ("COMMENT1", "GP-NCM", ""),
    ("Serial number", "00218", ""),
    ("Sample weight", "5.0000E-01", "[g]"),
    ("Adsorptive", "N2", ""),
    ("Adsorption temperature", "77.300", "[K]"),
    ("Number of adsorption data point :", "4", ""),
    ("Number of desorption data point :", "2", ""),
)
BELSORP_COLUMNS = ["No", "pe/kPa", "p0/kPa", "p/p0", "Va/cm^3(STP) g^-1"]


def belsorp_rows(points: tuple[tuple[float, float], ...]) -> list[list[float]]:
    return [[float(n), p * 100, 100.0, p, amount * CM3] for n, (p, amount) in enumerate(points, start=1)]


def belsorp_csv(path: Path) -> None:
    lines = [",".join(pair).rstrip(",") for pair in BELSORP_PAIRS]
    lines += ["", ",".join(BELSORP_COLUMNS), "ADS", *(",".join(map(str, row)) for row in belsorp_rows(ADSORPTION))]
    lines += ["DES", *(",".join(map(str, row)) for row in belsorp_rows(DESORPTION))]
    path.write_text("\n".join(lines) + "\n")


def belmaster_csv(path: Path) -> None:
    """The newer program: other words, mol per gram."""
    words = {"Sample weight": "Sample mass", "Serial number": "S/N", "Date of measurement": "Analysis date"}
    lines = [",".join([words.get(label, label), value, unit]) for label, value, unit in BELSORP_PAIRS]
    lines += ["", "No,pe/ kPa,p0/ kPa,p/p0,na/mol g^-1"]
    for mark, points in (("ADS", ADSORPTION), ("DES", DESORPTION)):
        lines += [mark, *(f"{n},{p * 100},100,{p},{amount / 1000}" for n, (p, amount) in enumerate(points, start=1))]
    path.write_text("\n".join(lines) + "\n")


def belsorp_dat(path: Path) -> None:
    path.write_text(dat("Adsorptive:", "Meas. Temp./K:", "Sample weight/g:", "Adsorption data", "Desorption data"))


def belsorp_dat_japanese(path: Path) -> None:
    text = dat("吸着質名称：", "吸着温度／Ｋ：", "サンプル質量／ｇ：", "吸着データ", "脱着データ")
    path.write_bytes(text.encode("cp932"))


def dat(gas: str, bath: str, mass: str, adsorption: str, desorption: str) -> str:
    rule = "===================="
    lines = [rule, " System property Ver1.2.6", rule, '"Instrument S/N:"\t00218', rule, " Measurement condition", rule]
    lines += [f'"{gas}"\tN2', f'"{bath}"\t77.30', f'"{mass}"\t0.50000', '"Comment1:"\t"GP-NCM"']
    for title, points in ((adsorption, ADSORPTION), (desorption, DESORPTION)):
        lines += [rule, f" {title}", rule, '"No."\t"Pe/kPa"\t"P0/kPa"\t"Vd/ml"\t"V/ml(STP) g-1"']
        lines += [f"{n}\t{p * 100:.4f}\t100.00\t31.7\t{amount * CM3:.6f}" for n, (p, amount) in enumerate(points, 1)]
        lines += ["0\t0\t0\t0\t0"]
    return "\n".join(lines) + "\n"


def belsorp_xls(path: Path) -> None:
    cells: dict[tuple[int, int], float | str | bool] = {}
    for row, (label, value, unit) in enumerate(BELSORP_PAIRS):
        cells |= {(row, 0): label, (row, 2): value, (row, 3): unit}
    row = len(BELSORP_PAIRS) + 1
    cells |= {(row, column): label for column, label in enumerate(BELSORP_COLUMNS)}
    for mark, points in (("ADS", ADSORPTION), ("DES", DESORPTION)):
        row += 1
        cells[row, 0] = mark
        for values in belsorp_rows(points):
            row += 1
            cells |= {(row, column): value for column, value in enumerate(values)}
    write_xls(path, {"AdsDes": {at: value for at, value in cells.items() if value != ""}})


def threep(path: Path) -> None:
    import openpyxl

    book = openpyxl.Workbook()
    about, points = book.active, book.create_sheet("Isotherm")
    about.title = "Summary"
    for row in (("Charge Name", "GP-NCM"), ("Adsorbate", "N2"), ("Sample Weight", "0,5000(g)")):
        about.append(row)
    about.append(("BET Surface Area:", "12,3"))
    points.append(["Charge NumberGP-NCM"])
    points.append(["ID", "p (kPa)", "p/p0", "V (cm³/g STP)", "p0 (kPa)", "Time"])
    for n, (p, amount) in enumerate(ADSORPTION, start=1):
        points.append([n, p * 100, p, amount * CM3, 100.0, "11:43:27"])
    points.append(["---"] * 6)
    for n, (p, amount) in enumerate(DESORPTION, start=1):
        points.append([n, p * 100, p, amount * CM3, 100.0, "12:43:27"])
    book.save(path)


def pygaps_csv(path: Path) -> None:
    """The loading stands before the pressure."""
    lines = [
        "file_version,3.0",
        "pressure_mode,absolute",
        "pressure_unit,bar",
        "material_basis,mass",
        "material_unit,g",
    ]
    lines += ["loading_basis,molar", "loading_unit,mmol", "temperature_unit,K", "adsorbate,nitrogen", "material,GP-NCM"]
    lines += ["temperature,77.355", "data:[pressure,loading,branch,(otherdata)]", "loading(mmol),pressure(bar),branch"]
    bar = 1.013212494  # p0 of nitrogen at 77.355 K by the equation of Span and others
    lines += [f"{n},{p * bar},ads" for p, n in ADSORPTION] + [f"{n},{p * bar},des" for p, n in DESORPTION]
    path.write_text("\n".join(lines) + "\n")


def pygaps_json(path: Path) -> None:
    points: list[dict[str, float | str]] = [{"loading": n, "pressure": p} for p, n in ADSORPTION]
    points += [{"loading": n, "pressure": p, "branch": "des"} for p, n in DESORPTION]
    said = {
        "adsorbate": "N2",
        "temperature": 77.3,
        "pressure_mode": "relative",
        "pressure_unit": None,
        "material": "GP",
    }
    path.write_text(
        json.dumps({"isotherm_data": points, "loading_unit": "mmol", "material_unit": "g", **said}, indent=1)
    )


def pygaps_xls(path: Path) -> None:
    said: dict[str, float | str] = {
        "Material name": "GP-NCM",
        "Experiment temperature (K)": 77.3,
        "Adsorbate used": "nitrogen",
    }
    said |= {"Pressure mode": "relative%", "Loading basis": "molar", "Loading unit": "mol", "Material unit": "kg"}
    cells: dict[tuple[int, int], float | str | bool] = {}
    for row, (label, value) in enumerate(said.items()):
        cells |= {(row, 0): label, (row, 1): value}
    cells |= {(8, 0): "pressure", (8, 1): "loading", (8, 2): "branch"}
    sides = [(point, "ads") for point in ADSORPTION] + [(point, "des") for point in DESORPTION]
    for row, ((p, n), side) in enumerate(sides, start=9):
        cells |= {(row, 0): p * 100, (row, 1): n, (row, 2): side}
    write_xls(path, {"data": cells, "otherdata": {(0, 0): "user", (0, 1): "PI"}})


# Layout → its writer, the reader that takes it, and whether it says mass, bath and gas.
LAYOUTS: dict[str, tuple[Callable[[Path], None], str, float | None, float | None, str | None]] = {
    "archive.aif": (aif, "aif", 500.0, 77.3, "nitrogen"),
    "report.xls": (micromeritics_xls, "micromeritics-xls", 500.0, 77.3, "nitrogen"),
    "report.TXT": (micromeritics_txt, "micromeritics-text", 500.0, None, "nitrogen"),
    "plot.csv": (micromeritics_csv, "micromeritics-csv", None, None, None),
    "raw.txt": (quantachrome, "quantachrome-text", 500.0, 77.3, "nitrogen"),
    "bel.csv": (belsorp_csv, "belsorp-csv", 500.0, 77.3, "nitrogen"),
    "master.csv": (belmaster_csv, "belsorp-csv", 500.0, 77.3, "nitrogen"),
    "bel.DAT": (belsorp_dat, "belsorp-dat", 500.0, 77.3, "nitrogen"),
    "japanese.DAT": (belsorp_dat_japanese, "belsorp-dat", 500.0, 77.3, "nitrogen"),
    "bel.xls": (belsorp_xls, "belsorp-xls", 500.0, 77.3, "nitrogen"),
    "3p.xlsx": (threep, "3p-xlsx", 500.0, None, "nitrogen"),
    "pygaps.csv": (pygaps_csv, "pygaps-csv", None, 77.355, "nitrogen"),
    "pygaps.json": (pygaps_json, "pygaps-json", None, 77.3, "nitrogen"),
    "pygaps.xls": (pygaps_xls, "pygaps-xls", None, 77.3, "nitrogen"),
}
