import pytest

from egzaminator.mail.catalogue import OWNER_KINDS, EmailKind
from egzaminator.mail.models import SentCopy
from tests.helpers.links import text_of
from tests.helpers.mail import TOKEN, WITHOUT_LINKS, queue_example

pytestmark = pytest.mark.django_db
KEPT = {EmailKind.FROZEN_NOTICE, EmailKind.ACT_ASKED, EmailKind.DELETION_NOTICE}


@pytest.mark.parametrize("kind", EmailKind)
def test_its_function_queues_the_kind_with_its_own_priority(kind: EmailKind) -> None:
    message = queue_example(kind)

    assert (message.kind, message.priority) == (kind, kind.priority)
    assert (TOKEN in text_of(message)) == (kind not in WITHOUT_LINKS)


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


def test_no_copy_is_kept_of_what_is_not_for_an_owner() -> None:
    assert {kind for kind in EmailKind if kind.keeps_copy} == KEPT
    assert set(OWNER_KINDS) >= KEPT
