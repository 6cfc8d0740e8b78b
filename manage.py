#!/usr/bin/env python
"""The project's command line in a source tree: the same as `egzaminator` where the package is installed."""

import sys
from pathlib import Path


def run() -> None:
    """Run the command that the arguments name."""
    if sys.version_info < (3, 11):  # noqa: UP036 -- said before anything older fails to be read
        sys.exit("Python 3.11 or newer is needed. `make run` sets everything up in .venv/.")
    sys.path.insert(0, str(Path(__file__).resolve().parent / "src"))
    try:
        from egzaminator.runtime.command_line import main  # noqa: PLC0415 -- Django may be missing
    except ModuleNotFoundError as error:
        sys.exit(f"{error}. Run `make run` once to set everything up, then use .venv/bin/python manage.py.")
    main()


if __name__ == "__main__":
    run()
