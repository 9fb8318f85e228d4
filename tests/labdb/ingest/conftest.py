from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def always_plain(plain_techniques):
    """Every test of the spine uses the plain technique."""
