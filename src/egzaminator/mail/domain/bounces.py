"""What a report changes: it is recorded that an e-mail came back, and its address may be put on hold."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db import transaction

from egzaminator.mail.domain.holds import hold_if_due
from egzaminator.mail.domain.render import mailbox_in_ascii
from egzaminator.mail.domain.reports import Failure, Report, read_report
from egzaminator.mail.domain.return_path import is_token_of, row_in
from egzaminator.mail.enums import BounceKind, ReportOutcome
from egzaminator.mail.models import Bounce, Email


@dataclass(frozen=True, slots=True)
class Applied:
    """What became of a report."""

    outcome: ReportOutcome
    email: Email | None = None
    """The e-mail that it is about, if it is one of ours."""
    dead_links: list[bytes] = field(default_factory=list)
    """The digests of the links in an e-mail that nobody has received."""
    is_held: bool = False
    """Whether its address was put on hold just now."""


def apply_report(raw: bytes) -> Applied:
    """Read a message of the bounce mailbox and record what it says, in a transaction.

    Nothing changes unless the message has the token of an e-mail of ours, which only sending it discloses, and speaks
    of the very address that this e-mail went to. So whoever can send to the mailbox can report only what they
    themselves received.
    """
    report = read_report(raw)
    if not report.failures:
        return Applied(ReportOutcome.AUTOMATIC if report.is_automatic else ReportOutcome.NOT_UNDERSTOOD)
    if not report.tokens:
        return Applied(ReportOutcome.NOT_UNDERSTOOD)
    with transaction.atomic():
        found = _find_email(report)
        if found is None:
            return Applied(ReportOutcome.FORGED)
        failure = _gravest(one for one in report.failures if one.email == _key_of(found))
        if failure is None:
            return Applied(ReportOutcome.FORGED, found)
        if failure.kind is None:
            return Applied(ReportOutcome.AUTOMATIC, found)
        return _record(found, failure, failure.kind)


def _find_email(report: Report) -> Email | None:
    """Return the e-mail that a token in a report is bound to, locked; None if there is none."""
    for token in report.tokens:
        # Locked, because two workers, or a worker and the command, may read two reports about it.
        email = Email.objects.select_for_update(no_key=True).defer("content").filter(pk=row_in(token)).first()
        if email is not None and is_token_of(token, row_id=email.pk, email=email.email):
            return email
    return None


def _key_of(email: Email) -> str:
    return (mailbox_in_ascii(email.email) or "").lower()


def _gravest(failures: Iterable[Failure]) -> Failure | None:
    return max(failures, key=lambda one: one.kind.gravity if one.kind else -1, default=None)


def _record(email: Email, failure: Failure, kind: BounceKind) -> Applied:
    said = Bounce.objects.filter(message=email).first()
    if said is not None and BounceKind(said.kind).gravity >= kind.gravity:
        return Applied(ReportOutcome.KNOWN, email)
    bounce = Bounce(
        message=email,
        email=email.email.lower(),
        kind=kind,
        reply_code=failure.reply.code,
        reply_text=failure.reply.text,
        cause=failure.reply.cause,
    )
    bounce.save()
    return Applied(
        ReportOutcome.BOUNCED if kind.has_come_back else ReportOutcome.DELAYED,
        email,
        dead_links=[bytes(digest) for digest in email.link_digests] if kind is BounceKind.PERMANENT else [],
        is_held=hold_if_due(bounce),
    )
