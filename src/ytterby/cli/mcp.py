"""`ytterby mcp`: the verbs for AI assistants."""

from ytterby.cli.common import DEFAULTS, Common, the_world
from ytterby.errors import InputError


def mcp(*, common: Common = DEFAULTS) -> None:
    """Give the verbs to AI assistants over the Model Context Protocol, on standard input and output.

    Tools only read. With --out FOLDER there is one more, which saves briefs into that folder.

    Example: ytterby mcp --out briefs
    """
    try:
        from ytterby.web.assistants import serve
    except ImportError as error:
        raise InputError(f"mcp needs the package {error.name}", "mcp", "pip install 'ytterby[mcp]'") from None
    if common.out is not None:
        try:
            common.out.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise InputError(f"cannot write: {error.strerror}", str(common.out), "choose another --out") from None
    serve(the_world(common), common.out)
