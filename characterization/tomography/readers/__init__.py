"""The readers of stacks of slices."""

from __future__ import annotations

from characterization.tomography.readers import tiff_stack, zipped_slices
from labdb.ingest.reader import Reader

READERS: list[Reader] = [tiff_stack.READER, zipped_slices.READER]
