#!/usr/bin/env python
"""Django's command line for the project."""

import os
import sys
from pathlib import Path


def main() -> None:
    """Run the command that the arguments name."""
    if sys.version_info < (3, 11):  # noqa: UP036 -- said before anything older fails to be read
        sys.exit("Python 3.11 or newer is needed. `make run` sets everything up in .venv/.")
    sys.path.insert(0, str(Path(__file__).resolve().parent / "src"))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "egzaminator.settings")
    try:
        from django.core.management import execute_from_command_line  # noqa: PLC0415 -- Django may be missing

        from egzaminator.runtime.command_line import plain_failures  # noqa: PLC0415 -- needs the path above
    except ModuleNotFoundError as error:
        sys.exit(f"{error}. Run `make run` once to set everything up, then use .venv/bin/python manage.py.")
    with plain_failures():
        execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
