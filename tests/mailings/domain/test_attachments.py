import datetime
import uuid

import pytest
import time_machine
from django.utils import timezone

from egzaminator.accounts.models import Account
from egzaminator.audit.actor import Actor
from egzaminator.core.pdf_files import PdfError
from egzaminator.mailings.domain.attachments import (
    MOST,
    add_attachment,
    attachments_of,
    file_name,
    pieces_of,
    remove_attachment,
)
from egzaminator.mailings.domain.drafts import delete_draft
from egzaminator.mailings.domain.retention import delete_old_mailings
from egzaminator.mailings.errors import NotNowError, TooManyAttachmentsError
from egzaminator.mailings.models import Attachment, Mailing
from egzaminator.staff.roles import Role
from egzaminator.stored_files.domain.files import delete_expired_files, delete_files_of
from egzaminator.stored_files.models import Piece, StoredFile
from tests.helpers.factories import make_examiner, make_staff
from tests.helpers.pdfs import SECRET, locked, pdf
from tests.helpers.receiver import Receiver
from tests.mailings.writing import attach, press, work, write

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer() -> Account:
    return make_staff(roles=[Role.RECORDS])


@pytest.fixture
def draft(officer: Account) -> Mailing:
    return write(officer)


def names(mailing: Mailing) -> list[str]:
    return [one.name for one in attachments_of(mailing)]


def nothing_is_kept() -> bool:
    return not (Attachment.objects.exists() or StoredFile.objects.exists() or Piece.objects.exists())


def test_it_is_kept_encrypted_without_metadata_as_long_as_its_mailing(draft: Mailing, officer: Account) -> None:
    attach(draft, officer, content=pdf())
    (one,) = attachments_of(draft)
    content = b"".join(pieces_of(one))
    assert (content[:5], SECRET.encode() in content, one.file.size) == (b"%PDF-", False, len(content))
    assert b"%PDF" not in bytes(Piece.objects.get().content)
    with time_machine.travel(timezone.now() + datetime.timedelta(days=100)):
        assert delete_expired_files() == 0
    delete_files_of(owner=officer.pk)  # the colleague's account is ended
    assert names(draft) == ["program.pdf"]


def test_a_form_that_was_sent_twice_attaches_once(draft: Mailing, officer: Account) -> None:
    twice = uuid.uuid4()
    for _ in range(2):
        attach(draft, officer, attachment_id=twice)
    assert names(draft) == ["program.pdf"]


def test_two_of_one_name_are_told_apart_and_five_is_the_most(draft: Mailing, officer: Account) -> None:
    for _ in range(MOST):
        attach(draft, officer)
    assert names(draft)[:3] == ["program.pdf", "program (2).pdf", "program (3).pdf"]
    with pytest.raises(TooManyAttachmentsError):
        attach(draft, officer)
    assert StoredFile.objects.count() == MOST


def test_whoever_was_to_press_the_button_sees_the_change_first(draft: Mailing, officer: Account) -> None:
    before = draft.version
    attach(draft, officer)
    assert draft.version == before + 1
    one = Attachment.objects.get()
    for _ in range(2):
        remove_attachment(attachment_id=one.pk, mailing_id=draft.pk, by=Actor(officer.pk))
    draft.refresh_from_db()
    assert (draft.version, nothing_is_kept()) == (before + 2, True)


def test_a_file_that_is_refused_leaves_nothing(draft: Mailing, officer: Account) -> None:
    with pytest.raises(PdfError):
        attach(draft, officer, content=locked())
    assert nothing_is_kept()


def test_it_is_pinned_when_the_mailing_is_sent(draft: Mailing, officer: Account, mailbox: Receiver) -> None:
    make_examiner(email="anna@example.pl")
    attach(draft, officer)
    press(draft, officer)
    with pytest.raises(NotNowError):
        attach(draft, officer)
    with pytest.raises(NotNowError):
        remove_attachment(attachment_id=Attachment.objects.get().pk, mailing_id=draft.pk, by=Actor(officer.pk))
    work()
    assert names(draft) == ["program.pdf"]
    body = mailbox.received[0].body("plain")
    assert "Załączniki są w „Moim koncie”." in body
    assert f"/konto/wiadomosci/{draft.pk}/" in body
    assert b"application/pdf" not in mailbox.received[0].content


def test_one_of_another_mailing_is_not_removed_by_its_id(draft: Mailing, officer: Account) -> None:
    attach(draft, officer)
    remove_attachment(attachment_id=Attachment.objects.get().pk, mailing_id=write(officer).pk, by=Actor(officer.pk))
    assert names(draft) == ["program.pdf"]


def test_files_go_with_the_draft(draft: Mailing, officer: Account) -> None:
    attach(draft, officer)
    delete_draft(mailing_id=draft.pk, version=draft.version, by=Actor(officer.pk))
    assert nothing_is_kept()
    with pytest.raises(NotNowError):
        add_attachment(
            attachment_id=uuid.uuid4(), mailing_id=draft.pk, name="a.pdf", content=pdf(), by=Actor(officer.pk)
        )
    assert nothing_is_kept()


def test_files_go_with_the_mailing_when_its_time_is_over(draft: Mailing, officer: Account) -> None:
    attach(draft, officer)
    assert delete_old_mailings() == 0
    Mailing.objects.update(created_at=timezone.now() - datetime.timedelta(days=4000))
    assert (delete_old_mailings(), nothing_is_kept()) == (1, True)


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("Program szkolenia.pdf", "Program szkolenia.pdf"),
        ("PROGRAM.PDF", "PROGRAM.pdf"),
        ("../../etc/passwd", "passwd.pdf"),
        ("C:\\Users\\jan\\żółw.pdf", "żółw.pdf"),
        ("z\u0307o\u0301łw.pdf", "żółw.pdf"),
        ("rachunek\u202efdp.exe", "rachunek fdp.exe.pdf"),
        ("a\r\nSet-Cookie: b.pdf", "a Set-Cookie b.pdf"),
        ('a"; filename="b.exe.pdf', "a ; filename= b.exe.pdf"),
        ("a\x00b\x1b[2J.pdf", "a b [2J.pdf"),
        ("  .. .pdf", "zalacznik.pdf"),
        ("<script>.pdf", "script.pdf"),
        ("", "zalacznik.pdf"),
        ("ł" * 300 + ".pdf", "ł" * 96 + ".pdf"),
    ],
)
def test_a_name_is_a_name_and_nothing_else(sent: str, kept: str) -> None:
    assert file_name(sent) == kept
