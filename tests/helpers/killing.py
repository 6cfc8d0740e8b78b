"""Runs a function in a child process that is killed before one of its steps: what it asks the database or mail server.

A step is an exchange with the database, a command to the mail server, or the wait for its reply. So with each number
of steps in turn a process dies at every moment at which anything outside it changes.
"""

import os
import signal
import smtplib
import time
from collections.abc import Callable
from typing import Any, Final

import psycopg
from django.db import connection

from egzaminator.mail.domain.smtp import Conversation

_PATIENCE: Final = 60
_STEPS: Final = [(psycopg.Connection, "wait"), (Conversation, "_write"), (smtplib.SMTP, "getreply")]
_OTHERS: Final = """
SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()
    AND backend_type = 'client backend')
"""


def dies_before_step(step: int, act: Callable[[], object]) -> bool:
    """Run `act` in a child process, killed before its step of this number, counted from 1.

    Return whether it was killed: False once it has fewer steps. When this returns, the database has noticed.
    """
    child = os.fork()
    if not child:
        _run(step, act)
    _, status = os.waitpid(child, 0)
    deadline = time.monotonic() + _PATIENCE
    while _is_anybody_connected():
        assert time.monotonic() < deadline, "the child's connection has not ended"
    if os.WIFSIGNALED(status):
        assert os.WTERMSIG(status) == signal.SIGKILL
        return True
    assert os.WEXITSTATUS(status) == 0, "the child has failed"
    return False


def _run(step: int, act: Callable[[], object]) -> None:
    connection.connection = None  # the parent's; psycopg leaves it alone in another process
    steps_left = step

    def counted(original: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **kwargs: Any) -> Any:
            nonlocal steps_left
            steps_left -= 1
            if not steps_left:
                os.kill(os.getpid(), signal.SIGKILL)
            return original(*args, **kwargs)

        return call

    for owner, name in _STEPS:
        setattr(owner, name, counted(getattr(owner, name)))
    try:
        act()
    except BaseException:  # noqa: BLE001 -- the child must not go on with the parent's tests
        import traceback  # noqa: PLC0415 -- only a failure needs it

        traceback.print_exc()
        os._exit(1)
    os._exit(0)


def _is_anybody_connected() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(_OTHERS)
        return bool(cursor.fetchone()[0])
