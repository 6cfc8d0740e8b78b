"""Real replies of mail servers, and how each is classified."""

import string

import pytest
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from egzaminator.mail.domain.refusals import Stage, explain_reply, find_cause, read_reply
from egzaminator.mail.domain.replies import UNDECRYPTABLE_CONTENT, UNSENDABLE_EMAIL, Reply
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
        (UNSENDABLE_EMAIL, "E-mail cannot be sent to this address:"),
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
        (UNDECRYPTABLE_CONTENT, "The e-mail could not be made ready on our side."),
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


RCPT, DATA = Stage.RECIPIENT, Stage.CONTENT
US, ADDRESS, CONTENT, LATER = Cause.BOARD, Cause.ADDRESS, Cause.CONTENT, Cause.PASSING

SENTENCES = [
    # Exim, also at home.pl, nazwa.pl and OVH
    ("exim", RCPT, 550, "Sender verify failed", US),
    ("exim", RCPT, 550, "Verification failed for <bounce+1@oke.example> No Such User Here Sender verify failed", US),
    ("exim", RCPT, 550, "relay not permitted", US),
    ("exim", RCPT, 550, "authentication required", US),
    ("exim", RCPT, 550, "Administrative prohibition", US),
    ("exim", RCPT, 550, "rejected because 192.0.2.1 is in a black list at zen.spamhaus.org", US),
    ("exim", RCPT, 550, "Unrouteable address", ADDRESS),
    ("exim", RCPT, 550, "No Such User Here", ADDRESS),
    ("exim", RCPT, 550, "unknown user", ADDRESS),
    ("exim", RCPT, 501, "anna@: malformed address: missing domain", ADDRESS),
    ("exim", RCPT, 451, "Temporary local problem - please try later", LATER),
    ("exim", RCPT, 451, "Could not complete sender verify callout", US),
    ("exim", DATA, 552, "Message size exceeds maximum permitted", CONTENT),
    ("exim", DATA, 550, "This message was classified as SPAM and may not be delivered", CONTENT),
    # Postfix
    ("postfix", RCPT, 554, "5.7.1 <anna@example.pl>: Relay access denied", US),
    ("postfix", RCPT, 454, "4.7.1 <anna@example.pl>: Relay access denied", US),
    ("postfix", RCPT, 553, "5.7.1 <bounce+1@oke.example>: Sender address rejected: not owned by user oke", US),
    ("postfix", RCPT, 553, "5.7.1 <b@oke.example>: Sender address rejected: not logged in", US),
    ("postfix", RCPT, 450, "4.1.8 <b@oke.example>: Sender address rejected: Domain not found", US),
    ("postfix", RCPT, 550, "5.1.0 <b@oke.example>: Sender address rejected: User unknown in local recipient table", US),
    ("postfix", RCPT, 550, "5.1.7 <b@oke.example>: Sender address rejected: undeliverable address", US),
    ("postfix", RCPT, 450, "4.7.25 Client host rejected: cannot find your hostname, [192.0.2.1]", US),
    ("postfix", RCPT, 554, "5.7.1 <unknown[192.0.2.1]>: Client host rejected: Access denied", US),
    ("postfix", RCPT, 554, "5.7.1 Service unavailable; Client host [192.0.2.1] blocked using bl.example.net", US),
    ("postfix", RCPT, 504, "5.5.2 <oke>: Helo command rejected: need fully-qualified hostname", US),
    ("postfix", RCPT, 450, "4.7.1 Error: too much mail from 192.0.2.1", US),
    ("postfix", RCPT, 530, "5.7.0 Must issue a STARTTLS command first", US),
    ("postfix", RCPT, 550, "5.1.1 <anna@x.pl>: Recipient address rejected: User unknown in virtual table", ADDRESS),
    ("postfix", RCPT, 550, "5.1.1 <a@x>: Recipient address rejected: User unknown in relay recipient table", ADDRESS),
    ("postfix", RCPT, 450, "4.2.0 <anna@x.pl>: Recipient address rejected: Greylisted, see later", LATER),
    ("postfix", RCPT, 450, "4.1.2 <anna@x.pl>: Recipient address rejected: Domain not found", LATER),
    ("postfix", RCPT, 452, "4.3.1 Insufficient system storage", US),
    ("postfix", RCPT, 451, "4.3.0 <anna@x.pl>: Temporary lookup failure", LATER),
    ("postfix", RCPT, 556, "5.1.10 <a@x.pl>: Recipient address rejected: Domain doesn't accept mail (nullMX)", ADDRESS),
    ("postfix", DATA, 552, "5.3.4 Message size exceeds fixed limit", CONTENT),
    ("postfix", DATA, 554, "5.7.1 id=1234 - Rejected by next-hop MTA on relaying, from MTA: 550 5.7.1 SPF fail", US),
    ("rspamd", DATA, 554, "5.7.1 Spam message rejected", CONTENT),
    ("rspamd", DATA, 550, "5.7.1 Gtube pattern", CONTENT),
    ("amavis", DATA, 554, "5.7.0 Reject, id=00-01 - INFECTED: Eicar", CONTENT),
    ("amavis", DATA, 550, "5.7.1 Rejected, id=1-2 - SPAM", CONTENT),
    # Exchange and Microsoft 365, Outlook.com
    ("exchange", RCPT, 550, "5.7.1 Unable to relay", US),
    ("exchange", RCPT, 550, "5.7.54 SMTP; Unable to relay recipient in non-accepted domain", US),
    ("exchange", RCPT, 550, "5.7.60 SMTP; Client does not have permissions to send as this sender", US),
    ("exchange", RCPT, 530, "5.7.57 Client not authenticated to send mail. Error: 535 5.7.3", US),
    ("exchange", RCPT, 550, "5.7.1 Client was not authenticated", US),
    ("exchange", RCPT, 550, "5.1.10 RESOLVER.ADR.RecipientNotFound; not found by SMTP address lookup", ADDRESS),
    ("exchange", RCPT, 550, "5.7.1 RESOLVER.RST.AuthRequired; authentication required", ADDRESS),
    ("exchange", RCPT, 550, "5.7.133 RESOLVER.RST.SenderNotAuthenticatedForGroup; authentication required", ADDRESS),
    ("exchange", RCPT, 550, "5.4.1 Recipient address rejected: Access denied. AS(201806281)", ADDRESS),
    ("exchange", RCPT, 550, "5.2.1 Mailbox cannot be accessed", ADDRESS),
    ("exchange", DATA, 554, "5.2.2 mailbox full", ADDRESS),
    ("exchange", DATA, 550, "5.7.23 The message was rejected because of Sender Policy Framework violation", US),
    ("exchange", DATA, 550, "5.7.509 Access denied, sending domain oke.example does not pass DMARC verification", US),
    ("exchange", DATA, 550, "5.7.708 Service unavailable. Access denied, traffic not accepted from this IP", US),
    ("exchange", DATA, 550, "5.3.4 ROUTING.SizeLimit; message size exceeds fixed maximum size for route", CONTENT),
    ("exchange", RCPT, 451, "4.7.500 Server busy. Please try again later", LATER),
    ("outlook", RCPT, 550, "5.7.1 messages from [192.0.2.1] weren't sent. Their network is on our block list", US),
    ("outlook", RCPT, 550, "SC-001 (BAY004) Unfortunately, messages from 192.0.2.1 weren't sent for policy", US),
    ("outlook", RCPT, 550, "5.5.0 Requested action not taken: mailbox unavailable (S2017062302)", ADDRESS),
    ("outlook", DATA, 550, "5.7.515 Access denied, sending domain doesn't meet the required authentication level", US),
    ("outlook", RCPT, 552, "5.2.2 This message is larger than the limit or the recipient's mailbox is full", ADDRESS),
    # qmail, netqmail, Plesk
    ("qmail", RCPT, 553, "sorry, that domain isn't in my list of allowed rcpthosts (#5.7.1)", US),
    ("qmail", RCPT, 553, "sorry, that domain isn't in my list of allowed rcpthosts; no valid cert for gatewaying", US),
    ("qmail", RCPT, 553, "sorry, your envelope sender is in my badmailfrom list (#5.7.1)", US),
    ("qmail", RCPT, 550, "sorry, no mailbox here by that name (#5.1.1)", ADDRESS),
    ("qmail", RCPT, 511, "sorry, no mailbox here by that name (#5.1.1 - chkuser)", ADDRESS),
    ("qmail", DATA, 552, "sorry, that message size exceeds my databytes limit (#5.3.4)", CONTENT),
    ("qmail", DATA, 554, "mail server permanently rejected message (#5.3.0)", CONTENT),
    # Gmail
    ("gmail", RCPT, 550, "5.1.1 The email account that you tried to reach does not exist", ADDRESS),
    ("gmail", RCPT, 550, "5.2.1 The email account that you tried to reach is inactive", ADDRESS),
    ("gmail", RCPT, 552, "5.2.2 The recipient's inbox is out of storage space", ADDRESS),
    ("gmail", RCPT, 450, "4.2.1 The user you are trying to contact is receiving mail too quickly", LATER),
    ("gmail", DATA, 550, "5.7.26 This mail has been blocked because the sender is unauthenticated", US),
    ("gmail", DATA, 550, "5.7.25 The IP address sending this message does not have a PTR record setup", US),
    ("gmail", DATA, 550, "5.7.1 likely suspicious due to the very low reputation of the sending domain", US),
    ("gmail", DATA, 421, "4.7.28 Gmail has detected an unusual rate of mail originating from your SPF domain", US),
    ("gmail", DATA, 550, "5.7.1 Our system has detected that this message is likely unsolicited mail", CONTENT),
    ("gmail", DATA, 552, "5.7.0 This message was blocked because its content presents a security issue", CONTENT),
    ("gmail", RCPT, 550, "5.4.5 Daily user sending limit exceeded", US),
    ("gmail relay", RCPT, 550, "5.7.1 Invalid credentials for relay [192.0.2.1]. The IP address you've registered", US),
    ("gmail relay", RCPT, 530, "5.7.0 Authentication Required. Learn more at", US),
    # WP, o2
    ("wp", RCPT, 550, "5.1.1 Brak takiego konta / No such account", ADDRESS),
    ("wp", RCPT, 550, "Nie ma takiego uzytkownika / No such user", ADDRESS),
    ("wp", RCPT, 550, "Konto zablokowane / account blocked", ADDRESS),
    ("wp", RCPT, 554, "5.7.1 Adres nadawcy odrzucony", US),
    ("wp", RCPT, 550, "5.7.1 Your IP is blacklisted", US),
    ("o2", RCPT, 550, "User unknown", ADDRESS),
    ("o2", RCPT, 552, "Mailbox quota exceeded / przepełniona skrzynka", ADDRESS),
    ("o2", RCPT, 450, "4.7.1 Too many connections", US),
    # Onet
    ("onet", RCPT, 550, "5.1.1 <anna@onet.example>: Recipient address rejected: unknown user", ADDRESS),
    ("onet", RCPT, 554, "5.7.1 <b@oke.example>: Sender address rejected: Access denied", US),
    ("onet", RCPT, 553, "5.3.0 Message from IP 192.0.2.1 rejected based on blacklist", US),
    ("onet", RCPT, 450, "4.7.1 Client host rejected: Greylisted, try again in 300 seconds", LATER),
    # Interia
    ("interia", RCPT, 550, "5.1.1 <anna@interia.example>: Recipient address rejected: User unknown", ADDRESS),
    ("interia", RCPT, 550, "5.7.1 Client host [192.0.2.1] blocked using RBL", US),
    ("interia", RCPT, 452, "4.2.2 Mailbox full", LATER),
    ("interia", DATA, 554, "5.7.1 Message rejected: SPAM", CONTENT),
    # home.pl, nazwa.pl
    ("home.pl", RCPT, 550, "5.7.1 Relaying denied. Proper authentication required", US),
    ("home.pl", RCPT, 550, "Przekroczono limit wysyłanych wiadomości", US),
    ("home.pl", RCPT, 553, "5.1.8 nadawca nie istnieje", US),
    ("home.pl", RCPT, 550, "5.1.1 Nie znaleziono odbiorcy", ADDRESS),
    ("nazwa.pl", RCPT, 554, "5.7.1 Wymagana autoryzacja SMTP", US),
    ("nazwa.pl", RCPT, 550, "5.1.1 <a@x.pl>: Recipient address rejected: User unknown in virtual alias table", ADDRESS),
    ("nazwa.pl", RCPT, 554, "5.7.1 Zaloguj się przed wysłaniem", US),
    # Sendmail, Yahoo, others
    ("sendmail", RCPT, 550, "5.7.1 anna@example.pl... Relaying denied. IP name lookup failed [192.0.2.1]", US),
    ("sendmail", RCPT, 553, "5.1.8 bounce@oke.example... Domain of sender address does not exist", US),
    ("sendmail", RCPT, 550, "5.1.1 anna@example.pl... User unknown", ADDRESS),
    ("yahoo", RCPT, 554, "delivery error: dd This user doesn't have a yahoo.com account", ADDRESS),
    ("yahoo", DATA, 553, "5.7.1 [BL21] Connections will not be accepted from 192.0.2.1, because it is in a list", US),
    ("unnamed", RCPT, 550, "", ADDRESS),
    ("unnamed", RCPT, 550, "5.7.1 Delivery not authorized, message refused", US),
    ("unnamed", RCPT, 554, "Transaction failed", US),
    ("unnamed", RCPT, 503, "5.5.1 bad sequence of commands", US),
    ("unnamed", RCPT, 521, "5.3.2 does not accept mail", US),
    ("unnamed", RCPT, 421, "4.3.2 shutting down", US),
    ("unnamed", DATA, 554, "Transaction failed", CONTENT),
    # The local part, which the mailbox's owner chooses, says nothing about us.
    ("unnamed", RCPT, 550, "<relay.denied.spf@example.pl>: unknown user", ADDRESS),
    ("unnamed", RCPT, 550, "5.1.1 sender.rejected@example.pl unknown user", ADDRESS),
]  # fmt: skip
SERVERS = {
    "amavis", "exchange", "exim", "gmail", "gmail relay", "home.pl", "interia", "nazwa.pl", "o2", "onet", "outlook",
    "postfix", "qmail", "rspamd", "sendmail", "unnamed", "wp", "yahoo",
}  # fmt: skip


