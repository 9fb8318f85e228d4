"""Scans of binary and packed formats through geddes, which gives angles and intensities and nothing else. Pure."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from labdb.ingest.reader import ReaderError

MOST_SCANS = 500


def geddes_scans(path: Path, name: str, suffix: str, number: int) -> list[Any]:
    """The scans of a file, each with `x` (2θ in degrees, rising) and `y`.

    Args:
        suffix: of the format, which geddes goes by where the content is packed.
        number: how many there are.

    Raises:
        ReaderError: the library refuses it; the sentence ends with the library's own reason.
    """
    import geddes

    if number > MOST_SCANS:
        raise ReaderError(f"{name}: holds {number} scans; export each as a file of its own")
    data = path.read_bytes()
    try:
        return [geddes.read_bytes(data, f"pattern{suffix}", index=index) for index in range(number)]
    except (ValueError, OSError) as error:
        reason = str(error).splitlines()[0].removeprefix("Parse error: ").rstrip(".")
        raise ReaderError(
            f"{name}: cannot be read as a pattern over 2θ ({reason}); copy it again, or export the scan as .xy"
        ) from error
