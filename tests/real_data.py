"""Where the real instrument files are: `LABDB_REAL_DATA`, or `shared/data` beside the repository.

They are under licences of their own and are no part of it; what needs them is skipped without them.
"""

from __future__ import annotations

import functools
import json
import os
from pathlib import Path
from typing import Any

import pytest

BESIDE = Path(__file__).resolve().parents[2] / "shared" / "data"
ROOT = Path(os.environ.get("LABDB_REAL_DATA") or BESIDE)
REASON = f"the real instrument files are not at {ROOT.name!r} (set LABDB_REAL_DATA)"

needs_real_data = pytest.mark.skipif(not (ROOT / "EXPECTED.json").is_file(), reason=REASON)


def files(*folders: str) -> list[str]:
    """Paths of the real files in these folders, relative to the root; none where they are absent."""
    if not ROOT.is_dir():
        return []
    found = (path for folder in folders for path in (ROOT / folder).rglob("*") if path.is_file())
    return sorted(path.relative_to(ROOT).as_posix() for path in found)


@functools.cache
def expected() -> dict[str, dict[str, Any]]:
    """What independent public readers saw in each file."""
    return json.loads((ROOT / "EXPECTED.json").read_text()) if (ROOT / "EXPECTED.json").is_file() else {}
