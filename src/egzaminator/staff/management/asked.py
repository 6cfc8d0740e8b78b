"""Output shared by the commands that take two persons: why an act was refused, and what happens next."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from django.core.management.base import CommandError

from egzaminator.accounts.errors import AccountClosedError, NoSecondFactorError
from egzaminator.core.templatetags.dates import table_date
from egzaminator.staff.errors import ActWaitsError, NobodyToTellError
from egzaminator.staff.models import Act

ALONE_HELP: Final = "without a second person: done after 48 hours, unless one of the account's known mailboxes objects"


@contextmanager
def refusals_told() -> Iterator[None]:
    """Turn the errors of a refused act into a `CommandError` with a message."""
    try:
        yield
    except AccountClosedError:
        raise CommandError("The register says that this examiner died: undo_deceased comes first.") from None
    except NoSecondFactorError:
        raise CommandError("The account has no second factor.") from None
    except ActWaitsError:
        raise CommandError("Something about this account waits for a second person already.") from None
    except NobodyToTellError:
        raise CommandError("No other known mailbox could object, so nobody may act alone.") from None


def notify_asked(*, act: Act, say: Callable[[str], object]) -> None:
    """Print, line by line through `say`, that an act was requested and when it will be carried out."""
    say("It is asked for, and the account's known mailboxes are told.")
    if act.alone_at:
        when = table_date(act.alone_at)
        say(f"It will be done on {when}, unless one of them objects; a second person may do it before.")
    else:
        until = table_date(act.expires_at)
        say(f"It is not done yet: a second person confirms it in the panel, by {until}.")
