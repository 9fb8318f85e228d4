"""The field's library, pyGAPS, kept quiet. Pure.

It takes seconds to import, and is imported where it computes. It logs to standard output, where programs write their
answers; what it warns of is said by our own warnings.
"""

from __future__ import annotations

import logging


def _errors(record: logging.LogRecord) -> bool:
    return record.levelno >= logging.ERROR


def quiet() -> None:
    """To be called before pyGAPS is imported."""
    logging.getLogger("pygaps").addFilter(_errors)  # the same filter is added once
