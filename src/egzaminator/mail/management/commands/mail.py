import datetime
from typing import Any, Final

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from egzaminator.mail.domain.waiting import Line, list_refused, list_waiting, retry_now

_MOST: Final = 50


class Command(BaseCommand):
    """List what waits in the e-mail queue and what was refused, or have it tried again now."""

    help = (
        "List the e-mails that wait, and those that were refused, with the reason and masked addresses; or have all "
        "that wait for another try tried now."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the act and the number of days."""
        parser.add_argument("act", nargs="?", choices=["list", "retry"], default="list")
        parser.add_argument("--days", type=int, default=7, help="how far back refused e-mails are listed (7)")

    def handle(self, *, act: str, days: int, **_options: Any) -> None:
        """List, or make the deferred e-mails due now."""
        if act == "retry":
            self.stdout.write(
                f"Due now: {retry_now()}. A worker sends them; `egzaminator mail` shows what became of it."
            )
            return
        self._write("Waiting", *list_waiting(most=_MOST))
        since = timezone.now() - datetime.timedelta(days=days)
        self._write(f"Refused or given up in the last {days} days", *list_refused(since=since, most=_MOST))

    def _write(self, title: str, lines: list[Line], count: int) -> None:
        self.stdout.write(f"{title}: {count}")
        for line in lines:
            self.stdout.write(
                f"  {_time(line.since)}  {line.kind:20}  {line.recipient}  {line.state}, tried {line.attempts} times, "
                f"{'next' if line.state != 'rejected' else 'ended'} {_time(line.next_try_at)}"
            )
            if line.reason:
                self.stdout.write(f"      {line.reason}")
        if count > len(lines):
            self.stdout.write(f"  … and {count - len(lines)} more")


def _time(at: datetime.datetime) -> str:
    return timezone.localtime(at).isoformat(sep=" ", timespec="minutes")
