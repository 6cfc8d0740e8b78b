import pytest
from django.utils.translation import override

from egzaminator.mail.domain.refusals import Stage, explain_reply, read_reply
from egzaminator.mail.domain.replies import UNREADABLE_CONTENT, UNSENDABLE_ADDRESS, Reply
from egzaminator.mail.enums import Cause

BOARD = "The mail server that the board sends its e-mails through does not pass them on at present."


def to_recipient(code: int, text: str) -> Reply:
    return read_reply(code, text.encode(), stage=Stage.RECIPIENT)


def to_content(code: int, text: str) -> Reply:
    return read_reply(code, text.encode(), stage=Stage.CONTENT)


@pytest.mark.parametrize(
    ("reply", "beginning"),
    [
        (to_recipient(550, "5.1.1 No such user"), "There is no such mailbox."),
        (to_recipient(550, "User unknown"), "There is no such mailbox."),
        (to_recipient(550, "5.4.1 Recipient address rejected: unknown user"), "There is no such mailbox."),
        (to_recipient(550, "5.1.2 Bad destination"), "The part of the address after @ was not found."),
        (to_recipient(556, "5.1.10 Null MX"), "The part of the address after @ was not found."),
        (to_recipient(450, "4.1.2 Domain not found"), "The part of the address after @ was not found."),
        (UNSENDABLE_ADDRESS, "E-mail cannot be sent to this address:"),
        (to_recipient(550, "5.2.1 Mailbox disabled"), "This mailbox does not take e-mails:"),
        (to_recipient(552, "5.2.2 Over quota"), "The mailbox is full."),
        (to_recipient(452, "4.2.2 Over quota"), "The mailbox is full."),
        (to_recipient(552, "Quota"), "The mailbox is full."),
        (
            to_content(554, "5.7.1 Looks like spam"),
            "The mail server would not take the e-mail: it took it for unwanted",
        ),
        (to_content(554, "Rejected"), "The mail server would not take the e-mail: it took it for unwanted"),
        (
            to_recipient(550, "5.7.129 Groups only"),
            "The mail server would not take the e-mail: it took it for unwanted",
        ),
        (to_content(552, "5.3.4 Too big"), "The mail server would not take the e-mail in this form."),
        (UNREADABLE_CONTENT, "The e-mail could not be made ready on our side."),
        (to_recipient(550, "5.5.2 Strange"), "The mail server would not take the e-mail. Check"),
        (to_recipient(550, "Strange"), "The mail server would not take the e-mail. Check"),
        (to_recipient(501, "Strange"), "The mail server would not take the e-mail. Check"),
        (to_recipient(451, "4.7.1 Greylisted"), "The mail server asks us to come later."),
        (to_recipient(450, "4.1.1 Unknown for now"), "The mail server asks us to come later."),
        (Reply(421, ""), "The mail server asks us to come later."),
        (Reply(None, "Connection unexpectedly closed"), "The mail server did not answer."),
        (Reply(None, "535 5.7.8", Cause.BOARD), BOARD),
        (to_recipient(550, "Sender verify failed"), BOARD),
        (to_recipient(553, "sorry, that domain isn't in my list of allowed rcpthosts"), BOARD),
        (to_content(550, "5.7.26 DMARC"), BOARD),
        (Reply(451, "4.7.1 Greylisted", Cause.LAPSED), "The link in this e-mail would not work any more"),
    ],
)
def test_a_refusal_is_explained_in_plain_words(reply: Reply, beginning: str) -> None:
    with override("en"):
        assert str(explain_reply(reply)).startswith(beginning)


@pytest.mark.parametrize("stage", Stage)
def test_what_is_ours_is_never_told_as_the_addressees(stage: Stage) -> None:
    for code in (450, 501, 530, 535, 550, 553, 554):
        reply = read_reply(code, b"Sender verify failed", stage=stage)
        with override("en"):
            assert str(explain_reply(reply)).startswith(BOARD)
