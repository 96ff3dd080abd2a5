"""Entry point of the command line: it can be stopped cleanly from the first moment on."""

import os
import signal
import sys
from typing import NoReturn

__all__ = ["main"]

# A process that a signal ends has this exit code, and the number of the signal on top.
SIGNAL = 128
# What a service manager or `kill` sends, and what a terminal sends that is closed.
REQUESTS = ("SIGTERM", "SIGHUP", "SIGBREAK")
STOPPED = "\nStopped. Nothing is half-written.\n"
SHOW_CURSOR = "\x1b[?25h"


def main() -> None:
    """Run the command line."""
    # Somebody who started us with a signal ignored, as `nohup` does, wants it to stay so.
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, _leave)
    for name in REQUESTS:
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) == signal.SIG_DFL:
            signal.signal(number, _leave)
    from mentormatch.cli import run

    run()


def _leave(number: int, _frame: object) -> NoReturn:
    """End the process at once; while files are replaced, another handler is in place.

    An exception could come up inside an import or a solver, which may make another one of it.
    """
    said = STOPPED
    if sys.stderr is not None and sys.stderr.isatty():
        said = SHOW_CURSOR + said
    try:
        os.write(2, said.encode())
    finally:
        os._exit(SIGNAL + number)


if __name__ == "__main__":
    main()
