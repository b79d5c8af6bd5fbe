"""The command line: one file a verb.

Exit 0 fine; 2 input or usage that cannot be used, with one line on stderr; 1 our fault. Ctrl-C leaves whole files and exits 130.
"""

import os
import sys
import traceback

from cyclopts import App, CycloptsError

import ytterby
from ytterby.cli.console import fail
from ytterby.core.whole import FULL
from ytterby.errors import InputError

app = App(
    name="ytterby",
    help="From a news article to a plan for the supply of critical minerals. Everything runs offline.",
    version=ytterby.__version__,
    help_format="plaintext",
)
VERBS = {
    "brief": "Read articles, stress the chain, plan, and write a report: the main job.",
    "read": "Read articles into events, each with its verbatim evidence.",
    "measure": "Measure supply risk: indicators with bands.",
    "stress": "Stress the chain with scenario files: shortfall per week, product, actor and use.",
    "plan": "Choose mines, plants, stocks and agreements within a budget.",
    "replay": "Run again what a run.json tells: the same bytes, or what differs.",
    "serve": "Serve the web app on this machine.",
    "mcp": "Give the verbs to AI assistants, over the Model Context Protocol.",
}
for _verb, _help in VERBS.items():
    # Named, not imported: a verb's file is read when the verb is called.
    app.command(f"ytterby.cli.{_verb}:{_verb}", name=_verb, help=_help)
app.command("ytterby.cli.ledger:app", name="ledger", help="The ledger over many articles: events, what ends what, what is due.")
app.command("ytterby.cli.world:app", name="world", help="Look at the world's tables, check them, trace a number to its source.")


def main() -> None:
    """Run the command line and turn every end into its exit code."""
    try:
        # A lone hyphen is standard input; the parser would take it for an option, and Path("./-") is Path("-").
        app(["./-" if word == "-" else word for word in sys.argv[1:]], exit_on_error=False, print_error=False)
        sys.stdout.flush()
    except InputError as error:
        fail(str(error))
        sys.exit(2)
    except CycloptsError as error:
        fail(f"{' '.join(str(error).split())}; {' '.join(sys.argv[1:2]) or 'usage'}; see 'ytterby --help'")
        sys.exit(2)
    except BrokenPipeError:
        _hang_up()
        sys.exit(1)
    except KeyboardInterrupt:
        fail("stopped by Ctrl-C; nothing half-written")
        sys.exit(130)
    except Exception as error:  # noqa: BLE001 - the last line of defence: say whose fault it is, keep the trace of ours
        sys.exit(_blame(error))


def _blame(error: Exception) -> int:
    """Tell a fault that nobody foresaw, and whose it is; returns the exit code."""
    if isinstance(error, OSError) and error.errno in FULL:
        fail(f"cannot write: {error.strerror}; {error.filename or 'standard output'}; make room")
        _hang_up()
        return 2
    traceback.print_exc()
    fail("this is our fault, not yours; please report the lines above with the command that you ran")
    return 1


def _hang_up() -> None:
    """Let what is still to be written to standard output go nowhere: Python would try once more, and complain, as it ends."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