@pytest.mark.parametrize(("stage", "code", "text", "cause"), [row[1:] for row in SENTENCES])
def test_a_real_servers_sentence_is_read_right(stage: Stage, code: int, text: str, cause: Cause) -> None:
    assert read_reply(code, text.encode(), stage=stage).cause is cause


def test_the_table_holds_the_servers_that_examiners_use() -> None:
    assert {server for server, *_ in SENTENCES} == SERVERS
    assert len(SENTENCES) >= 115


@pytest.mark.parametrize("code", [421, 450, 451, 452, 501, 530, 535, 550, 552, 553, 554])
def test_whatever_is_said_of_the_sender_is_ours(code: int) -> None:
    for _, _, _, text, _ in SENTENCES:
        assert find_cause(code=code, text=text, stage=Stage.SENDER) is Cause.BOARD


@given(
    code=st.integers(400, 599),
    text=st.text(alphabet=string.printable, max_size=80),
    stage=st.sampled_from(Stage),
)
def test_only_a_final_code_ends_a_message(code: int, text: str, stage: Stage) -> None:
    reply = read_reply(code, text.encode(), stage=stage)

    assert not (reply.cause.is_final and code < 500)
    assert reply.cause is not Cause.LAPSED
    if stage is Stage.SENDER:
        assert reply.cause is Cause.BOARD


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (b"2.0.0 Ok: queued as 4F2B", "2.0.0 Ok: queued as 4F2B"),
        (b"5.7.1 Blocked\n5.7.1 see https://evil.example/x?y=1 now", "5.7.1 Blocked 5.7.1 see now"),
        (b"go to www.evil.example, or mailto:a@evil.example", "go to or"),
        ("5.1.1 Brak użytkownika".encode(), "5.1.1 Brak użytkownika"),
        ("5.1.1 Użytkownik nieznany, ą Ź".encode("cp1250"), "5.1.1 Użytkownik nieznany, ą Ź"),
        ("5.1.1 Użytkownik nieznany, ą Ź".encode("iso8859-2"), "5.1.1 Użytkownik nieznany, ą Ź"),
        ("Empfänger für Müller unzulässig".encode("latin-1"), "Empfänger für Müller unzulässig"),
        (b"5.1.1 \x1b[31mred\x00 \xe2\x80\xaeturned", "5.1.1 [31mred turned"),
        (b"half \x81 known", "half \ufffd known"),
        (b"x" * 400, "x" * 299 + "…"),
    ],
)
def test_a_servers_words_are_made_fit_to_be_shown(text: bytes, words: str) -> None:
    reply = read_reply(250, text, stage=Stage.CONTENT)

    assert (reply.code, reply.text) == (250, words)


@given(st.binary(max_size=200))
def test_any_bytes_make_one_line_without_control_characters(text: bytes) -> None:
    reply = read_reply(550, text, stage=Stage.RECIPIENT)

    assert isinstance(reply, Reply)
    assert len(reply.text) <= 300
    assert all(character.isprintable() for character in reply.text)
