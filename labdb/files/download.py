"""The original bytes of a file as an answer: whole, or a range of them (RFC 9110), and never run by a browser."""

from __future__ import annotations

import re
from collections.abc import Iterator

from django.core.files.storage import default_storage
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.http import content_disposition_header, parse_etags

CHUNK = 1 << 18
RANGE = re.compile(r"bytes=(\d*)-(\d*)")


class UnsatisfiableError(Exception):
    """No byte of the file is in the range that was asked for."""


def byte_range(header: str, size: int) -> tuple[int, int] | None:
    """First and last byte of a `Range` header; None where the whole file is the answer.

    Raises:
        UnsatisfiableError: the file ends before the range begins.
    """
    match = RANGE.fullmatch(header.strip())
    if not match or match.groups() == ("", ""):
        return None  # several ranges, or none that we know: RFC 9110 allows to send everything
    first, last = match.groups()
    if not first:
        start, end = max(size - int(last), 0), size - 1
        if not int(last):
            raise UnsatisfiableError
    else:
        start, end = int(first), min(int(last) if last else size - 1, size - 1)
        if last and int(last) < start:
            return None
    if start >= size:
        raise UnsatisfiableError
    return start, end


def stored_bytes(
    request: HttpRequest, key: str, *, sha256: str, size: int, name: str, content_type: str = "application/octet-stream"
) -> HttpResponseBase:
    """What the store keeps under a key, streamed. The hash is the ETag, so a copy that is there is not sent again."""
    etag = f'"{sha256}"'
    headers = {
        "ETag": etag,
        "Accept-Ranges": "bytes",
        "Cache-Control": "private, no-cache",
        "Content-Disposition": content_disposition_header(True, name) or "attachment",
        "X-Content-Type-Options": "nosniff",
    }
    known = parse_etags(request.headers.get("If-None-Match", ""))
    if etag in known or f"W/{etag}" in known or "*" in known:
        return HttpResponse(status=304, headers=headers)
    part = None
    if "Range" in request.headers and request.headers.get("If-Range", etag) == etag:
        try:
            part = byte_range(request.headers["Range"], size)
        except UnsatisfiableError:
            return HttpResponse(status=416, headers={**headers, "Content-Range": f"bytes */{size}"})
    start, end = part or (0, size - 1)
    headers["Content-Length"] = str(end - start + 1)
    if part:
        headers["Content-Range"] = f"bytes {start}-{end}/{size}"
    status = 206 if part else 200
    if request.method == "HEAD":
        return HttpResponse(status=status, content_type=content_type, headers=headers)
    return StreamingHttpResponse(_read(key, start, end), status=status, content_type=content_type, headers=headers)


def _read(key: str, start: int, end: int) -> Iterator[bytes]:
    with default_storage.open(key) as file:
        file.seek(start)
        left = end - start + 1
        while left > 0 and (chunk := file.read(min(CHUNK, left))):
            left -= len(chunk)
            yield chunk
