"""Which labdb this is."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path


@cache
def version() -> str:
    """The version of `pyproject.toml`, as runs record it."""
    with open(Path(__file__).resolve().parent.parent / "pyproject.toml", "rb") as file:
        return f"labdb {tomllib.load(file)['project']['version']}"
