"""`ytterby replay`: a run again, byte for byte, or what differs."""

import sys
from pathlib import Path

from ytterby.cli.common import DEFAULTS, Common, the_world
from ytterby.cli.console import note, progress, write


def replay(run: Path, *, common: Common = DEFAULTS) -> None:
    """Run again what a run.json tells; say whether the same bytes come out, or what differs and what may be why.

    Example: ytterby replay brief-today/run.json

    Exit 0: every file has the same bytes; 1: not.

    Parameters
    ----------
    run
        the run.json of a brief, or of draws or a sweep that were written to a folder; it stays as it is
    """
    from ytterby.replay import replay as again

    with progress("replay", common.quiet) as tell:
        made = again(run, world=the_world(common), progress=tell)
    write(made.files, common.format, common.out)
    for cause in made.causes:
        note(f"not as it was then: {cause}", common.quiet)
    if made.same:
        note("the same bytes", common.quiet)
    else:
        sys.stdout.flush()
        sys.exit(1)
