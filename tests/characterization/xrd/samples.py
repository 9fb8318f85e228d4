"""Small patterns in every layout that is read, written by us; where a layout was seen, in its words."""

from __future__ import annotations

import struct
import zipfile
from pathlib import Path

import numpy as np

# 41 points from 20° to 24° in steps of 0.1°, a triangle of counts on 100 with its top of 500 at 22°.
TWO_THETA = 20 + 0.1 * np.arange(41)
COUNTS = 100.0 + 20 * (20 - np.abs(np.arange(41) - 20))


def xrdml(path: Path, **changes: str) -> Path:
    """Schema 2.0; `changes` are texts to put in place of the ones marked in the code below."""
    texts = {
        "wavelength": '<usedWavelength intended="K-Alpha"><kAlpha1 unit="Angstrom">1.5405980</kAlpha1>'
        '<kAlpha2 unit="Angstrom">1.5444260</kAlpha2><kBeta unit="Angstrom">1.3922500</kBeta>'
        "<ratioKAlpha2KAlpha1>0.5000</ratioKAlpha2KAlpha1></usedWavelength>",
        "axis": "Gonio",
        "values": f'<counts unit="counts">{" ".join(f"{count:.0f}" for count in COUNTS)}</counts>',
        "positions": '<positions axis="2Theta" unit="deg"><startPosition>20.0</startPosition>'
        "<endPosition>24.0</endPosition></positions>",
        "status": "Completed",
        "more": "",
    } | changes
    scan = f"""<scan appendNumber="0" mode="Continuous" scanAxis="{texts["axis"]}" status="{texts["status"]}">
<header><startTimeStamp>2024-03-08T11:13:20-06:00</startTimeStamp><author><name>Ada</name></author>
<source><applicationSoftware version="6.0a">Data Collector</applicationSoftware></source></header>
<dataPoints>{texts["positions"]}<commonCountingTime unit="seconds">12.5</commonCountingTime>
{texts["values"]}</dataPoints>
</scan>"""
    path.write_text(
        f"""<?xml version="1.0" encoding="UTF-8"?>
<xrdMeasurements xmlns="http://www.xrdml.com/XRDMeasurement/2.0" status="Completed">
<sample type="To be analyzed"><id>GP-1</id><name></name></sample>
<xrdMeasurement measurementType="Scan" status="Completed" sampleMode="Reflection">{texts["wavelength"]}
<incidentBeamPath><xRayTube name="Cu LFF"><tension unit="kV">45</tension><anodeMaterial>Cu</anodeMaterial></xRayTube>
<monochromator name="Johansson"/></incidentBeamPath>{scan}{texts["more"]}</xrdMeasurement></xrdMeasurements>""",
        encoding="utf-8",
    )
    return path


def second_scan(start: float, end: float) -> str:
    return (
        '<scan appendNumber="1" scanAxis="Gonio" status="Completed"><dataPoints><positions axis="2Theta" unit="deg">'
        f"<startPosition>{start}</startPosition><endPosition>{end}</endPosition></positions>"
        '<commonCountingTime unit="seconds">12.5</commonCountingTime>'
        f'<counts unit="counts">{" ".join(["50"] * 11)}</counts></dataPoints></scan>'
    )


