"""Runs the app on an address until it is stopped."""

import ctypes
import socket
from collections.abc import Callable

import uvicorn

from ytterby.errors import InputError
from ytterby.web.app import Site, create_app

M_ARENA_MAX = -8
"""glibc, malloc.h."""


def serve(site: Site, host: str, port: int, ready: Callable[[str], None]) -> None:
    """Serve until Ctrl-C; ready is told the address. port 0: any free one. Raises InputError if the address cannot be had."""
    _thrifty()
    app = create_app(site)
    with bound(host, port) as place:
        shown = f"[{host}]" if ":" in host else host
        ready(f"http://{shown}:{place.getsockname()[1]}/{f'?token={site.token}' if site.token else ''}")
        settings = uvicorn.Config(app, log_level="warning", access_log=False, server_header=False, timeout_graceful_shutdown=2)
        uvicorn.Server(settings).run(sockets=[place])


def _thrifty() -> None:
    """Let the C library's threads share two heaps, where it can: each heap of its own keeps what a thread once used."""
    library = ctypes.CDLL(None)
    if hasattr(library, "mallopt"):
        library.mallopt(M_ARENA_MAX, 2)


def bound(host: str, port: int) -> socket.socket:
    """Return a socket that listens on an address.

    >>> bound("127.0.0.1", 0).close()
    """
    place = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    place.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        place.bind((host, port))
        place.listen(128)
    except (OSError, OverflowError) as error:
        place.close()
        raise InputError(f"cannot listen: {getattr(error, 'strerror', None) or error}", f"{host}:{port}", "choose another --port") from None
    return place
