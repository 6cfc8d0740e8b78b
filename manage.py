#!/usr/bin/env python
"""Django's command line for the project."""

import os
import sys
from pathlib import Path


def main() -> None:
    """Run the command that the arguments name."""
    sys.path.insert(0, str(Path(__file__).resolve().parent / "src"))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "egzaminator.settings")
    from django.core.management import execute_from_command_line  # noqa: PLC0415 -- needs the path above

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
