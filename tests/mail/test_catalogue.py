import pytest

from egzaminator.mail.catalogue import OWNER_KINDS, EmailKind
from egzaminator.mail.models import SentCopy
from tests.helpers.links import text_of
from tests.helpers.mail import TOKEN, carries_link, queue_example

pytestmark = pytest.mark.django_db
WITHOUT_LINKS = {
    EmailKind.ACCOUNT_FROZEN,
    EmailKind.CLAIM_STOPPED,
    EmailKind.CLAIM_CORRECTED,  # the former mailbox may be a stranger's
    EmailKind.CLAIM_WITHDRAWN,  # nothing is left to stop
    EmailKind.BOARD_CONTACT,
    EmailKind.STAFF_CHANGED,
    EmailKind.ALONE_CHANGED,
    EmailKind.MANY_LOOKUPS,
    EmailKind.MANY_UPLOADS,
    EmailKind.REGISTER_EXPORTED,
    EmailKind.MAILING_PLANNED,
    EmailKind.INVITATION,  # there is no account yet, and nothing to freeze
    EmailKind.TO_REVIEW,
    EmailKind.FROZEN_NOTICE,  # nothing is left to freeze
    EmailKind.RECORD_CHANGED,  # it is about the register, and freezing an account changes nothing there
    EmailKind.ACCOUNT_DELETED,  # there is no account any more
    EmailKind.DELETION_NOTICE,  # whoever objects logs in, or calls
}
KEPT = {EmailKind.FROZEN_NOTICE, EmailKind.ACT_ASKED, EmailKind.DELETION_NOTICE}


@pytest.mark.parametrize("kind", EmailKind)
def test_its_function_queues_the_kind_with_its_own_priority(kind: EmailKind) -> None:
    message = queue_example(kind)

    assert (message.kind, message.priority) == (kind, kind.priority)
    assert (TOKEN in text_of(message)) == carries_link(kind)


@pytest.mark.parametrize("kind", EmailKind)
def test_a_copy_is_kept_of_what_says_so_and_holds_no_token(kind: EmailKind) -> None:
    message = queue_example(kind)

    copies = [copy.text for copy in SentCopy.objects.all()]
    assert len(copies) == (kind in KEPT)
    for text in copies:
        note = "(tu był link; nie przechowujemy go)"
        sent = text_of(message).replace("\r\n", "\n")
        assert TOKEN not in text
        assert text.splitlines() == [note if TOKEN in line else line for line in sent.splitlines()]


def test_the_kinds_without_a_link_are_those_that_need_none() -> None:
    assert {kind for kind in EmailKind if not carries_link(kind)} == WITHOUT_LINKS


@pytest.mark.parametrize("kind", EmailKind)
def test_every_link_has_a_button(kind: EmailKind) -> None:
    assert (kind.button is not None) == carries_link(kind)


def test_no_copy_is_kept_of_what_is_not_for_an_owner() -> None:
    assert {kind for kind in EmailKind if kind.keeps_copy} == KEPT
    assert set(OWNER_KINDS) >= KEPT
