"""The verb of the files' room: keep the bytes."""

from __future__ import annotations

import re
from pathlib import Path

from django.conf import settings
from django.db import transaction

from labdb.accounts.models import Project, User
from labdb.accounts.services import require_role
from labdb.files import store
from labdb.files.models import RawFile
from labdb.files.uploads import TooLargeError, size_limit_sentence

DRIVE = re.compile(r"[A-Za-z]:")


def keep(
    path: Path,
    name: str,
    project: Project,
    user: User,
    *,
    sha256: str = "",
    simulated: bool = False,
    move: bool = False,
) -> tuple[RawFile, bool]:
    """Keep a file's bytes in a project.

    Args:
        path: where the bytes are now; they are copied, or with `move` taken over.
        name: as the person named it; the folders before its last part are kept apart.
        sha256: of the bytes, where the caller has it already.

    Returns:
        The file, and whether it is new: the same bytes in the same project are one file.

    Raises:
        PermissionDenied: the user may not write in the project.
        TooLargeError: the file is over the limit.
    """
    require_role(user, project)
    folder, name = parted(name)
    size = path.stat().st_size
    if size > settings.MAX_UPLOAD_BYTES:
        raise TooLargeError(size_limit_sentence(name))
    raw_file = RawFile(
        project=project,
        sha256=sha256 or store.sha256_of(path),
        name=name,
        folder=folder,
        size=size,
        uploaded_by=user,
        simulated=simulated,
    )
    store.put(path, raw_file.key, move=move)  # bytes first: a row never points at nothing
    with transaction.atomic():
        kept, new = RawFile.objects.get_or_create(
            project=project,
            sha256=raw_file.sha256,
            defaults={
                "name": name,
                "folder": folder,
                "size": size,
                "uploaded_by": user,
                "simulated": simulated,
            },
        )
    return kept, new


def parted(path: str) -> tuple[str, str]:
    """Folder and name of a file, as the person's computer tells them: "GP-NCM-B1/XRD" and "scan.xy"."""
    parts = [part for part in re.split(r"[/\\]", path) if part not in ("", ".", "..") and not DRIVE.fullmatch(part)]
    return "/".join(parts[:-1])[-500:], (parts[-1] if parts else "")[:255] or "unnamed"
