"""The particle in a stack: closed at the surface, filled, and the same for every slab."""

from __future__ import annotations

import numpy as np
import pytest

from characterization.tomography.bits import Bits
from characterization.tomography.region import Sphere, particle
from labdb.ingest.technique import no_progress


def found(solid, gap=2, aspect=1.0, slab_voxels=10**9):
    with Bits(solid.shape) as dark, Bits(solid.shape) as inside:
        dark.write(0, ~solid)
        share, voxels = particle(dark, inside, gap, aspect, slab_voxels, no_progress)
        mask = inside.read(0, solid.shape[0])
    assert mask.sum() == voxels
    return share, mask


def ball(shape, centre, radius):
    z, y, x = np.ogrid[: shape[0], : shape[1], : shape[2]]
    return (z - centre[0]) ** 2 + (y - centre[1]) ** 2 + (x - centre[2]) ** 2 <= radius**2


SHAPE, CENTRE = (44, 46, 50), (22, 23, 25)
BODY = ball(SHAPE, CENTRE, 18)
HOLLOW = BODY & ~ball(SHAPE, CENTRE, 9)


def test_a_hollow_ball_is_filled():
    share, mask = found(HOLLOW)
    np.testing.assert_array_equal(mask, BODY)
    assert share == 1.0


@pytest.mark.parametrize(("width", "belongs"), [(2, True), (4, True), (6, False)])
def test_a_channel_of_up_to_twice_the_gap_is_shut_and_a_wider_one_lets_the_surroundings_in(width, belongs):
    channel = np.zeros(SHAPE, bool)
    channel[22:, 23 : 23 + width, 25 : 25 + width] = True
    _, mask = found(HOLLOW & ~channel, gap=2)
    assert mask[CENTRE] == belongs
    if belongs:
        assert (mask ^ BODY).sum() <= 4 * width**2  # at most the very mouth of the channel


def test_without_a_gap_only_closed_pores_belong_to_the_particle():
    channel = np.zeros(SHAPE, bool)
    channel[22:, 23, 25] = True
    assert not found(HOLLOW & ~channel, gap=0)[1][CENTRE]
    assert found(HOLLOW, gap=0)[1][CENTRE]


@pytest.mark.parametrize("slices", [1, 2, 7, 13])
@pytest.mark.parametrize("gap", [0, 1, 3])
def test_the_particle_is_the_same_for_every_slab(slices, gap):
    solid = HOLLOW & (np.random.default_rng(2).random(SHAPE) > 0.05)
    solid |= np.random.default_rng(4).random(SHAPE) > 0.9995
    whole = found(solid, gap)
    share, mask = found(solid, gap, slab_voxels=slices * SHAPE[1] * SHAPE[2])
    np.testing.assert_array_equal(mask, whole[1])
    assert share == whole[0]


def test_the_largest_of_two_bodies_is_the_particle():
    solid = BODY | ball(SHAPE, (4, 4, 5), 3)
    share, mask = found(solid)
    np.testing.assert_array_equal(mask, BODY)
    assert share == pytest.approx(BODY.sum() / solid.sum())


def test_a_particle_that_fills_its_stack_to_the_faces_keeps_its_surface():
    body = ball((37, 37, 37), (18, 18, 18), 18)
    np.testing.assert_array_equal(found(body & ~ball(body.shape, (18, 18, 18), 5))[1], body)


def test_a_particle_that_is_cut_by_the_stack_ends_there():
    body = ball((20, 40, 40), (0, 20, 20), 16)
    np.testing.assert_array_equal(found(body)[1], body)


def test_thin_slices_are_bridged_over_more_of_them():
    """Slices of half a pixel: a gap of 2 pixels is 4 slices."""
    solid = np.zeros((60, 20, 20), bool)
    solid[10:50, 4:16, 4:16] = True
    solid[26:34, 4:16, 4:16] = False  # a slit of 8 slices through the body
    assert found(solid, gap=2, aspect=0.5)[1][30, 10, 10]
    assert not found(solid, gap=2, aspect=1.0)[1][30, 10, 10]


def test_a_winding_way_from_outside_is_found_through_many_slabs():
    """A tunnel that goes down, along and up again, five voxels wide: the flood has to turn twice."""
    solid = np.ones((40, 30, 60), bool)
    solid[:30, 10:15, 5:10] = solid[25:30, 10:15, 5:50] = solid[5:30, 10:15, 45:50] = False
    for slab_voxels in (10**9, 3 * 38 * 68):
        assert not found(solid, gap=1, slab_voxels=slab_voxels)[1][7, 12, 47]


def test_nothing_solid_is_no_particle():
    assert found(np.zeros((6, 7, 8), bool))[0] == 0.0


def test_a_sphere_in_thick_slices_has_fewer_of_them():
    mask = Sphere(x=10, y=10, z=5, radius=8, aspect=2.0).slab(0, 11, (11, 21, 21))
    assert mask[:, 10, 10].sum() == 9  # ± 4 slices of 2 pixels
    assert mask[5, 10].sum() == 17
    np.testing.assert_array_equal(mask[2:4], Sphere(10, 10, 5, 8, 2.0).slab(2, 4, (11, 21, 21)))
