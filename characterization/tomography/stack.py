"""Stacks of slices, opened without being read: a TIFF of several pages, or a zip of pictures. Pure.

    with open_stack(path, name) as stack:
        stack.slab(0, 10)

A slice is decoded when it is asked for, one at a time, through `characterization.micrograph.picture`, which checks
sizes before it decodes; an archive is walked through `labdb.ingest.archive`: nothing unfolds to more than it may.
"""

from __future__ import annotations

import re
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path, PurePosixPath
from typing import IO, Any

import numpy as np

from characterization.micrograph import tiff
from characterization.micrograph.picture import PNG, Picture, PictureFile, opened
from characterization.tomography import said
from characterization.tomography.bits import Shape
from labdb.ingest import archive
from labdb.ingest.reader import ReaderError

MAX_STACK_VOXELS = 8_000_000_000  # 2,000 slices of 2,000 × 2,000; most of an hour of work
MAX_UNFOLDING = 3_000  # unpacked / packed; deflate reaches 1,032, LZW more
LIMITS = archive.Limits(members=tiff.MAX_PAGES, total_bytes=16 * 1024**3)
SLICE_SUFFIXES = (".tif", ".tiff", ".png")
NUMBERS = re.compile(r"\d+")
IJ_COUNTS, IJ_DATA = 50838, 50839  # tags of ImageJ
COMMENT = 300  # characters
NAMED = 5  # slices that a sentence names one by one


@dataclass(frozen=True)
class Stack:
    """An open stack.

    Attributes:
        shape: slices, height, width.
        dtype: of the grey levels.
        voxel_size_nm: edge of a pixel; None where the file does not say.
        slice_thickness_nm: from one slice to the next; None where the file does not say.
        slice_names: of the pictures in an archive; empty for pages.
        read: see `slab`.
    """

    name: str
    shape: Shape
    dtype: np.dtype
    read: Callable[[int, int], np.ndarray]
    voxel_size_nm: float | None = None
    slice_thickness_nm: float | None = None
    slice_names: Sequence[str] = ()
    metadata: Mapping[str, Any] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()

    def slab(self, first: int, last: int) -> np.ndarray:
        """Grey levels of the slices from `first` up to, not including, `last`: (slices, height, width).

        Raises:
            ReaderError: a slice is damaged, or of another size or depth than the first.
        """
        return self.read(first, last)


@contextmanager
def open_stack(path: Path, name: str) -> Iterator[Stack]:
    """
    Raises:
        ReaderError: it is no stack, cut off, too large, or its slices do not belong together.
    """
    with open(path, "rb") as file:
        head = file.read(16)
    if head.startswith(b"PK\x03\x04"):
        yield _zipped(path, name)
    elif tiff.is_tiff(head):
        with opened(path, name) as file_:
            yield _pages(path, name, file_)
    else:
        raise ReaderError(f"{name}: is neither a TIFF nor a zip of slices; export the stack as one of the two.")


def slice_members(members: Sequence[str]) -> list[str]:
    """The pictures of an archive; folders and what systems and programs leave beside them are left out."""
    return [
        member
        for member in members
        if member.lower().endswith(SLICE_SUFFIXES)
        and "__MACOSX" not in PurePosixPath(member).parts
        and not PurePosixPath(member).name.startswith(".")
    ]


def _pages(path: Path, name: str, file: PictureFile) -> Stack:
    """A TIFF of several pages."""
    picture = file.picture
    walked = tiff.walk(path)
    if picture.broken:
        raise ReaderError(f"{name}: {picture.broken}; copy it again from the microscope.")
    if picture.pages < 2:
        raise ReaderError(f"{name}: is one picture, no stack; pack the slices of a stack into one zip.")
    for number, page in enumerate(walked.pages, 1):
        if (page.width, page.height) != (picture.width, picture.height):
            raise ReaderError(
                f"{name}: slice {number} is {page.width} × {page.height} pixels and the first {picture.width} ×"
                f" {picture.height}; export slices of one size."
            )
    text = walked.text(tiff.DESCRIPTION)
    told = said.description(text)
    if told.channels > 1 or told.times > 1:
        what = f"{told.channels} channels" if told.channels > 1 else f"{told.times} times"
        raise ReaderError(f"{name}: holds {what} of its slices; export one of them alone.")
    if told.slices > picture.pages:
        raise ReaderError(
            f"{name}: says that it has {told.slices} slices, and holds {picture.pages}; copy it again, or export the"
            " stack into one file."
        )
    shape = (picture.pages, picture.height, picture.width)
    first = file.grey(0)
    _refuse_large(name, shape)
    _refuse_repeated(name, path, walked)

    def read(begin: int, end: int) -> np.ndarray:
        found = np.empty((end - begin, *shape[1:]), first.dtype)
        for number in range(begin, end):
            found[number - begin] = _alike(file.grey(number), first, f"{name}: slice {number + 1}")
        return found

    pixel = told.pixel_size_nm or picture.pixel_size_nm
    warnings = picture.warnings if pixel and not told.pixel_size_nm else ()
    info = said.imagej_info(walked.numbers(IJ_COUNTS), walked.numbers(IJ_DATA), walked.byte_order)
    ends = [said.zeiss_slice(tiff.text_of_page(path, page, tiff.ZEISS)) for page in (0, picture.pages - 1)]
    distance, gaps = _distance(ends, picture.pages)
    return Stack(
        name,
        shape,
        first.dtype,
        read,
        pixel,
        distance or told.slice_distance_nm or picture.slice_distance_nm,
        metadata=_metadata(picture, shape, info),
        warnings=(*warnings, *gaps),
    )


