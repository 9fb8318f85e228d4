"""How requests are read: JSON by orjson.

What no record can hold is refused here, once for all fields and for JSON in fields: NaN, infinite numbers, half a
character (a lone surrogate), U+0000, which PostgreSQL has no place for, and nesting without end.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import IO, Any

import orjson
from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser

NULL_CHARACTER = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")


class JsonBody(JSONParser):
    def parse(
        self, stream: IO[bytes], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        written = stream.read()
        try:
            found = orjson.loads(written)
        except orjson.JSONDecodeError as error:
            raise ParseError(f"JSON parse error - {error}") from error
        if NULL_CHARACTER.search(written):
            raise ParseError("JSON parse error - a text holds the character U+0000, which cannot be stored")
        return found
