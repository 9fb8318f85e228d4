"""What lies under the peaks, and how far the points scatter. Pure."""

from __future__ import annotations

import numpy as np

# A second difference of independent points of deviation s has the deviation s·√6; the median of its magnitude is
# 0.6745 of that.
SECOND_DIFFERENCE = np.sqrt(6.0)
MEDIAN_OF_MAGNITUDE = 0.6744898
NARROWER = 0.75  # of the window before
LAGS = (1, 2, 4, 8, 16, 32)
LARGEST_LAG_DEGREE = 0.06


def clipped_background(intensity: np.ndarray, half_window: int) -> np.ndarray:
    """The background by peak clipping: each point becomes the lower of itself and the mean of its neighbours.

    The neighbours are `half_window` points away at first, then three quarters of that and so on down to one point, so
    that what is narrower than twice the window is clipped away and what is much wider stays; on the scale
    log(log(√(y+1)+1)+1), on which peaks of all heights are alike. It is a lower envelope: within the noise it lies too
    low, which the fit makes good by straight lines. Humps wider than the window, of glass or of an amorphous holder,
    are background by this definition.

    Source: C. G. Ryan et al., Nucl. Instrum. Methods B 34 (1988) 396; M. Morháč et al., Nucl. Instrum. Methods A 401
    (1997) 113.

    Args:
        intensity: shape (n,), in any unit.
        half_window: in points, 1 or more.

    Returns:
        Shape (n,), never above the intensity once that is smoothed over a fifth of the window.
    """
    lowest = min(0.0, float(intensity.min()))
    width = max(1, half_window // 5) | 1
    smooth = np.convolve(np.pad(intensity - lowest, width // 2, "edge"), np.ones(width) / width, "valid")
    level = np.log(np.log(np.sqrt(smooth + 1) + 1) + 1)
    # Half a window of the ends' own level beyond the ends, so that the first and last points have neighbours.
    padded = np.pad(level, half_window, "edge")
    away = half_window
    while away:
        mean = (padded[: -2 * away] + padded[2 * away :]) / 2
        padded[away:-away] = np.minimum(padded[away:-away], mean)
        away = int(away * NARROWER)
    level = padded[half_window : len(level) + half_window]
    return np.square(np.exp(np.exp(level) - 1) - 1) - 1 + lowest


def deviations(intensity: np.ndarray, given: np.ndarray | None, step_degree: float = 0.02) -> np.ndarray:
    """The standard deviation of every point.

    What the file gives, where it does. Else √(k·y) with one k for the pattern, found from the median magnitude of the
    second differences of points some steps apart, up to 0.06°: k is 1 for counts, 1/t for counts per second of t
    seconds, and whatever it is for an intensity that was scaled. The largest k of several distances is taken, as
    neighbouring points of a pattern that was interpolated scatter less than they should. Points of no intensity get
    the deviation of a hundredth of the mean.

    Returns:
        Shape (n,), positive.
    """
    if given is not None and (given > 0).any():
        return np.where(given > 0, given, np.median(given[given > 0]))
    level = np.maximum(intensity, max(float(np.mean(np.abs(intensity))) / 100, np.finfo(float).tiny))
    scales = []
    for lag in LAGS:
        if len(intensity) > 2 * lag + 2 and (lag == 1 or lag * step_degree <= LARGEST_LAG_DEGREE):
            second = np.abs(intensity[: -2 * lag] - 2 * intensity[lag:-lag] + intensity[2 * lag :])
            scales.append(float(np.median(second / np.sqrt(level[lag:-lag]))))
    scale = max(scales, default=1.0) / (MEDIAN_OF_MAGNITUDE * SECOND_DIFFERENCE)
    # A simulated pattern without noise still needs a positive deviation.
    return np.maximum(scale * np.sqrt(level), 1e-6 * float(level.max()))
