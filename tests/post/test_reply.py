import pytest

from egzaminator.post.domain.reply import Reply, read_reply


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (b"2.0.0 Ok: queued as 4F2B", "2.0.0 Ok: queued as 4F2B"),
        (b"5.7.1 Blocked\n5.7.1 see https://evil.example/x?y=1 now", "5.7.1 Blocked 5.7.1 see now"),
        (b"go to www.evil.example, or mailto:a@evil.example", "go to or"),
        ("5.1.1 Brak użytkownika".encode(), "5.1.1 Brak użytkownika"),
        (b"5.1.1 \x1b[31mred\x00 \xe2\x80\xaeturned \xff", "5.1.1 [31mred turned \ufffd"),
        (b"x" * 400, "x" * 299 + "…"),
    ],
)
def test_a_servers_words_are_made_fit_to_be_shown(text: bytes, words: str) -> None:
    assert read_reply(550, text) == Reply(550, words)


@pytest.mark.parametrize(
    ("reply", "accepted", "final"),
    [
        (Reply(250, ""), True, False),
        (Reply(451, ""), False, False),
        (Reply(550, ""), False, True),
        (Reply(None, "timed out"), False, False),
    ],
)
def test_a_code_tells_what_became_of_a_message(reply: Reply, accepted: bool, final: bool) -> None:  # noqa: FBT001 -- a table
    assert (reply.is_accepted, reply.is_final) == (accepted, final)


@pytest.mark.parametrize(
    ("text", "status"),
    [("5.1.1 No such user", (1, 1)), ("5.7.26 DMARC", (7, 26)), ("No 5.1.1 at the start", None), ("5.1", None)],
)
def test_the_enhanced_status_is_read_where_there_is_one(text: str, status: tuple[int, int] | None) -> None:
    assert Reply(550, text).enhanced == status
