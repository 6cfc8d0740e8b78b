"""The program behind `make run`: the whole service with demo data, reachable only from this machine."""

import argparse
import os
import signal
import socket
import sys
from pathlib import Path
from types import FrameType
from typing import Final, NoReturn

import django

from egzaminator.demo.environment import keep_secrets, make_environment
from egzaminator.demo.errors import DemoError
from egzaminator.demo.folder import data_folder
from egzaminator.demo.supervisor import STOP_SIGNALS
from egzaminator.runtime.command_line import plain_failures
from egzaminator.runtime.operating_system import die_with_parent

_ROOT: Final = Path(__file__).resolve().parents[3]


def main() -> None:
    """Run the demo until Ctrl-C or SIGTERM."""
    parser = argparse.ArgumentParser(prog="make run", description="Run the service with demo data on this machine.")
    parser.add_argument("--end-with", type=int, metavar="PID", help="end when the parent, this process, has ended")
    parser.add_argument("--dev", action="store_true", help="for developers: reload on changes, Django's debug pages")
    arguments = parser.parse_args()
    parent = arguments.end_with
    for number in STOP_SIGNALS:
        signal.signal(number, _leave)
    if parent:
        die_with_parent(parent, signal.SIGTERM)
    with plain_failures():
        try:
            _run(Path(os.environ.get("DATA_DIR") or _ROOT / "var").absolute(), is_dev=arguments.dev)
        except DemoError as error:
            sys.exit(str(error))
        except OSError as error:  # for example a full disk, or a folder that was changed in the meantime
            sys.exit(f"The demo cannot go on: {error}")


def _run(data_dir: Path, *, is_dev: bool) -> None:
    with data_folder(data_dir), socket.create_server(("127.0.0.1", 0)) as listener:
        has_mailbox = not os.environ.get("EMAIL_URL")
        environment = make_environment(
            os.environ,
            kept=keep_secrets(data_dir),
            mailbox=f"smtp://127.0.0.1:{listener.getsockname()[1]}",
        )
        os.environ.update(environment, DATA_DIR=str(data_dir), DJANGO_SETTINGS_MODULE="egzaminator.settings")
        # Not stored with the other settings, because commands that run beside the demo need no debug pages.
        os.environ["DEBUG"] = "1" if is_dev else "0"
        django.setup()
        from egzaminator.demo.run import run_demo  # noqa: PLC0415 -- Django is set up only now

        run_demo(root=_ROOT, environment=environment, listener=listener if has_mailbox else None)


def _leave(number: int, frame: FrameType | None) -> NoReturn:
    # Until the supervisor takes over, the database is the only child, and it shuts down cleanly when its parent ends.
    # An exception would not do here: the code that it is raised in could swallow it.
    os._exit(0)


if __name__ == "__main__":
    main()
