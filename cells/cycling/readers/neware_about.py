"""What Neware's binary files say of a test: the XML members of an .ndax, the header of an .nda. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException, ElementTree

from cells.cycling.readers.finish import local, mass_mg
from labdb.ingest.numbers import clock_start

# Attributes that a person may want to see again; the program of the test is not kept.
KEPT = (
    "SCQ",
    "SN",
    "DevType",
    "CurrRange",
    "VoltRange",
    "TestID",
    "SvrVer",
    "ZwjVersion",
    "MainXwjVer",
    "PN",
    "EndTime",
)


def xml(data: bytes) -> Element | None:
    """The tree of an XML member, whatever encoding it really has; None where it is damaged."""
    text = re.sub(r"<\?xml.*?\?>", "", data.decode("gb18030", errors="replace"), count=1)
    try:
        return ElementTree.fromstring(text)
    except (ParseError, DefusedXmlException, ValueError):
        return None


def describe(members: Mapping[str, bytes]) -> dict[str, str]:
    """What the XML members say, as `TestInfo.Barcode` → value; only what is a word or a number, not the program."""
    found = {}
    for member in ("TestInfo.xml", "Step.xml", "VersionInfo.xml"):
        tree = xml(members[member]) if member in members else None
        if tree is None:
            continue
        for tag in ("TestInfo", "ZwjVersion"):
            for element in tree.iter(tag):
                found.update({f"{tag}.{key}": value for key, value in element.attrib.items() if value})
        for head in tree.iter("Head_Info"):
            found.update({f"Head.{child.tag}": child.attrib["Value"] for child in head if child.attrib.get("Value")})
        config = tree.find("config")
        if config is not None and "client_version" in config.attrib:
            found["client_version"] = config.attrib["client_version"]
    return found


def metadata_of_ndax(about: Mapping[str, str]) -> dict[str, Any]:
    channel = [about.get(f"TestInfo.{key}", "") for key in ("DevID", "UnitID", "ChlID")]
    mass = number(about.get("Head.SCQ"))
    kept = {key: value for key, value in about.items() if key.split(".")[-1] in KEPT}
    return {
        "start_time_local": local(clock_start(about.get("TestInfo.StartTime"))),
        "device": "Neware " + "-".join(channel) if all(channel) else "Neware",
        "software": about.get("client_version") or about.get("ZwjVersion.SvrVer"),
        "operator": about.get("Head.Creator"),
        "sample": about.get("TestInfo.Barcode"),
        "comment": about.get("Head.Remark") or about.get("TestInfo.Remark"),
        "protocol": about.get("TestInfo.StepName"),
        "active_mass_mg": mass_mg(mass / 1000) if mass is not None else None,
        "instrument": kept,
    }


def metadata_of_nda(about: Mapping[str, Any]) -> dict[str, Any]:
    start = str(about.get("start_time") or "")
    known = {"start_time", "creator", "remarks", "barcode", "step_name", "active_mass_mg"}
    return {
        "start_time_local": None if "+" in start else local(clock_start(start)),
        "device": "Neware",
        "software": about.get("client_version") or about.get("bts_version") or about.get("server_version"),
        "operator": about.get("creator"),
        "sample": about.get("barcode"),
        "comment": about.get("remarks"),
        "protocol": about.get("step_name"),
        "active_mass_mg": mass_mg(about.get("active_mass_mg")),
        "instrument": {
            key: value
            for key, value in about.items()
            if key not in known
            and not key.startswith("UNKNOWN")
            and isinstance(value, str | int | float)
            and value != ""
        }
        | ({"active_mass_mg": about["active_mass_mg"]} if "active_mass_mg" in about else {}),
    }


def number(text: str | None) -> float | None:
    try:
        return float(text) if text else None
    except ValueError:
        return None
