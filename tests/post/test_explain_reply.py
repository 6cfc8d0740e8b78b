import pytest
from django.utils.translation import override

from egzaminator.post.domain.explain_reply import explain_reply
from egzaminator.post.domain.reply import UNREADABLE_CONTENT, UNSENDABLE_ADDRESS, Reply


@pytest.mark.parametrize(
    ("reply", "beginning"),
    [
        (Reply(550, "5.1.1 No such user"), "There is no such mailbox."),
        (Reply(550, "User unknown"), "There is no such mailbox."),
        (Reply(550, "5.1.2 Bad destination"), "The part of the address after @ was not found."),
        (Reply(556, "5.1.10 Null MX"), "The part of the address after @ was not found."),
        (Reply(450, "4.1.2 Domain not found"), "The part of the address after @ was not found."),
        (UNSENDABLE_ADDRESS, "E-mail cannot be sent to this address:"),
        (Reply(550, "5.2.1 Mailbox disabled"), "This mailbox does not take e-mails:"),
        (Reply(552, "5.2.2 Over quota"), "The mailbox is full."),
        (Reply(452, "4.2.2 Over quota"), "The mailbox is full."),
        (Reply(552, "Quota"), "The mailbox is full."),
        (Reply(554, "5.7.1 Looks like spam"), "The mail server would not take the e-mail: it took it for unwanted"),
        (Reply(550, "5.7.26 DMARC"), "The mail server would not take the e-mail: it took it for unwanted"),
        (Reply(554, "Rejected"), "The mail server would not take the e-mail: it took it for unwanted"),
        (Reply(552, "5.3.4 Too big"), "The mail server would not take the e-mail in this form."),
        (UNREADABLE_CONTENT, "The e-mail could not be made ready on our side."),
        (Reply(550, "5.5.2 Strange"), "The mail server would not take the e-mail. Check"),
        (Reply(501, "Strange"), "The mail server would not take the e-mail. Check"),
        (Reply(451, "4.7.1 Greylisted"), "The mail server asks us to come later."),
        (Reply(450, "4.1.1 Unknown for now"), "The mail server asks us to come later."),
        (Reply(421, ""), "The mail server asks us to come later."),
        (Reply(None, "Connection refused"), "The mail server did not answer."),
    ],
)
def test_a_refusal_is_explained_in_plain_words(reply: Reply, beginning: str) -> None:
    with override("en"):
        assert str(explain_reply(reply)).startswith(beginning)
