"""Moved to `labdb.ingest.entry`."""

from labdb.ingest.entry import *  # noqa: F403
