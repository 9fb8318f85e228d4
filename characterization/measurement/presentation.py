"""Moved to `labdb.ingest.presentation`."""

from labdb.ingest.presentation import *  # noqa: F403