def _zipped(path: Path, name: str) -> Stack:
    """A zip of pictures, put in the order of their numbers."""
    names: list[str] = []

    def note(member: str) -> bool:
        names.append(member)
        return False

    archive.walk(path, name, _none, note, LIMITS)
    members, gaps = in_order(slice_members(names), name)
    ends: dict[str, tuple[Picture, said.SliceOf, np.ndarray]] = {}

    def look(member: str, picture: PictureFile) -> None:
        zeiss = said.SliceOf(None, None)
        if picture.picture.format == "TIFF":
            zeiss = said.zeiss_slice(tiff.walk(picture.path).text(tiff.ZEISS))
        ends[member] = (picture.picture, zeiss, picture.grey(0))

    _each(path, name, {members[0], members[-1]}, look)
    picture, _, first = ends[members[0]]
    shape = (len(members), *first.shape)
    _refuse_large(name, shape)

    def read(begin: int, end: int) -> np.ndarray:
        found = np.empty((end - begin, *first.shape), first.dtype)
        place = {member: number for number, member in enumerate(members[begin:end])}

        def keep(member: str, picture: PictureFile) -> None:
            found[place[member]] = _alike(picture.grey(0), first, f"{name}: slice {member}")

        _each(path, name, place.keys(), keep)
        return found

    distance, missing = _distance([ends[members[0]][1], ends[members[-1]][1]], len(members))
    return Stack(
        name,
        shape,
        first.dtype,
        read,
        picture.pixel_size_nm,
        distance,
        members,
        _metadata(picture, (len(members), *first.shape)),
        (*(picture.warnings if picture.pixel_size_nm else ()), *(missing or gaps)),
    )


def _none(member: str, stream: IO[bytes], count: archive.Count) -> None:
    """For a walk that wants no member."""


def _each(path: Path, name: str, wanted: Any, use: Callable[[str, PictureFile], None]) -> None:
    """Unpack the wanted slices of an archive, one at a time, and open each."""
    with tempfile.TemporaryDirectory(prefix="labdb-slice-") as folder:
        scratch = Path(folder) / "slice"

        def unpack(member: str, stream: IO[bytes], count: archive.Count) -> None:
            with open(scratch, "wb") as file:
                while chunk := stream.read(archive.CHUNK_BYTES):
                    count.add(len(chunk))
                    file.write(chunk)
            with open(scratch, "rb") as file:
                head = file.read(16)
            if not tiff.is_tiff(head) and not head.startswith(PNG):
                raise ReaderError(f"{name}: {member} is no TIFF or PNG picture, whatever its name says; pack it anew.")
            with opened(scratch, f"{name}: {member}") as picture:
                if picture.picture.pages > 1:
                    raise ReaderError(
                        f"{name}: {member} holds {picture.picture.pages} pages; pack single slices, or upload it alone."
                    )
                use(member, picture)

        archive.walk(path, name, unpack, lambda member: member in wanted, LIMITS)