def panalytical_csv(path: Path, delimiter: str = ",", points: int = 41) -> Path:
    mark = "," if delimiter == ";" else "."

    def number(value: float, decimals: int) -> str:
        return f"{value:.{decimals}f}".replace(".", mark)

    head = {
        "Sample identification": "GP-1",
        "Anode material": "Cu",
        "K-Alpha1 wavelength": number(1.540598, 7),
        "K-Alpha2 wavelength": number(1.544426, 7),
        "Ratio K-Alpha2/K-Alpha1": number(0.5, 3),
        "File date and time": "20/May/2021 15:55",
        "Scan axis": "Gonio",
        "No. of points": str(points),
        "Time per step": number(50.165, 3),
    }
    lines = ["[Measurement conditions]", *(f"{key}{delimiter}{value}" for key, value in head.items())]
    lines += ["[Scan points]", f"Angle{delimiter}Intensity"]
    lines += [f"{number(x, 9)}{delimiter}{number(y, 1)}" for x, y in zip(TWO_THETA, COUNTS, strict=True)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def columns(
    path: Path, head: str = "", form: str = "{:.4f} {:.3f}", end: str = "\n", comma: str = ".", sd: bool = False
) -> Path:
    rows = []
    for x, y in zip(TWO_THETA, COUNTS, strict=True):
        rows.append(form.format(x, y, y**0.5) if sd else form.format(x, y))
    text = "\n".join(rows)
    path.write_text(head + (text.replace(".", comma) if comma != "." else text) + end, encoding="utf-8")
    return path


def gsas(path: Path, kind: str = "STD") -> Path:
    if kind == "STD":
        fields = [f"  {count:6.0f}" for count in COUNTS]
        per_line = 10
    elif kind == "ESD":
        fields = [f"{value:8.2f}" for count in COUNTS for value in (count, count**0.5)]
        per_line = 10
    else:
        fields = [f"{100 * x:12.4f}{y:12.4f}{y**0.5:12.4f}\n" for x, y in zip(TWO_THETA, COUNTS, strict=True)]
    lines = ["Layered oxide, Cu Ka".ljust(80)]
    lines.append(f"BANK 1  41 5 CONST 2000.0 10.0 0 0 {kind}".ljust(80))
    if kind == "FXYE":
        path.write_text("\n".join(lines) + "\n" + "".join(fields), encoding="utf-8")
        return path
    while len(fields) % per_line:
        fields.append(" " * 7 + "0")
    lines += ["".join(fields[at : at + per_line]) for at in range(0, len(fields), per_line)]
    path.write_text("\r\n".join(lines) + "\r\n", encoding="utf-8")
    return path


def ras(
    path: Path, unit: str = "counts", factors: tuple[float, float] = (1.0, 1.0), axis: str = "TwoThetaTheta"
) -> Path:
    rows = "".join(
        f"{x:.4f} {y:.4f} {factors[0] if number < 20 else factors[1]:.4f}\r\n"
        for number, (x, y) in enumerate(zip(TWO_THETA, COUNTS, strict=True))
    )
    head = {
        "FILE_OPERATOR": "Ada",
        "FILE_SAMPLE": "GP-1",
        "HW_XG_TARGET_NAME": "Cu",
        "HW_XG_WAVE_LENGTH_ALPHA1": "1.540593",
        "HW_XG_WAVE_LENGTH_ALPHA2": "1.544414",
        "MEAS_COND_XG_WAVE_TYPE": "Ka",
        "MEAS_DATA_COUNT": "41",
        "MEAS_SCAN_AXIS_X": axis,
        "MEAS_SCAN_SPEED": "6.0000",
        "MEAS_SCAN_SPEED_UNIT": "deg/min",
        "MEAS_SCAN_START_TIME": "11/21/2017 08:32:31",
        "MEAS_SCAN_STEP": "0.1000",
        "MEAS_SCAN_UNIT_Y": unit,
    }
    keys = "".join(f'*{key} "{value}"\r\n' for key, value in head.items())
    text = f"*RAS_DATA_START\r\n*RAS_HEADER_START\r\n{keys}*RAS_HEADER_END\r\n*RAS_INT_START\r\n{rows}*RAS_INT_END\r\n"
    path.write_bytes((text + "*RAS_DATA_END\r\n").encode("latin-1"))
    return path


def rasx(path: Path, wave: str = "Ka1") -> Path:
    rows = "".join(f"{x:.4f}\t{y:.0f}\t1\r\n" for x, y in zip(TWO_THETA, COUNTS, strict=True))
    conditions = f"""<?xml version="1.0" encoding="utf-8"?><MeasurementConditions><GeneralInformation>
<Operator>Ada</Operator><SampleName>GP-1</SampleName><SystemName>SmartLab</SystemName></GeneralInformation>
<HWConfigurations><Categories><Category Name="IncidentMonochromator" SelectedUnit="Ge(220)x2" /></Categories>
<XrayGenerator>
<TargetName>Cu</TargetName><WaveType>{wave}</WaveType><WavelengthKalpha1>1.540593</WavelengthKalpha1>
<WavelengthKalpha2>1.544414</WavelengthKalpha2></XrayGenerator></HWConfigurations><ScanInformation>
<AxisName>TwoThetaTheta</AxisName><Step>0.1</Step><Speed>6</Speed><SpeedUnit>deg/min</SpeedUnit>
<IntensityUnit>cps</IntensityUnit><DataCount>41</DataCount></ScanInformation></MeasurementConditions>"""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("Data0/Profile0.txt", "\ufeff" + rows)
        archive.writestr("Data0/MesurementConditions0.xml", conditions)
        archive.writestr("root.xml", "<Root/>")
    return path


def brml(path: Path, ranges: tuple[tuple[float, int], ...] = ((20.0, 41),)) -> Path:
    """Ranges as (first angle, points), each in a RawData member of its own."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        names = [f"Experiment0/RawData{number}.xml" for number in range(len(ranges))]
        listed = "".join(f"<string>{name}</string>" for name in names)
        archive.writestr(
            "Experiment0/DataContainer.xml",
            f"<DataContainer><CreatingVersion>7.5</CreatingVersion><RawDataReferenceList>{listed}</RawDataReferenceList>"
            '<MeasurementInfo UserName="Ada" SampleName="GP-1"/></DataContainer>',
        )
        for name, (first, points) in zip(names, ranges, strict=True):
            rows = "".join(
                f"<Datum>12.5,1,{first + 0.1 * at:.4f},{(first + 0.1 * at) / 2:.4f},{COUNTS[at % 41]:.0f}</Datum>"
                for at in range(points)
            )
            archive.writestr(
                name,
                f"""<RawData xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
<TimeStampStarted>2025-02-26T10:47:52.87+00:00</TimeStampStarted><DataRoutes><DataRoute RouteFlag="Measured">
<ScanInformation VisibleName="Coupled TwoTheta/Theta"><MeasurementPoints>{points}</MeasurementPoints>
<TimePerStepEffective>12.5</TimePerStepEffective></ScanInformation>{rows}<DataViews>
<RawDataView Start="0" Length="1" xsi:type="FixedRawDataView"/>
<RawDataView Start="1" Length="1" xsi:type="FixedRawDataView"/>
<RawDataView xsi:type="VaryingRawDataView" Start="2" Length="2"><Varying>
<FieldDefinitions FieldName="TwoTheta" AxisId="TwoTheta"/>
<FieldDefinitions FieldName="Theta" AxisId="Theta"/></Varying></RawDataView>
<RawDataView xsi:type="RecordedRawDataView" Start="4" Length="1"/></DataViews></DataRoute></DataRoutes>
<FixedInformation><Instrument><Tube><WaveLengthAlpha1 Unit="A" Value="1.5406"/>
<WaveLengthAlpha2 Unit="A" Value="1.54439"/><WaveLengthRatio Unit="" Value="0.5"/><TubeMaterial>Cu</TubeMaterial>
</Tube></Instrument></FixedInformation></RawData>""",
            )
    return path


def raw4(path: Path, anode: bytes = b"Cu") -> Path:
    """RAW4.00 of one range, its records as the head of `bruker_raw.py` says."""
    head = bytearray(61)
    head[:7], head[12:22], head[24:32] = b"RAW4.00", b"11/21/2017", b"08:32:31"
    struct.pack_into("<4I", head, 36, 1, 1, 1, 0)
    text = struct.pack("<II4x24s", 10, 40, b"SAMPLEID") + b"GP-1"
    tube = bytearray(136)
    struct.pack_into("<II", tube, 0, 30, 136)
    struct.pack_into("<5d", tube, 72, 1.5418, 1.5406, 1.54439, 1.39222, 0.5)
    tube[116 : 116 + len(anode)] = anode
    drive = bytearray(64)
    struct.pack_into("<III", drive, 0, 50, 64, 1)
    drive[12:18] = b"2Theta"
    struct.pack_into("<d", drive, 56, TWO_THETA[0])
    scan = bytearray(160)
    struct.pack_into("<III", scan, 0, 0, 41, 41)
    scan[32:46] = b"Locked Coupled"
    struct.pack_into("<2dIf", scan, 72, TWO_THETA[0], 0.1, 41, 12.5)
    struct.pack_into("<2f", scan, 100, 40.0, 40.0)
    struct.pack_into("<d", scan, 112, 1.5406)
    struct.pack_into("<3I", scan, 132, 4, 4, 64)
    path.write_bytes(bytes(head) + text + bytes(tube) + bytes(scan) + bytes(drive) + struct.pack("<41f", *COUNTS))
    return path


def raw3(path: Path) -> Path:
    """RAW1.01 of one range."""
    head = bytearray(712)
    head[:7], head[16:24], head[26:34], head[326:330] = b"RAW1.01", b"11/21/17", b"08:32:31", b"GP-1"
    struct.pack_into("<II", head, 8, 1, 1)
    head[608:610] = b"Co"
    struct.pack_into("<5d", head, 616, 1.79026, 1.78897, 1.79285, 1.62079, 0.5)
    scan = bytearray(304)
    struct.pack_into("<II2d", scan, 0, 304, 41, TWO_THETA[0] / 2, TWO_THETA[0])
    struct.pack_into("<d", scan, 176, 0.1)
    struct.pack_into("<fI", scan, 192, 12.5, 0)
    struct.pack_into("<d", scan, 240, 1.78897)
    struct.pack_into("<3I", scan, 248, 0, 4, 0)
    path.write_bytes(bytes(head) + bytes(scan) + struct.pack("<41f", *COUNTS))
    return path
