"""Files of other techniques are none of a powder's: readers that look at heads alone must not be greedy."""

from __future__ import annotations

import pytest

from characterization.fracture.technique import FRACTURE_CENSUS
from characterization.moisture.technique import MOISTURE
from characterization.particle_size.technique import PARTICLE_SIZE
from characterization.residual_lithium.technique import RESIDUAL_LITHIUM
from characterization.tap_density.technique import TAP_DENSITY
from labdb.ingest.entry import write
from labdb.ingest.presentation import Entry
from labdb.ingest.reader import FileHead
from labdb.ingest.registry import matches
from tests.characterization.particle_size.samples import SAMPLES

POWDER = [TAP_DENSITY, PARTICLE_SIZE, RESIDUAL_LITHIUM, MOISTURE, FRACTURE_CENSUS]


def test_no_instrument_file_of_another_technique_is_taken(real_data):
    taken = {
        path.relative_to(real_data).as_posix(): [match.reader.name for match in found]
        for path in sorted(real_data.rglob("*"))
        if path.is_file() and (found := matches(FileHead.of(path), POWDER))
    }
    assert taken == {}


@pytest.mark.parametrize("name", SAMPLES)
def test_an_export_of_particle_sizes_is_taken_by_no_technique_of_this_installation_but_its_own(tmp_path, name):
    from labdb.ingest.installed import techniques

    path = tmp_path / "export.csv"
    path.write_bytes(SAMPLES[name])
    assert [match.reader.name for match in matches(FileHead.of(path), techniques())] == [name]


@pytest.mark.parametrize("of", POWDER, ids=lambda of: of.name)
def test_what_is_typed_in_is_taken_by_its_own_technique_alone(tmp_path, of):
    from django.utils.module_loading import import_string

    from labdb.ingest.installed import techniques

    entry: Entry = import_string(of.presentation).entry
    path = tmp_path / "typed.csv"
    path.write_bytes(write(of.name, entry, []))
    found = matches(FileHead.of(path), techniques())
    assert [match.reader.name for match in found] == [f"labdb-{of.name.replace('_', '-')}"]
