"""Show what labdb sees in files, without storing anything."""

from __future__ import annotations

import json
import logging
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from labdb.ingest.inspect import inspect
from labdb.ingest.installed import techniques

logger = logging.getLogger(__name__)


class Command(BaseCommand):
    help = (
        "Show what labdb sees in files, without storing anything: technique, reader, columns, metadata, results, or the"
        " sentence that refuses the file. One JSON object a file, a line each; on a terminal in words, unless --json."
        " Exit status 1 if any file was refused."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("files", nargs="+", metavar="FILE")
        parser.add_argument("--json", action="store_true", help="JSON also on a terminal")

    def handle(self, *args: Any, **options: Any) -> None:
        refused = False
        as_json = options["json"] or not self.stdout.isatty()
        for name in options["files"]:
            seen = look(Path(name))
            refused |= "error" in seen
            self.stdout.write(json.dumps(seen, ensure_ascii=False, allow_nan=False) if as_json else in_words(seen))
            self.stdout.flush()
        if refused:
            sys.exit(1)


def look(path: Path) -> dict[str, Any]:
    """Inspect one file; a fault of labdb's own is told like any other, so that the next file has its turn."""
    try:
        return inspect(path, techniques())
    except Exception as error:  # the end of the line: whatever went wrong is ours, and is told
        logger.debug("inspecting %s failed", path, exc_info=True)
        what = f"{type(error).__name__}: {error}"
        sentence = f"{path.name}: labdb failed over this file, and the fault is labdb's ({what})."
        return {"file": str(path), "error": sentence}


def in_words(seen: dict[str, Any]) -> str:
    """The same for a person."""
    lines = [seen["file"]]
    if "reader" in seen:
        lines.append(f"  {seen['technique']}, read by {seen['reader']} {seen['reader_version']}")
    if "rows" in seen:
        lines.append(f"  {seen['rows']} rows")
    lines += [f"  {name}: {value}" for name, value in seen.get("metadata", {}).items() if name != "instrument"]
    lines += [
        f"  {name}: {ends['first']} … {ends['last']} ({ends['min']} to {ends['max']})"
        for name, ends in seen.get("columns", {}).items()
    ]
    lines += [f"  {name}: {found['value']} {found['unit']}".rstrip() for name, found in seen.get("results", {}).items()]
    lines += [f"  warning: {sentence}" for sentence in seen.get("warnings", [])]
    if "error" in seen:
        lines.append(f"  refused: {seen['error']}")
    return "\n".join(lines)
