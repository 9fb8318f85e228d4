"""Connected components slab by slab are those of the whole, whatever the slabs."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from scipy import ndimage

from characterization.tomography.bits import Bits, slabs
from characterization.tomography.components import Labeller


def by_slabs(mask, depth, connectivity=26, **more):
    labeller = Labeller(mask.shape, connectivity, **more)
    for first in range(0, mask.shape[0], depth):
        labeller.add(mask[first : first + depth])
    return labeller.done()


def described(components):
    """Voxels, centroid, border and first voxel of each component, sorted."""
    rows = zip(
        components.voxels.tolist(),
        components.centroids.round(9).tolist(),
        components.touches_border.tolist(),
        components.first_voxels.tolist(),
        strict=True,
    )
    return sorted(rows)


def as_scipy_finds(mask, connectivity):
    structure = ndimage.generate_binary_structure(3, 3 if connectivity == 26 else 1)
    labels, number = ndimage.label(mask, structure)
    rows = []
    for label in range(1, number + 1):
        places = np.argwhere(labels == label)
        ends = np.array(mask.shape) - 1
        border = bool(((places == 0) | (places == ends)).any())
        first = int(np.ravel_multi_index(tuple(places[0]), mask.shape))
        rows.append((len(places), places.mean(axis=0).round(9).tolist(), border, first))
    return sorted(rows)


@settings(deadline=None, max_examples=150)
@given(
    mask=arrays(bool, array_shapes(min_dims=3, max_dims=3, min_side=1, max_side=7)),
    depth=st.integers(1, 7),
    connectivity=st.sampled_from([6, 26]),
)
def test_components_are_those_of_scipy_on_the_whole_for_every_mask_and_slab(mask, depth, connectivity):
    assert described(by_slabs(mask, depth, connectivity)) == as_scipy_finds(mask, connectivity)


@pytest.mark.parametrize("connectivity", [6, 26])
@pytest.mark.parametrize("density", [0.1, 0.25, 0.5])
def test_a_crowd_of_components_is_the_same_for_every_slab(connectivity, density):
    mask = np.random.default_rng(3).random((17, 19, 15)) < density
    whole = described(by_slabs(mask, 17, connectivity))
    assert whole == as_scipy_finds(mask, connectivity)
    assert all(described(by_slabs(mask, depth, connectivity)) == whole for depth in (1, 2, 5, 16))


def test_two_arms_that_meet_three_slabs_later_are_one_component():
    mask = np.zeros((7, 3, 5), bool)
    mask[0:6, 1, 0] = mask[0:6, 1, 4] = True
    mask[5, 1] = True
    found = by_slabs(mask, 2)
    assert found.voxels.tolist() == [15]  # two arms of six, and three between them
    assert found.centroids.tolist() == [[pytest.approx((2 * 15 + 3 * 5) / 15), 1.0, 2.0]]


def test_a_corner_joins_26_neighbours_and_not_6():
    mask = np.zeros((2, 2, 2), bool)
    mask[0, 0, 0] = mask[1, 1, 1] = True
    assert by_slabs(mask, 1, 26).count() == 1
    assert by_slabs(mask, 1, 6).count() == 2


def test_small_ones_are_counted_but_not_kept():
    mask = np.zeros((5, 5, 9), bool)
    mask[1, 1, 1] = mask[1, 1, 3] = mask[3, 3, 1:4] = mask[3, 3, 5:7] = True
    found = by_slabs(mask, 2, least_voxels=2)
    assert sorted(found.voxels.tolist()) == [2, 3]
    assert found.numbers == {1: 2, 2: 1, 3: 1}
    assert (found.count(), found.count(2), found.total_voxels(), found.total_voxels(3)) == (4, 2, 7, 3)


def test_of_too_many_the_largest_are_kept_and_all_are_counted():
    mask = np.zeros((40, 3, 20), bool)
    mask[::2, 0, ::2] = True
    mask[20, 2, 5:9] = True
    found = by_slabs(mask, 3, kept=5)
    assert len(found.voxels) == 5
    assert max(found.voxels) == 4
    assert found.count() == 201


def test_nothing_has_no_components():
    found = by_slabs(np.zeros((3, 2, 2), bool), 1)
    assert (found.count(), found.voxels.size, found.centroids.shape) == (0, 0, (0, 3))


def test_masks_on_disk_come_back_and_are_false_beyond_their_ends():
    mask = np.random.default_rng(1).random((6, 5, 11)) < 0.5
    with Bits(mask.shape) as bits:
        assert not bits.read(0, 6).any()
        bits.write(2, mask[2:6])
        bits.write(0, mask[:2])
        np.testing.assert_array_equal(bits.read(0, 6), mask)
        beyond = bits.read(-2, 8)
    np.testing.assert_array_equal(beyond[2:8], mask)
    assert not beyond[:2].any()
    assert not beyond[8:].any()


def test_a_slab_has_a_slice_at_least():
    assert slabs(3, 1000, 1000, 10) == [(0, 1), (1, 2), (2, 3)]
    assert slabs(5, 10, 10, 200) == [(0, 2), (2, 4), (4, 5)]
