"""What a restored database must not do: know sessions and links, mail again, or forget who was deleted since."""

from dataclasses import dataclass, field
from pathlib import Path

from django.core.cache import cache
from django.db import connection, transaction
from django.utils import timezone

from egzaminator.accounts.models import Link, Session
from egzaminator.audit.actor import SYSTEM
from egzaminator.audit.domain.events import record_event
from egzaminator.audit.enums import Tag
from egzaminator.backup.again import do_again
from egzaminator.login.models import ResetRequest
from egzaminator.mail.domain.held_back import hold_back_queue
from egzaminator.mailings.domain.sending import pause
from egzaminator.mailings.enums import MailingState
from egzaminator.mailings.models import Mailing
from egzaminator.register.enums import ExportState, ImportState
from egzaminator.register.models import Export, Import
from egzaminator.staff.models import Act, AloneChange

# Jobs find their work in rows, and the periodic ones start what waits.
_JOBS = ("procrastinate_periodic_defers", "procrastinate_jobs", "procrastinate_workers")
_EXPORTS_AT_WORK = (ExportState.WAITING, ExportState.RUNNING)
_IMPORTS_AT_WORK = (
    ImportState.WAITING,
    ImportState.CHECKING,
    ImportState.ASKED,
    ImportState.APPLYING,
    ImportState.UNDO_ASKED,
    ImportState.UNDOING,
)


@dataclass(slots=True)
class Report:
    """What a restore ended with, in sentences for the administrator."""

    well: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)


def take_care(*, made_at: str, journal: Path) -> Report:
    """Make a restored database safe to use, in one transaction. Return what is well and what is left to do.

    `made_at` is when it was as it is now; `journal` tells what has happened since.
    """
    report = Report()
    with transaction.atomic():
        _end_credentials(report)
        _stop_what_was_begun(report)
        _hold_mail(report)
        do_again(journal, report.well, report.left)
        record_event(tag=Tag.DATABASE_RESTORED, details={"made_at": made_at})
    cache.clear()
    report.left.append(
        f"What was entered or changed after {made_at} is lost: register, accounts, profiles, pages, settings. Tell the "
        "board since when, and who may have to do something again."
    )
    return report


def _end_credentials(report: Report) -> None:
    now = timezone.now()
    sessions, _ = Session.objects.all().delete()
    links = Link.objects.filter(used_at=None, withdrawn_at=None, expires_at__gt=now).update(withdrawn_at=now)
    requests, _ = ResetRequest.objects.all().delete()
    report.well.append(f"Everybody is logged out ({sessions} sessions), and {links} mailed links are dead.")
    if links or requests:
        report.left.append(
            "Whoever waits for a link needs a new one: activation e-mails and invitations are sent again in the panel, "
            "a new password is asked for again."
        )


def _stop_what_was_begun(report: Report) -> None:
    now = timezone.now()
    exports = Export.objects.filter(state__in=_EXPORTS_AT_WORK).update(state=ExportState.FAILED)
    imports = Import.objects.filter(state__in=_IMPORTS_AT_WORK).update(state=ImportState.FAILED)
    with connection.cursor() as cursor:
        for table in _JOBS:
            cursor.execute(f"DELETE FROM {table}")  # noqa: S608 -- our own names
    report.well.append(f"{exports} exports and {imports} imports that were at work have failed: ask for them again.")
    # Somebody may have objected, or refused, since.
    acts = Act.objects.filter(outcome="").update(expires_at=now, alone_at=None)
    AloneChange.objects.filter(starts_at__gt=now, cancelled_at=None).update(cancelled_at=now)
    if acts:
        report.left.append(f"{acts} acts that waited for a second person have ended: ask for them again.")


def _hold_mail(report: Report) -> None:
    open_mailings = Mailing.objects.filter(state__in=[MailingState.PLANNED, MailingState.SENDING])
    paused = list(open_mailings.values_list("pk", flat=True))
    for mailing_id in paused:
        pause(mailing_id=mailing_id, by=SYSTEM)
    held, ended = hold_back_queue()
    report.well.append(f"{held} queued e-mails are held back, and {ended} whose link is dead are given up.")
    if held:
        report.left.append(
            "The e-mails that are held back may have gone out before: look at them (`egzaminator held_mail`), then "
            "`held_mail --release` or `held_mail --discard`."
        )
    if paused:
        report.left.append(
            f"{len(paused)} messages to examiners have stopped. Letting one on may write to people a second time."
        )