def in_order(members: Sequence[str], name: str) -> tuple[list[str], tuple[str, ...]]:
    """Slices in the natural order of their numbers: slice 2 before slice 10.

    Returns:
        The members in order, and a warning where numbers are missing between them.

    Raises:
        ReaderError: they are fewer than two, of several folders, or not numbered.
    """
    if len(members) < 2:
        raise ReaderError(f"{name}: holds {len(members)} slices; a stack has two at least.")
    folders = {str(PurePosixPath(member).parent) for member in members}
    if len(folders) > 1:
        raise ReaderError(
            f"{name}: holds slices in {len(folders)} folders ({', '.join(sorted(folders)[:3])}); pack one stack."
        )
    stems = {member: PurePosixPath(member).stem for member in members}
    texts = {NUMBERS.sub("#", stem) for stem in stems.values()}
    if len(texts) > 1:
        one, another = sorted(texts)[:2]
        raise ReaderError(
            f"{name}: its slices are named in different ways (as {one} and as {another}, # being a number), so that"
            " their order is not known; give them one name and a number."
        )
    numbers = {member: tuple(int(each) for each in NUMBERS.findall(stem)) for member, stem in stems.items()}
    if "#" not in texts.pop() or len(set(numbers.values())) < len(members):
        raise ReaderError(f"{name}: its slices are not told apart by numbers in their names; number them.")
    ordered = sorted(members, key=numbers.__getitem__)
    columns = [column for column in zip(*(numbers[member] for member in ordered), strict=True) if len(set(column)) > 1]
    if len(columns) != 1:
        return ordered, ()
    steps = Counter(later - earlier for earlier, later in pairwise(columns[0]))
    usual = min(step for step, times in steps.items() if times == max(steps.values()))
    missing = [
        number
        for earlier, later in pairwise(columns[0])
        if later - earlier > usual
        for number in range(earlier + usual, min(later, earlier + usual * (NAMED + 2)), usual)
    ]
    if not missing:
        return ordered, ()
    told = ", ".join(str(number) for number in missing[:NAMED]) + (" …" if len(missing) > NAMED else "")
    warning = (
        f"Slices are missing, by the numbers of the others: {told}. The stack is worked through as if it had no gap;"
        " volumes across the gap are wrong."
    )
    return ordered, (warning,)


def _distance(ends: Sequence[said.SliceOf], slices: int) -> tuple[float | None, tuple[str, ...]]:
    """How far slices lie apart by the positions of the first and the last, and what is missing between them."""
    first, last = ends
    distance = None
    if first.position_nm is not None and last.position_nm is not None and first.position_nm != last.position_nm:
        distance = abs(last.position_nm - first.position_nm) / (slices - 1)
    if first.index is None or last.index is None or abs(last.index - first.index) == slices - 1:
        return distance, ()
    apart = f"; they lie {distance:.4g} nm apart in the mean" if distance else ""
    warning = (
        f"The microscope counted slices {first.index} to {last.index}, of which the file holds {slices}{apart}."
        " The stack is worked through as if its slices followed each other."
    )
    return distance, (warning,)


def _alike(found: np.ndarray, first: np.ndarray, name: str) -> np.ndarray:
    if found.shape != first.shape:
        raise ReaderError(
            f"{name} is {found.shape[1]} × {found.shape[0]} pixels and the first {first.shape[1]} × {first.shape[0]};"
            " export slices of one size."
        )
    if found.dtype != first.dtype:
        raise ReaderError(f"{name} is stored as {found.dtype} and the first as {first.dtype}; export slices alike.")
    return found


def _refuse_large(name: str, shape: Shape) -> None:
    voxels = shape[0] * shape[1] * shape[2]
    if voxels > MAX_STACK_VOXELS:
        raise ReaderError(
            f"{name}: has {voxels / 1e9:.1f} thousand million voxels, and {MAX_STACK_VOXELS / 1e9:.0f} are read; crop"
            " it, or scale it down."
        )


def _refuse_repeated(name: str, path: Path, walked: tiff.Tiff) -> None:
    """A small file can point to the same pixels again and again."""
    packed = any(page.compression != 1 for page in walked.pages)
    if sum(page.bytes for page in walked.pages) > path.stat().st_size * (MAX_UNFOLDING if packed else 1):
        raise ReaderError(f"{name}: claims more pixels than its bytes can hold; it was not opened.")


def _metadata(picture: Picture, shape: Shape, comment: str = "") -> dict[str, Any]:
    about = dict(picture.metadata)
    if comment.strip():
        about["comment"] = " ".join(comment.split())[:COMMENT]
    told: dict[str, Any] = dict(zip(("slices", "height", "width"), shape, strict=True))
    told |= {"bits": picture.bits, **about.get("instrument", {})}
    if picture.pixel_size_from:
        told["pixel_size_from"] = picture.pixel_size_from
    return {**about, "instrument": told}
