"""Cross-sections and HAADF pictures as microscopes write them, with pores and layers of a wanted size. Pure.

A cross-section is a bright disc with dark pores on a dark ground, drawn as a milled particle is seen: pores are discs
of many sizes, more of them in the middle where that is wanted; grains differ a little in grey, the edge is brighter,
all is blurred by the beam and noisy. A blur makes small pores smaller and noise roughens them, so the picture is
measured after it is drawn, and pores are added until the wanted porosity is what is read. Bytes are the same for the
same seed.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import numpy as np

from characterization.micrograph import tiff
from characterization.micrograph.circles import Circle
from characterization.sem.analysis import MINIMUM_PORE_PIXEL, SMOOTHING_PIXEL
from characterization.sem.pores import measure, smoothed
from characterization.sem.threshold import automatic

WIDTH, HEIGHT, BAR = 800, 600, 44
RADIUS = 272.0  # of the particle, pixels
GROUND_LEVEL, PORE_LEVEL, SOLID_LEVEL = 24.0, 48.0, 168.0
GRAIN_SD, NOISE_SD, BLUR_PIXEL = 5.0, 8.0, 0.8
EDGE_LEVEL, EDGE_PIXEL = 28.0, 4.0
SMALLEST_PORE, LARGEST_PORE = 2.6, 17.0  # radii, pixels
SHELLS = np.linspace(0.5, 1.0, 6)  # of the radius; the first is the inner disc
FIRST, ROUNDS = 0.85, 8  # share of the pores in the first round; the rest follows what is then read
FOUND_INSIDE = 0.6  # pixels by which the circle that is found lies inside the particle's
TRIES = 4_000  # discs in a round
CLOSE = 0.002  # of the wanted porosity


@dataclass(frozen=True)
class CrossSection:
    """What is to be read from a picture.

    Attributes:
        porosity: of the whole circle, a fraction.
        porosity_inside_half_radius: the same for a flat profile.
        particle_diameter_micrometre: sets the pixel size.
    """

    porosity: float
    porosity_inside_half_radius: float
    particle_diameter_micrometre: float = 10.0
    seed: int = 1

    @property
    def pixel_size_nm(self) -> float:
        return self.particle_diameter_micrometre * 1000 / (2 * RADIUS)

    def inside(self, fraction: np.ndarray) -> np.ndarray:
        """Porosity inside circles of shares of the radius: even up to a half, from there straight to the whole."""
        beyond = np.clip((fraction - 0.5) / 0.5, 0, 1)
        half = self.porosity_inside_half_radius
        return half + (self.porosity - half) * beyond


def cross_section(wanted: CrossSection) -> np.ndarray:
    """The grey levels of a picture without data bar, uint8, shape (HEIGHT, WIDTH)."""
    draw = np.random.default_rng(wanted.seed)
    middle = np.array([WIDTH / 2, HEIGHT / 2]) + draw.uniform(-8, 8, 2)
    circle = Circle(float(middle[0]), float(middle[1]), RADIUS)
    away = circle.distances((slice(0, HEIGHT), slice(0, WIDTH)))
    shell = np.searchsorted(SHELLS, away, side="left")
    pixels = np.bincount(shell.ravel(), minlength=len(SHELLS) + 1)[: len(SHELLS)]
    want = np.diff(np.cumsum(pixels) * wanted.inside(SHELLS), prepend=0.0)
    found = Circle(circle.x, circle.y, RADIUS - FOUND_INSIDE)
    scene = _Scene(draw, away)
    pores = np.zeros(away.shape, bool)
    aim = FIRST * want
    levels = scene.drawn(pores)
    for _ in range(ROUNDS):
        _add_pores(pores, circle, shell, aim, draw)
        levels = scene.drawn(pores)
        seen = np.bincount(shell.ravel(), _measured(levels, found).ravel(), minlength=len(SHELLS) + 1)[: len(SHELLS)]
        lacking = want - seen
        inner, whole = abs(lacking[0]) / max(want[0], 1), abs(lacking.sum()) / want.sum()
        if inner < CLOSE and whole < CLOSE:
            break
        missing = np.maximum(lacking, 0)
        missing[1:] *= np.clip(lacking[1:].sum() / max(missing[1:].sum(), 1), 0, 1)  # so that the whole comes out right
        aim = np.bincount(shell.ravel(), pores.ravel(), minlength=len(SHELLS) + 1)[: len(SHELLS)] + missing
    return levels


class _Scene:
    """Everything but the pores, drawn once."""

    def __init__(self, draw: np.random.Generator, away: np.ndarray) -> None:
        from scipy import ndimage

        grain = ndimage.gaussian_filter(draw.standard_normal(away.shape), 12)
        self.solid = SOLID_LEVEL + GRAIN_SD * grain / grain.std()
        self.edge = EDGE_LEVEL * np.exp(-np.clip(1 - away, 0, 1) * RADIUS / EDGE_PIXEL)
        self.inside = away <= 1
        self.noise = NOISE_SD * draw.standard_normal(away.shape)

    def drawn(self, pores: np.ndarray) -> np.ndarray:
        from scipy import ndimage

        picture = np.where(self.inside, np.where(pores, PORE_LEVEL, self.solid + self.edge), GROUND_LEVEL)
        blurred = ndimage.gaussian_filter(picture, BLUR_PIXEL) + self.noise
        return np.rint(np.clip(blurred, 0, 255)).astype(np.uint8)


def _measured(levels: np.ndarray, circle: Circle) -> np.ndarray:
    """The pores that the analysis sees at its own settings, of the size of the picture."""
    smooth = smoothed(levels, [circle], SMOOTHING_PIXEL)
    box = circle.box(levels.shape)
    threshold = automatic(smooth[box][circle.distances(box) <= 1]).level
    found = measure(smooth, circle, threshold, minimum_pore_pixel=MINIMUM_PORE_PIXEL)
    whole = np.zeros(levels.shape, bool)
    whole[found.box] = found.pores
    return whole


def _add_pores(
    pores: np.ndarray, circle: Circle, shell: np.ndarray, aim: np.ndarray, draw: np.random.Generator
) -> None:
    """Put discs where most is lacking until every shell has what it should; they may touch, as pores do."""
    count = len(SHELLS)
    have = np.bincount(shell.ravel(), pores.ravel(), minlength=count + 1)[:count]
    inner = np.concatenate([[0.0], SHELLS[:-1]])
    smallest = math.pi * SMALLEST_PORE**2
    for _ in range(TRIES):
        lacking = aim - have
        at = int(np.argmax(lacking))
        if lacking[at] < smallest / 2:
            return
        radius = float(SMALLEST_PORE + (LARGEST_PORE - SMALLEST_PORE) * draw.power(0.35))
        radius = max(SMALLEST_PORE, min(radius, math.sqrt(lacking[at] / math.pi)))
        reach = SHELLS[at] - (radius + 3 if at == count - 1 else 0) / RADIUS
        far = RADIUS * math.sqrt(draw.uniform(inner[at] ** 2, max(reach, inner[at]) ** 2))
        angle = draw.uniform(0, 2 * math.pi)
        disc = Circle(circle.x + far * math.cos(angle), circle.y + far * math.sin(angle), radius)
        box = disc.box(pores.shape)
        fresh = (disc.distances(box) <= 1) & ~pores[box]
        adds = np.bincount(shell[box][fresh], minlength=count + 1)[:count]
        if (have + adds <= np.maximum(aim, have) + smallest / 2).all():
            pores[box] |= fresh
            have = have + adds


def write_cross_section(path: Path, wanted: CrossSection, begin: datetime, title: str) -> None:
    """Write a picture as Zeiss SmartSEM does: one page of 8 bit, a data bar, the tag 34118 with the pixel size.

    Args:
        begin: on the microscope's clock.
        title: into the bar and the tag; it is said there that the picture is simulated.
    """
    header = wanted.pixel_size_nm * 1e-9 * WIDTH / 1024  # SmartSEM gives it for a scan of 1024 pixels
    pairs = {
        "DP_DETECTOR_TYPE": "Detector = AsB",
        "DP_IMAGE_STORE": f"Store resolution = {WIDTH} * {HEIGHT + BAR}",
        "DP_SEM": "Sem = simulated",
        "AP_ACTUALKV": "EHT =  5.00 kV",
        "AP_WD": "WD =  6.0 mm",
        "AP_MAG": f"Mag = {1.143e8 / (wanted.pixel_size_nm * WIDTH) / 1000:6.2f} K X",
        "AP_PIXEL_SIZE": f"Pixel Size = {header * 1e9:.4g} nm",
        "AP_IMAGE_PIXEL_SIZE": f"Image Pixel Size = {wanted.pixel_size_nm:.4g} nm",
        "AP_DATE": f"Date :{begin:%d %b %Y}",
        "AP_TIME": f"Time :{begin:%H:%M:%S}",
        "SV_USER_TEXT": f"User Text = SIMULATED {title}",
        "SV_SAMPLE_ID": f"Sample ID = {title}",
    }
    lines = ["0", "0", "0", f"{header:.6e}", "1.0e+004"]
    text = "\r\n".join([*lines, *(line for pair in pairs.items() for line in pair), ""])
    levels = np.vstack([cross_section(wanted), _bar(wanted.pixel_size_nm, f"SIMULATED  {title}")])
    _write(path, levels, tiff.ZEISS, text)


def _bar(pixel_size_nm: float, words: str) -> np.ndarray:
    """A white bar with a frame, a scale of 2 µm, and words."""
    from PIL import Image, ImageDraw

    image = Image.new("L", (WIDTH, BAR), 243)
    pen = ImageDraw.Draw(image)
    pen.rectangle((0, 0, WIDTH - 1, BAR - 1), outline=0)
    long = round(2000 / pixel_size_nm)
    pen.line((16, 32, 16 + long, 32), fill=0, width=2)
    pen.text((16, 10), "2 um", fill=0)
    pen.text((40 + long, 16), words, fill=0)
    return np.asarray(image)


def _write(path: Path, levels: np.ndarray, tag: int, text: str) -> None:
    import tifffile

    latin = text.encode("ascii", "replace").decode()
    tifffile.imwrite(path, levels, extratags=[(tag, 2, len(latin) + 1, latin, True)], metadata=None)


@dataclass(frozen=True)
class SurfaceLayer:
    """A surface as a transmission microscope sees it.

    Attributes:
        rock_salt_layer_nm: between vacuum and layered bulk.
        lattice_spacing_nm: of the planes that lie along the surface; those of the rock salt are half as far apart.
    """

    rock_salt_layer_nm: float
    lattice_spacing_nm: float = 0.474
    pixel_size_nm: float = 0.04
    seed: int = 1


def haadf(wanted: SurfaceLayer) -> np.ndarray:
    """Grey levels of 16 bit, 512 × 512: vacuum above, then the layer, then the bulk."""
    from scipy import ndimage

    draw = np.random.default_rng(wanted.seed)
    size = 512
    rough = ndimage.gaussian_filter1d(draw.standard_normal(size), 40)
    surface = 90 + 4 * rough / rough.std()
    row = np.arange(size)[:, None] - surface[None, :]
    depth_nm = row * wanted.pixel_size_nm
    in_layer = (depth_nm >= 0) & (depth_nm < wanted.rock_salt_layer_nm)
    spacing = np.where(in_layer, wanted.lattice_spacing_nm / 2, wanted.lattice_spacing_nm)
    fringes = 0.5 + 0.5 * np.cos(2 * np.pi * depth_nm / spacing)
    along = 0.5 + 0.5 * np.cos(2 * np.pi * np.arange(size)[None, :] * wanted.pixel_size_nm / 0.25)
    level = np.where(depth_nm < 0, 1500.0, np.where(in_layer, 9000.0, 11000.0) + 9000.0 * fringes * (0.5 + 0.5 * along))
    noisy = draw.poisson(np.clip(ndimage.gaussian_filter(level, 1.2), 0, None) / 40) * 40
    return np.clip(noisy, 0, 65535).astype(np.uint16)


def write_haadf(path: Path, wanted: SurfaceLayer) -> None:
    """Write a picture of a surface as ImageJ saves it, with its scale in nm."""
    import tifffile

    per_nm = 1 / wanted.pixel_size_nm
    tifffile.imwrite(
        path, haadf(wanted), imagej=True, resolution=(per_nm, per_nm), metadata={"unit": "nm", "Info": "SIMULATED"}
    )
