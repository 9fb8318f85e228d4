"""The broker made of files, with whole messages only.

kombu creates a message's file, then fills it; a worker that looks in between takes an empty message, and dies of it.
Here a message appears under its name when it is complete.
"""

from __future__ import annotations

import time
import uuid
from pathlib import Path
from typing import Any

from kombu.transport import TRANSPORT_ALIASES, filesystem
from kombu.utils.encoding import str_to_bytes
from kombu.utils.json import dumps

PATIENCE_SECOND = 2.0


class Channel(filesystem.Channel):
    def _put(self, queue: str, payload: Any, **kwargs: Any) -> None:  # type: ignore[override]  # kombu has two names
        folder = Path(self.data_folder_out)
        name = f"{round(time.monotonic() * 1000)}_{uuid.uuid4()}"
        part = folder / f"{name}.part"  # of no queue's name, so that nobody takes it
        part.write_bytes(str_to_bytes(dumps(payload)))
        part.replace(folder / f"{name}.{queue}.msg")

    def get_table(self, exchange: str) -> list[Any]:
        """Which queues an exchange feeds; another process may just be writing it for the first time."""
        until = time.monotonic() + PATIENCE_SECOND
        while True:
            try:
                return list(super().get_table(exchange))
            except ValueError:
                if time.monotonic() > until:
                    raise
                time.sleep(0.02)


class Transport(filesystem.Transport):
    Channel = Channel


def use() -> None:
    """Make `filesystem://` mean this transport."""
    TRANSPORT_ALIASES["filesystem"] = f"{__name__}:{Transport.__name__}"
