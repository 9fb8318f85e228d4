"""Heat programmes: the one of the reference study, and those that no furnace can run."""

from __future__ import annotations

import pytest

from synthesis.heat_treatment.programme import (
    Kind,
    ProgrammeError,
    Segment,
    curve,
    lay_out,
    peak_celsius,
    soak,
)

# 5 °C/min to 760 °C, 12 h, 2 °C/min to 300 °C, natural cooling; flowing O2.
SINTER = [
    Segment(Kind.RAMP, 760, 5, atmosphere="O2", flow_l_per_min=1),
    Segment(Kind.HOLD, 760, hold_hour=12),
    Segment(Kind.COOL, 300, 2),
    Segment(Kind.NATURAL),
]


def test_the_segments_follow_one_another_in_time():
    # (760 − 25) / 5 = 147 min; 12 h; (760 − 300) / 2 = 230 min.
    stretches = lay_out(SINTER)
    assert [s.end_hour for s in stretches[:3]] == pytest.approx([147 / 60, 147 / 60 + 12, 147 / 60 + 12 + 230 / 60])
    assert peak_celsius(stretches) == 760


def test_the_soak_is_the_longest_hold_at_the_top():
    assert soak(lay_out(SINTER)).segment.hold_hour == 12
    assert soak(lay_out(SINTER[:1])) is None


def test_the_words_are_those_of_the_lab():
    assert [s.words() for s in SINTER] == [
        "ramp 5 °C/min to 760 °C in O2 at 1 L/min",
        "hold 12 h at 760 °C",
        "cool 2 °C/min to 300 °C",
        "natural cooling",
    ]


def test_natural_cooling_is_drawn_as_not_programmed():
    drawn = curve(lay_out(SINTER))
    assert drawn["programmed"].to_list()[:4] == [True] * 4
    assert not drawn["programmed"][-1]
    assert drawn["time_hour"].is_sorted()
    assert drawn["temperature_celsius"][-1] < 30


@pytest.mark.parametrize(
    ("segments", "says"),
    [
        ([Segment(Kind.COOL, 300, 2)], "Segment 1: it cools from 25 to 300 °C, which is upwards"),
        ([SINTER[0], Segment(Kind.RAMP, 700, 5)], "Segment 2: it ramps from 760 to 700 °C, which is not up"),
        ([SINTER[0], Segment(Kind.HOLD, 700, hold_hour=1)], "put a ramp before it"),
        ([SINTER[0], Segment(Kind.HOLD, 760)], "needs its hours"),
        ([Segment(Kind.RAMP, 760, -5)], "more than 0"),
        ([Segment(Kind.RAMP, None, 5)], "needs the temperature"),
        ([Segment(Kind.RAMP, 7600, 5)], "not a temperature of a furnace"),
        ([], "at least one segment"),
    ],
)
def test_a_programme_that_no_furnace_can_run_is_refused(segments, says):
    with pytest.raises(ProgrammeError, match=says):
        lay_out(segments)
