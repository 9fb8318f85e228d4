"""The settings, on a data folder of the tests' own: a labdb that runs from this checkout is not touched."""

from __future__ import annotations

import os
from pathlib import Path

os.environ["LABDB_DATA"] = str(Path(__file__).resolve().parent.parent / "var" / "test")

from labdb.settings import *  # noqa: F403
from labdb.settings import STATIC_ROOT, STORAGES

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # a good one takes 50 ms a log-in, by design
STORAGES = {**STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
STATIC_ROOT.mkdir(exist_ok=True)
