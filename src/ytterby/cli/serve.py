"""`ytterby serve`: the web app."""

import os
import re
import secrets
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from ytterby.cli.common import DEFAULTS, Common, the_world
from ytterby.errors import InputError

if TYPE_CHECKING:
    from ytterby.core.world import World


def serve(host: str = "127.0.0.1", port: int = 8765, data: Path | None = None, *, common: Common = DEFAULTS) -> None:
    """Serve the web app, on this machine alone unless --host says otherwise; Ctrl-C ends it.

    Example: ytterby serve --data my-briefs

    Parameters
    ----------
    host
        address to listen on; any but this machine's own asks for a token (YTTERBY_TOKEN, or a new one that is printed)
    port
        port; 0: any free one
    data
        folder where briefs and the ledger stay; default: kept until the server stops
    """
    try:
        from ytterby.web.app import Site
        from ytterby.web.guard import loopback
        from ytterby.web.serve import serve as run
    except ImportError as error:
        raise InputError(f"serve needs the package {error.name}", "serve", "pip install 'ytterby[web]'") from None
    token = os.environ.get("YTTERBY_TOKEN") or (None if loopback(host) else secrets.token_urlsafe(24))
    if token is not None and not re.fullmatch(r"[\w-]{16,200}", token, re.ASCII):
        raise InputError("the token is too short or has other signs", "YTTERBY_TOKEN", "give 16 letters, digits, - and _ or more")
    try:
        run(Site(data=data, world=_world(common), token=token), host, port, _ready)
    except KeyboardInterrupt:
        sys.stderr.write("stopped\n")


def _world(common: Common) -> "World | None":
    """The world that the user chose; None for the embedded one."""
    return None if common.world is None and common.as_of is None else the_world(common)


def _ready(address: str) -> None:
    sys.stdout.write(f"ytterby serves at {address} (Ctrl-C ends it)\n")
    sys.stdout.flush()
