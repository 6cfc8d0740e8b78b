"""Versions of the information clause (GDPR art. 13): publishing one, and who was shown which.

Without a published version nobody is asked: the form of the first login shows the program's own wording.
"""

from collections.abc import Mapping
from typing import Final

from django.db import IntegrityError, transaction
from django.db.models import Count, OuterRef, Subquery
from django.utils import timezone

from egzaminator.accounts.enums import AccountState
from egzaminator.accounts.errors import NoticeUnchangedError
from egzaminator.accounts.models import Account, PrivacyNotice, PrivacyNoticeReading
from egzaminator.audit.actor import Actor
from egzaminator.audit.domain.events import record_event
from egzaminator.audit.enums import Tag
from egzaminator.core.statements import is_there


def newest_notice() -> PrivacyNotice | None:
    """Return the version in force, or None if the board has published none."""
    return PrivacyNotice.objects.order_by("-published_at", "-id").first()


def unread_notice(*, account: Account) -> PrivacyNotice | None:
    """Return the version in force if an examiner is still to be shown it, otherwise None. Staff are never asked."""
    return newest_notice() if is_notice_unread(account=account) else None


_UNREAD: Final = """
SELECT FROM (SELECT version FROM accounts_privacynotice ORDER BY published_at DESC, id DESC LIMIT 1) AS newest
WHERE NOT EXISTS (
    SELECT FROM accounts_privacynoticereading AS reading
    WHERE reading.account_id = %s AND reading.version = newest.version
)
"""


def is_notice_unread(*, account: Account) -> bool:
    """Return whether an examiner is still to be shown the version in force. Staff are never asked."""
    return account.is_examiner and is_there(_UNREAD, [account.id])


def record_reading(*, account: Account, version: str, ip: str | None) -> None:
    """Record, with an event, that an examiner was shown a published version. Do nothing if it was recorded before."""
    if version not in PrivacyNotice.objects.values_list("version", flat=True):
        return
    with transaction.atomic():
        _, is_new = PrivacyNoticeReading.objects.get_or_create(account=account, version=version)
        if is_new:
            record_event(
                tag=Tag.PRIVACY_NOTICE_READ,
                by=Actor(account.id, ip),
                subject=account.id,
                details={"version": version},
            )


def publish_notice(*, html: str, changes: str, by: Actor) -> PrivacyNotice:
    """Publish the clause as a new version, which examiners are shown after their next log-in; return it.

    Raise `NoticeUnchangedError` if the version in force has this very text, or a colleague publishes at this moment.
    """
    newest = newest_notice()
    if newest and newest.html == html:
        raise NoticeUnchangedError
    today = timezone.localdate()
    number = PrivacyNotice.objects.filter(version__startswith=f"{today}/").count() + 1
    try:
        with transaction.atomic():
            notice = PrivacyNotice.objects.create(
                version=f"{today}/{number}", changes=changes, html=html, published_by=by.account_id
            )
            record_event(tag=Tag.PRIVACY_NOTICE_PUBLISHED, by=by, details={"version": notice.version})
    except IntegrityError:
        raise NoticeUnchangedError from None
    return notice


def count_by_version() -> Mapping[str | None, int]:
    """Return how many examiners' accounts were shown each version last. None: none is recorded."""
    last = PrivacyNoticeReading.objects.filter(account=OuterRef("pk")).order_by("-read_at", "-id").values("version")
    accounts = Account.objects.filter(examiner__isnull=False).exclude(state=AccountState.CLOSED)
    return dict(accounts.values_list(Subquery(last[:1])).annotate(count=Count("pk")).order_by())
