"""What the calorimeter would have shown without the peak: the baseline between two limits. Pure."""

from __future__ import annotations

import numpy as np

LINEAR, SIGMOIDAL, TANGENTIAL = "linear", "sigmoidal", "tangential"
KINDS = (
    (LINEAR, "straight line between the limits"),
    (SIGMOIDAL, "sigmoidal: from level to level, as the peak proceeds"),
    (TANGENTIAL, "tangential: from tangent to tangent, as the peak proceeds"),
)
# Of the distance between the limits: where the level at a limit is taken, and where its tangent.
LEVEL_SHARE, TANGENT_SHARE = 0.01, 0.1
LEAST_POINTS, TANGENT_POINTS = 3, 5
ITERATIONS, CLOSE_ENOUGH = 50, 1e-9


def baseline(
    second: np.ndarray,
    signal: np.ndarray,
    first: int,
    last: int,
    kind: str,
    free_from: int | None = None,
    free_to: int | None = None,
) -> np.ndarray:
    """The baseline of one peak.

    *Linear*: the straight line between the levels at the two limits. *Sigmoidal*: the level before the peak goes over
    into the level behind it by the share of the peak's area that has passed; *tangential*: the same of the two straight
    lines that continue the curve before and behind the peak. The share depends on the baseline, which is therefore
    computed again until it stands still, beginning with the line.

    Source: U. Bandara, J. Thermal Anal. 31 (1986) 1063, for the iterated sigmoid; ISO 11357-1 for the line.

    Args:
        second, signal: of the whole segment, shape (n,).
        first, last: records of the limits, both inside, first < last.
        free_from, free_to: from and to which record the curve outside may be continued; the ends where None. Where
            there is nothing to continue, the tangent is the straight line between the limits.

    Returns:
        The baseline at records first … last, in the unit of the signal.

    Raises:
        ValueError: there is no such kind.
    """
    t, y = second[first : last + 1], signal[first : last + 1]
    span = t[-1] - t[0]
    left, right = (_level(second, signal, at, LEVEL_SHARE * span) for at in (first, last))
    share = (t - t[0]) / span
    line = left + (right - left) * share
    if kind == LINEAR:
        return line
    if kind == SIGMOIDAL:
        before, behind = np.full(len(t), left), np.full(len(t), right)
    elif kind == TANGENTIAL:
        begin = max(free_from or 0, int(np.searchsorted(second, t[0] - TANGENT_SHARE * span)))
        end = min(
            len(second) - 1 if free_to is None else free_to, int(np.searchsorted(second, t[-1] + TANGENT_SHARE * span))
        )
        direct = (right - left) / span
        before = left + _slope(second[begin : first + 1], signal[begin : first + 1], direct) * (t - t[0])
        behind = right + _slope(second[last : end + 1], signal[last : end + 1], direct) * (t - t[-1])
    else:
        raise ValueError(f"there is no baseline named {kind}; there are {', '.join(name for name, _ in KINDS)}.")
    found = line
    for _ in range(ITERATIONS):
        net = y - found
        passed = np.concatenate([[0.0], np.cumsum((net[1:] + net[:-1]) / 2 * np.diff(t))])
        if passed[-1] == 0:
            return found
        progress = np.clip(passed / passed[-1], 0.0, 1.0)
        following = (1 - progress) * before + progress * behind
        moved = np.abs(following - found).max()
        found = following
        if moved <= CLOSE_ENOUGH * max(np.ptp(y), 1e-300):
            break
    return found


def _level(second: np.ndarray, signal: np.ndarray, at: int, reach: float) -> float:
    """The signal at a record, by the straight line through its neighbourhood."""
    near = np.flatnonzero(np.abs(second - second[at]) <= reach)
    if len(near) < LEAST_POINTS or np.ptp(second[near]) == 0:
        return float(signal[at])
    return float(np.polyfit(second[near] - second[at], signal[near], 1)[1])


def _slope(second: np.ndarray, signal: np.ndarray, otherwise: float) -> float:
    """Of the straight line through a stretch of the curve; `otherwise` where it is too short."""
    if len(second) < TANGENT_POINTS or np.ptp(second) == 0:
        return otherwise
    return float(np.polyfit(second - second[0], signal, 1)[0])
