import pytest

from egzaminator.accounts.domain.notifications import NOTICES, OF_ONE_ACCOUNT, notify_new_device
from egzaminator.accounts.domain.password_matching import hash_password
from egzaminator.accounts.domain.passwords import set_password
from egzaminator.accounts.models import Account
from egzaminator.mail.catalogue import EmailKind
from egzaminator.mail.models import Email
from tests.helpers.factories import make_account, make_examiner

pytestmark = pytest.mark.django_db
THIEF, OWNER = "thief@example.net", "anna@example.org"


def told(kind: EmailKind) -> list[str]:
    return list(Email.objects.filter(kind=kind).order_by("created_at").values_list("email", flat=True))


def set_again(account: Account) -> None:
    set_password(account=account, encoded=hash_password(password="kasztan-rower-okno-mgla"))


def test_what_a_thief_had_sent_to_a_mailbox_of_their_own_keeps_nothing_from_the_owners() -> None:
    account = make_account(make_examiner(), email=THIEF)
    for _ in range(NOTICES.most + 1):
        set_again(account)
        notify_new_device(account=account, device="")
    account.email = OWNER
    account.save()
    set_again(account)
    notify_new_device(account=account, device="")
    assert told(EmailKind.PASSWORD_CHANGED) == [THIEF] * NOTICES.most + [OWNER]
    assert told(EmailKind.NEW_DEVICE) == [THIEF] * OF_ONE_ACCOUNT.most + [OWNER]
