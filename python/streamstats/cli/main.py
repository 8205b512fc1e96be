"""The command: dispatches, and turns errors into messages and exit statuses."""

from __future__ import annotations

import gc
import os
import sys
from typing import NoReturn

from streamstats.cli.parser import subcommand
from streamstats.errors import StreamstatsError, printable

INTERRUPTED = 130

FAULT = 70
"""The exit status of what should not be: EX_SOFTWARE of sysexits.h."""

DEBUG = "STREAMSTATS_DEBUG"
"""Set, it lets a fault show where it is."""


def run() -> NoReturn:
    """The entry point: run the command line and exit with its status."""
    # Of a hundred thousand values that are judged or drawn none is garbage in a cycle: looking for
    # some after each 700 objects took a tenth of the time of ``suspects``.
    gc.set_threshold(200_000, 20, 50)
    status = main(sys.argv[1:])
    try:
        _flush()
    except OSError as error:
        status = status or _output_failed(error)
    # Interpreters take their time to take themselves apart, and there is nothing left to do.
    os._exit(status)


def main(argv: list[str]) -> int:
    """Run a command line without the program's name; return the exit status."""
    try:
        command = subcommand(argv)
        if command is None:
            from streamstats.cli.count import run as count

            return count(argv)
        from importlib import import_module

        if sys.stdout is None:
            raise OSError(9, "standard output is closed")
        module = import_module(f"streamstats.cli.{command.module}")
        status: int = module.run(argv[1:])
        _flush()
        return status
    except StreamstatsError as error:
        complain(f"streamstats: {error}")
        return error.exit_status
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        return _output_failed()
    except OSError as error:
        return _output_failed(error)
    except Exception as error:
        if os.environ.get(DEBUG):
            raise
        complain(
            f"streamstats: a fault of its own: {type(error).__name__}: {printable(str(error))}\n"
            f"please report it, with what {DEBUG}=1 shows before the command"
        )
        return FAULT


def complain(text: str) -> None:
    """Write to standard error, if there is one."""
    try:
        sys.stderr.write(text + "\n")
        sys.stderr.flush()
    except (OSError, AttributeError, ValueError):
        return


def _flush() -> None:
    # There is no standard output where it was closed before the start, or has failed.
    if sys.stdout is not None:
        sys.stdout.flush()


def _output_failed(error: OSError | None = None) -> int:
    """Standard output cannot be written: quietly where its reader has gone, an error otherwise."""
    # What is still in the buffer would fail again at exit.
    sys.stdout = None
    if error is None or isinstance(error, BrokenPipeError):
        return 0
    complain(f"streamstats: cannot write the output: {error.strerror or error}")
    return 3
