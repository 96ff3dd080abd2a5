"""Entry point of the command line: Ctrl-C ends it cleanly from the first moment on."""

import os
import signal
import sys
from typing import NoReturn

__all__ = ["main"]

INTERRUPTED = 130
STOPPED = "\nStopped. Nothing is half-written.\n"
SHOW_CURSOR = "\x1b[?25h"


def main() -> None:
    """Run the command line."""
    # Somebody who started us with SIGINT ignored, as `nohup` does, wants it to stay so.
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, _leave)
    from mentormatch.cli import run

    run()


def _leave(_number: int, _frame: object) -> NoReturn:
    """End the process at once; while files are replaced, another handler is in place.

    An exception could come up inside an import or a solver, which may make another one of it.
    """
    said = STOPPED
    if sys.stderr is not None and sys.stderr.isatty():
        said = SHOW_CURSOR + said
    try:
        os.write(2, said.encode())
    finally:
        os._exit(INTERRUPTED)


if __name__ == "__main__":
    main()
