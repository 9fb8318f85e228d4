"""The address of the web server, and a folder that only one runner uses. Standard library only."""

from __future__ import annotations

import errno
import fcntl
import http.client
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class CannotStartError(Exception):
    """One sentence for the person at the terminal: what is in the way, and what to do."""


def listen(host: str, port: int) -> socket.socket:
    """Open the port before anything else is started; the web server inherits it, and keeps it when it restarts.

    Raises:
        CannotStartError: the port is taken or forbidden, or the host is none of this machine.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        if error.errno == errno.EADDRINUSE:
            raise CannotStartError(
                f"Port {port} of {host} is in use by another program; choose another one: make run PORT={port + 1}"
            ) from error
        if error.errno == errno.EACCES:
            raise CannotStartError(
                f"Port {port} is reserved to root; choose one over 1024: make run PORT=8000"
            ) from error
        raise CannotStartError(
            f"{host} is no address of this machine ({error.strerror}); try HOST=127.0.0.1"
        ) from error
    listener.listen(2048)
    return listener


@contextmanager
def only_runner(lock: Path) -> Iterator[None]:
    """Hold a folder for this process alone; the kernel lets go of it, however the process ends.

    Raises:
        CannotStartError: another one holds it.
    """
    with open(lock, "a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            file.seek(0)
            raise CannotStartError(
                f"labdb runs on {lock.parent} already ({file.read().strip()}); stop that one first,"
                " or name another folder: LABDB_DATA=/path make run"
            ) from error
        file.truncate(0)
        file.write(f"process {os.getpid()}")
        file.flush()
        yield


def answers(host: str, port: int, path: str, timeout_second: float = 1.0) -> bool:
    """Whether a web server answers that it is well."""
    connection = http.client.HTTPConnection(host, port, timeout=timeout_second)
    try:
        connection.request("GET", path, headers={"Host": "localhost"})
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
