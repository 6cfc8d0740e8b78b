import re
import smtplib
from typing import Final

_LEADING_DOT: Final = re.compile(rb"(?m)^\.")
_GO_ON: Final = 354


class Conversation:
    """One message's part of an SMTP session (RFC 5321, section 3.3).

    A server that offers PIPELINING (RFC 2920) gets the three commands before the content in one go, so that a message
    costs two journeys to it instead of four. smtplib alone would wait for each answer.
    """

    def __init__(self, smtp: smtplib.SMTP) -> None:
        self._smtp = smtp
        self.is_content_sent = False
        """Whether the content was on its way, so that the server may have taken it even if its answer never came."""

    def send(self, *, sender: str, recipient: str, content: bytes) -> tuple[int, bytes]:
        """Offer the message; give code and text of the first refusal, or of the last word on the whole.

        Takes the envelope's addresses in ASCII and the message with CRLF line ends. Raises OSError (all of smtplib's
        own errors are) when the connection fails.
        """
        commands = [f"MAIL FROM:<{sender}>", f"RCPT TO:<{recipient}>", "DATA"]
        ask = self._ask_at_once if self._smtp.has_extn("pipelining") else self._ask_one_by_one
        return ask(commands) or self._hand_over(content)

    def _ask_one_by_one(self, commands: list[str]) -> tuple[int, bytes] | None:
        for command in commands:
            code, text = self._smtp.docmd(command)
            if not _is_yes(code):
                return code, text
        return None

    def _ask_at_once(self, commands: list[str]) -> tuple[int, bytes] | None:
        self._smtp.send("".join(f"{command}\r\n" for command in commands))
        replies = [self._smtp.getreply() for _ in commands]
        refusal = next((reply for reply in replies if not _is_yes(reply[0])), None)
        if refusal and replies[-1][0] == _GO_ON:
            # The server waits for a message all the same: an empty one, which it has nobody to give to.
            self._smtp.send(".\r\n")
            self._smtp.getreply()
        return refusal

    def _hand_over(self, content: bytes) -> tuple[int, bytes]:
        self.is_content_sent = True
        self._smtp.send(_LEADING_DOT.sub(b"..", content) + b".\r\n")
        return self._smtp.getreply()


def _is_yes(code: int) -> bool:
    return code // 100 == 2 or code == _GO_ON  # noqa: PLR2004 -- RFC 5321, section 4.2.1
