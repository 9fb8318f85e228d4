"""Pores of a stack of slices: which voxels are pore, which of them hang together, how large, and where. Pure.

The stack is worked through in slabs of slices, and masks are kept on disk: the disk alone bounds its size.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import polars as pl

from characterization.tomography.bits import Bits, slabs
from characterization.tomography.components import KEPT, Components, Labeller
from characterization.tomography.grey import Histogram
from characterization.tomography.pictures import section
from characterization.tomography.pores import Body, Limits, Voxel, class_table, pore_table, scalars
from characterization.tomography.region import Sphere, particle
from characterization.tomography.stack import Stack, open_stack
from characterization.tomography.table import POROSITY
from labdb.ingest.reader import ReaderError
from labdb.ingest.technique import Analysis, Progress, Scalar, SourceFile

# Voxels in memory at once: some 400 MB at the most, with 16 bit.
SLAB_VOXELS = 16_000_000

DEFAULTS: dict[str, Any] = {
    "connectivity": "26",
    "gap_voxel": 2,
    "noise_limit_cubic_micrometre": 0.002,
    "medium_from_cubic_micrometre": 0.010,
    "large_above_cubic_micrometre": 0.030,
}

# So much of the six faces of a stack is dark where a particle lies free in its surroundings.
SURROUNDED = 0.75
# A pore at the border that has this share of all pore voxels may be the surroundings.
SUSPICIOUS = 0.5


def voxel(table: pl.DataFrame, parameters: Mapping[str, Any]) -> Voxel:
    """What a person entered, else what the file says.

    A person who enters the voxel size alone, for a file that says nothing of slices, means cubes.
    """
    said_edge, said_depth = parameters.get("voxel_size_nm"), parameters.get("slice_thickness_nm")
    edge = said_edge if said_edge is not None else table["voxel_size_nm"][0]
    depth = said_depth if said_depth is not None else table["slice_thickness_nm"][0]
    return Voxel(edge, depth if depth is not None else said_edge)


def analyse_files(
    files: Sequence[SourceFile],
    table: pl.DataFrame,
    parameters: Mapping[str, Any],
    progress: Progress,
    slab_voxels: int = SLAB_VOXELS,
) -> Analysis:
    """Porosity, pores and their classes.

    Args:
        files: the one file of the stack.
        table: its `SLICES` table.
        parameters: see `presentation.py`; what is left out is as the file or this analysis says.
        slab_voxels: how much is in memory at once; what is found does not depend on it.

    Raises:
        ReaderError: a chosen label does not occur in the stack.
    """
    lowest, highest = float(table["grey_min"].min()), float(table["grey_max"].max())  # type: ignore[arg-type]
    if lowest == highest:
        return Analysis(
            warnings=(f"All voxels have the grey {lowest:g}: there is nothing that tells pore from solid.",)
        )
    chosen = {**DEFAULTS, **{name: value for name, value in parameters.items() if value is not None}}
    with open_stack(files[0].path, files[0].name) as stack:
        return _Run(stack, voxel(table, chosen), chosen, progress, slab_voxels).analysis(lowest, highest)


class _Run:
    """One analysis on its way through the stack."""

    def __init__(
        self, stack: Stack, size: Voxel, chosen: Mapping[str, Any], progress: Progress, slab_voxels: int
    ) -> None:
        self.stack, self.size, self.chosen, self.progress, self.slab_voxels = stack, size, chosen, progress, slab_voxels
        self.limits = Limits.of(chosen)
        self.least = self.limits.least_voxels(size.volume_cubic_micrometre)[0]
        self.parts = slabs(*stack.shape, slab_voxels)
        self.warnings: list[str] = []
        depth, height, width = stack.shape
        self.middle = (depth // 2, height // 2, width // 2)

    def analysis(self, lowest: float, highest: float) -> Analysis:
        greys, faces = self.histograms(lowest, highest)
        for name in ("pore_label", "outside_label"):
            self.refuse_absent(self.chosen.get(name), greys)
        label = self.label(greys)
        threshold = None if label is not None else self.threshold(greys)
        with Bits(self.stack.shape) as dark, Bits(self.stack.shape) as inside:
            sections = self.find_dark(dark, inside, threshold, label)
            body = self.region(dark, inside, self.faces_dark(faces, threshold, label))
            pores, porosity, overlays = self.find_pores(dark, inside, body)
        return self.results(pores, porosity, threshold, body, _pictures(sections, overlays, greys, self.size.aspect))

    def each_slab(self, begin: float, end: float, doing: str) -> Any:
        """First and last slice of each slab, saying how far it is between two fractions of the whole."""
        for number, (first, last) in enumerate(self.parts):
            self.progress(
                begin + (end - begin) * number / len(self.parts), f"{doing}: slab {number + 1} of {len(self.parts)}"
            )
            yield first, last

    def histograms(self, lowest: float, highest: float) -> tuple[Histogram, Histogram]:
        """Of the whole stack, and of its six faces."""
        whole = Histogram(self.stack.dtype, lowest, highest)
        faces = Histogram(self.stack.dtype, lowest, highest)
        for first, last in self.each_slab(0.0, 0.2, "grey levels"):
            slab = self.stack.slab(first, last)
            whole.add(slab)
            for face in (slab[:, 0], slab[:, -1], slab[:, :, 0], slab[:, :, -1]):
                faces.add(face)
            if first == 0:
                faces.add(slab[0])
            if last == self.stack.shape[0]:
                faces.add(slab[-1])
        return whole, faces

    def label(self, greys: Histogram) -> float | None:
        """The label that is pore, in a stack that was segmented before; None for greys."""
        labels = greys.labels
        said, outside = self.chosen.get("pore_label"), self.chosen.get("outside_label")
        if said is not None:
            return float(said)
        if not labels or self.chosen.get("threshold_grey") is not None:
            return None
        told = ", ".join(f"{each:g} ({share * 100:.1f} %)" for each, share in labels.items())
        darkest = min(each for each in labels if each != outside)
        self.warnings.append(
            f"The stack has {len(labels)} different values only, so that it was segmented before: {told}."
            f" Label {darkest:g}, the darkest, is taken for pore; choose another if it is not."
        )
        return darkest

    def refuse_absent(self, label: float | None, greys: Histogram) -> None:
        """
        Raises:
            ReaderError: a label that was chosen does not occur.
        """
        if label is not None and not greys.holds(label):
            labels = ", ".join(f"{each:g}" for each in greys.labels)
            has = labels or f"greys from {greys.lowest:g} to {greys.highest:g}"
            raise ReaderError(f"{self.stack.name}: no voxel has the label {label:g}; the stack has {has}.")

    def threshold(self, greys: Histogram) -> float:
        said = self.chosen.get("threshold_grey")
        if said is None:
            return greys.otsu(without=self.chosen.get("outside_label"))
        if not greys.lowest <= said < greys.highest:
            self.warnings.append(
                f"The threshold {said:g} is outside of the greys of the stack, {greys.lowest:g} to {greys.highest:g}."
            )
        return float(said)

    def faces_dark(self, faces: Histogram, threshold: float | None, label: float | None) -> float:
        """The share of the six faces that is dark."""
        if label is None:
            return faces.share_below(threshold if threshold is not None else faces.lowest)
        return faces.labels.get(label, 0.0)

    def find_dark(self, dark: Bits, inside: Bits, threshold: float | None, label: float | None) -> list[np.ndarray]:
        """Write which voxels are dark, and which are not labelled as surroundings.

        Returns:
            The greys of the three middle sections: xy, xz, yz.
        """
        outside = self.chosen.get("outside_label")
        depth, height, width = self.stack.shape
        z, y, x = self.middle
        xy = np.zeros((height, width), self.stack.dtype)
        xz, yz = np.zeros((depth, width), self.stack.dtype), np.zeros((depth, height), self.stack.dtype)
        for first, last in self.each_slab(0.2, 0.4, "threshold"):
            slab = self.stack.slab(first, last)
            dark.write(first, slab <= threshold if label is None else slab == label)
            if outside is not None:
                inside.write(first, slab != outside)
            xz[first:last], yz[first:last] = slab[:, y], slab[:, :, x]
            if first <= z < last:
                xy = slab[z - first].copy()
        return [xy, xz, yz]

    def region(self, dark: Bits, inside: Bits, faces_dark: float) -> Body | None:
        """Write where pores are looked for; None for the whole stack, whose mask is not written."""
        said, sphere = self.chosen.get("region"), self.chosen.get("sphere")
        if sphere is not None:
            x, y, z, radius = (float(each) for each in sphere)
            ball = Sphere(x, y, z, radius, self.size.aspect)
            voxels = 0
            for first, last in self.each_slab(0.4, 0.5, "sphere"):
                mask = ball.slab(first, last, self.stack.shape)
                voxels += int(mask.sum())
                inside.write(first, mask)
            if not voxels:
                self.warnings.append("No voxel of the stack is inside the sphere that was entered.")
            return Body(x, y, z, radius)
        if self.chosen.get("outside_label") is not None:
            return self.centre_of(inside)
        if said == "stack" or (said is None and (faces_dark < SURROUNDED or min(self.stack.shape) < 3)):
            return None
        share, voxels = particle(
            dark,
            inside,
            int(self.chosen["gap_voxel"]),
            self.size.aspect,
            self.slab_voxels,
            lambda done, doing: self.progress(0.4 + 0.35 * done, doing),
        )
        if not voxels:
            self.warnings.append("No particle was found in the stack, so that all of it is looked at.")
            return None
        if said is None:
            self.warnings.append(
                f"{faces_dark * 100:.0f} % of the faces of the stack are dark, as around a particle that lies free:"
                " pores are looked for inside the particle. Choose the whole stack if it is none."
            )
        if share < 0.95:
            self.warnings.append(
                f"The largest body is {share * 100:.0f} % of all solid that was found; the others are left out."
            )
        return self.centre_of(inside)

    def centre_of(self, inside: Bits) -> Body:
        """The centroid of the particle, and the radius of the sphere of its volume."""
        sums, voxels = np.zeros(3), 0
        cut = False
        depth, height, width = self.stack.shape
        for first, last in self.each_slab(0.75, 0.8, "centre"):
            mask = inside.read(first, last)
            voxels += int(mask.sum())
            sums += (
                (mask.sum(axis=(1, 2)) * np.arange(first, last)).sum(),
                (mask.sum(axis=(0, 2)) * np.arange(height)).sum(),
                (mask.sum(axis=(0, 1)) * np.arange(width)).sum(),
            )
            cut |= bool(mask[:, [0, -1]].any() or mask[:, :, [0, -1]].any())
            cut |= bool((first == 0 and mask[0].any()) or (last == depth and mask[-1].any()))
        if cut:
            self.warnings.append(
                "The particle is cut by an end of the stack: its centre and radius are those of the part that is in it."
            )
        if not voxels:
            raise ReaderError(f"{self.stack.name}: every voxel is labelled as surroundings; choose another label.")
        z, y, x = sums / voxels
        return Body(x, y, z, (3 * voxels * self.size.aspect / (4 * math.pi)) ** (1 / 3))

    def find_pores(
        self, dark: Bits, inside: Bits, body: Body | None
    ) -> tuple[Components, pl.DataFrame, list[tuple[np.ndarray, np.ndarray | None]]]:
        """Components of the dark voxels of the region; voxels by slice; pores and region in the middle sections."""
        depth, height, width = self.stack.shape
        labeller = Labeller(self.stack.shape, int(self.chosen["connectivity"]), self.least)
        found = [np.zeros((height, width), bool), np.zeros((depth, width), bool), np.zeros((depth, height), bool)]
        where = [each.copy() for each in found]
        of_region, of_pores = np.full(depth, height * width, np.int64), np.zeros(depth, np.int64)
        for first, last in self.each_slab(0.8, 0.98, "pores"):
            pores = dark.read(first, last)
            if body is not None:
                mask = inside.read(first, last)
                pores &= mask
                of_region[first:last] = mask.sum(axis=(1, 2))
                _cut(where, mask, first, last, self.middle)
            of_pores[first:last] = pores.sum(axis=(1, 2))
            _cut(found, pores, first, last, self.middle)
            labeller.add(pores)
        porosity = pl.DataFrame(
            {"slice": np.arange(1, depth + 1), "region_voxels": of_region, "pore_voxels": of_pores}
        ).with_columns(
            stack_porosity=pl.when(pl.col("region_voxels") > 0).then(pl.col("pore_voxels") / pl.col("region_voxels"))
        )
        overlays = [(pore, mask if body is not None else None) for pore, mask in zip(found, where, strict=True)]
        return labeller.done(), POROSITY.conform(porosity), overlays

    def results(
        self,
        pores: Components,
        porosity: pl.DataFrame,
        threshold: float | None,
        body: Body | None,
        pictures: Mapping[str, bytes],
    ) -> Analysis:
        volume, least = self.size.volume_cubic_micrometre, self.least
        listed = pore_table(pores, self.size, self.limits, body)
        classes = None if volume is None else class_table(pores, volume, self.limits)
        found = scalars(pores, listed, classes, int(porosity["region_voxels"].sum()), self.size, least)
        if threshold is not None:
            found.append(Scalar("stack_threshold_grey", threshold))
        if volume is None:
            self.warnings.append(self.what_is_missing())
        elif body is not None and self.size.edge_nm is not None:
            found.append(Scalar("stack_particle_diameter_micrometre", 2 * body.radius * self.size.edge_nm / 1000))
        self.doubt(pores, listed, pores.count(least), body)
        tables = {"pores": listed, "slice_porosity": porosity}
        if classes is not None:
            tables["classes"] = classes
        return Analysis(tuple(found), tables, tuple(self.warnings), pictures)

    def what_is_missing(self) -> str:
        cubes = " Voxels are taken as cubes where distances are compared."
        if self.size.edge_nm is None:
            return (
                "The file does not say how large a voxel is, so that pores are given in voxels and none is left out as"
                f" noise: enter the voxel size, and the slice thickness if it is another.{cubes}"
            )
        return (
            f"The file says how large a pixel is ({self.size.edge_nm:.4g} nm), but not how far one slice is from the"
            f" next, so that pores are given in voxels and none is left out as noise: enter the slice thickness.{cubes}"
        )

    def doubt(self, pores: Components, listed: pl.DataFrame, number: int, body: Body | None) -> None:
        """What a person should look at before believing the numbers."""
        if number > KEPT:
            self.warnings.append(f"The table of pores has the {KEPT} largest of {number}; the shares are of all.")
        if body is None and listed.height and listed["touches_border"][0]:
            share = int(listed["voxels"][0]) / max(pores.total_voxels(), 1)
            if share > SUSPICIOUS:
                self.warnings.append(
                    f"One pore that reaches the end of the stack has {share * 100:.0f} % of all pore voxels: it is"
                    " a network that goes on outside, or the surroundings of a particle (choose inside the particle)."
                )
        volume, noise = self.size.volume_cubic_micrometre, self.chosen["noise_limit_cubic_micrometre"]
        if volume is not None and noise and volume > noise:
            self.warnings.append(
                f"One voxel ({volume:.3g} µm³) is larger than the limit of noise ({noise:g} µm³): no noise is left out."
            )


def _cut(sections: Sequence[np.ndarray], slab: np.ndarray, first: int, last: int, middle: tuple[int, int, int]) -> None:
    """Write what a slab holds of the three middle sections: xy, xz, yz."""
    z, y, x = middle
    sections[1][first:last], sections[2][first:last] = slab[:, y], slab[:, :, x]
    if first <= z < last:
        sections[0][:] = slab[z - first]


def _pictures(
    sections: Sequence[np.ndarray],
    overlays: Sequence[tuple[np.ndarray, np.ndarray | None]],
    greys: Histogram,
    aspect: float,
) -> dict[str, bytes]:
    ends = (greys.lowest, greys.highest) if greys.labels else greys.ends()
    heights = (1.0, aspect, aspect)
    return {
        name: section(grey, pores, region, ends, height)
        for name, grey, (pores, region), height in zip(("xy", "xz", "yz"), sections, overlays, heights, strict=True)
    }
