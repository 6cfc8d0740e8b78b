import pytest

from egzaminator.mail.domain.replies import Reply, without_emails


@pytest.mark.parametrize(
    ("reply", "accepted"),
    [
        (Reply(250, ""), True),
        (Reply(354, ""), False),
        (Reply(451, ""), False),
        (Reply(550, ""), False),
        (Reply(None, "timed out"), False),
    ],
)
def test_a_code_tells_whether_a_message_was_taken(reply: Reply, accepted: bool) -> None:  # noqa: FBT001 -- a table
    assert reply.is_accepted == accepted


@pytest.mark.parametrize(
    ("text", "status"),
    [("5.1.1 No such user", (1, 1)), ("5.7.26 DMARC", (7, 26)), ("No 5.1.1 at the start", None), ("5.1", None)],
)
def test_the_enhanced_status_is_read_where_there_is_one(text: str, status: tuple[int, int] | None) -> None:
    assert Reply(550, text).enhanced == status


@pytest.mark.parametrize(
    ("words", "rest"),
    [
        ("5.7.1 <anna@example.pl>: Relay access denied", "5.7.1 …: Relay access denied"),
        ("anna@example.pl... User unknown", "… User unknown"),
        ("5.1.1 User unknown", "5.1.1 User unknown"),
    ],
)
def test_addresses_of_e_mail_are_left_out(words: str, rest: str) -> None:
    assert without_emails(words) == rest
