from django.db import transaction

from egzaminator.accounts.domain.mail_limits import seconds_to_pause
from egzaminator.accounts.domain.send_new_address import send_new_address
from egzaminator.accounts.errors import ChangeClosedError, MailsUsedUpError, ResendTooSoonError
from egzaminator.accounts.models import Account, AddressChange
from egzaminator.audit.domain.record_event import record_event
from egzaminator.audit.enums import Tag


def resend_new_address(*, account: Account, address: str | None = None) -> None:
    """Send the e-mail to the new mailbox once more; earlier links to it stay valid.

    The event carries the client's IP address. Raise `ChangeClosedError` if no change is pending, `ResendTooSoonError`
    if the pause is not over, or `MailsUsedUpError` if a cap on e-mails is used up.
    """
    capped = False
    with transaction.atomic():
        account = Account.objects.select_for_update(of=("self",)).select_related("examiner").get(pk=account.pk)
        change = AddressChange.objects.filter(account=account, closed_at__isnull=True).first()
        if change is None or not change.is_waiting:
            raise ChangeClosedError
        if seconds := seconds_to_pause(change.last_sent_at):
            raise ResendTooSoonError(seconds=seconds)
        try:
            send_new_address(account=account, change=change)
        except MailsUsedUpError:
            capped = True  # raised after the commit, so that the event about it is kept
        else:
            record_event(tag=Tag.ADDRESS_MAIL_RESENT, actor=account.id, subject=account.id, address=address)
    if capped:
        raise MailsUsedUpError
