"""A stack as one TIFF of several pages, also BigTIFF.

Seen: ImageJ stacks (voxel size from `unit`, resolution and `spacing`; large ones have one directory for all pages),
a segmented volume packed by deflate, two FIB slices of a Zeiss Auriga (pixel size from the CZ_SEM tag; slice
thickness from `Slice Y` of the first and the last page). Layout: OME-TIFF (`PhysicalSizeX`, `PhysicalSizeZ`).

Pages of a reduced size (thumbnails) are left out. A TIFF of one page is a micrograph, not a stack.
"""

from __future__ import annotations

from characterization.micrograph.picture import is_stack
from characterization.tomography.readers.slices import read
from labdb.ingest.reader import Reader

READER = Reader("tiff-stack", version=1, label="TIFF stack", recognises=is_stack, read=read)
