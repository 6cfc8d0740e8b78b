"""A real mail server (aiosmtpd) for tests. It replies by script and keeps the e-mails that it accepted."""

import asyncio
import ssl
import threading
from collections import defaultdict
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import NoReturn, Self

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from egzaminator.runtime.environment import MailServer, Security

ANYBODY = "*"
DROP = "drop"  # instead of a reply: close the connection
TAKE_AND_DROP = "take and drop"  # accept the content, and close the connection instead of saying so


@dataclass
class Received:
    """An e-mail that the server accepted."""

    sender: str
    recipient: str
    content: bytes

    @property
    def email(self) -> EmailMessage:
        return message_from_bytes(self.content, policy=policy.default)

    def body(self, subtype: str) -> str:
        part = self.email.get_body((subtype,))
        assert part is not None
        return str(part.get_content())


class Receiver:
    """A mail server on a port of 127.0.0.1 or another of our IP addresses, in a thread. A context manager.

    `answer` scripts its replies, by command ("connect", "EHLO", "AUTH", "MAIL", "RCPT", "DATA", "CONTENT") and
    recipient (ANYBODY for the first four). Each reply is given once, in order. After them it accepts everything.
    """

    def __init__(
        self,
        *,
        security: Security = Security.NONE,
        certificate: ssl.SSLContext | None = None,
        login: tuple[str, str] | None = None,
        pipelining: bool = False,
        ip: str = "127.0.0.1",
    ) -> None:
        self._ip = ip
        self.security = security
        self.received: list[Received] = []
        self.connections = 0
        self.port = 0
        self.pipelining = pipelining
        self._certificate = certificate
        self._login = login
        self._script: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
        self._held: dict[str, threading.Event] = {}
        self._holds = threading.Event()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def server(self) -> MailServer:
        """The value of settings.MAIL_SERVER for it."""
        user, password = self._login or ("", "")
        return MailServer("localhost", self.port, self.security, user, password)

    def start(self) -> None:
        """Listen. After `stop`, use the same port again."""
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._listener = asyncio.run_coroutine_threadsafe(self._listen(), self._loop).result(10)
        self.port = self._listener.sockets[0].getsockname()[1]

    def stop(self) -> None:
        """Refuse new connections and drop the present ones."""
        for event in self._held.values():
            event.set()
        asyncio.run_coroutine_threadsafe(self._close(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    def answer(self, command: str, recipient: str, *replies: str) -> None:
        self._script[command, recipient].extend(replies)

    def forget_answers(self) -> None:
        """Accept everything from now on."""
        self._script.clear()

    def hold(self, recipient: str) -> threading.Event:
        """Accept messages to this recipient, but reply only once the returned event is set."""
        self._held[recipient] = threading.Event()
        return self._held[recipient]

    def wait_until_silent(self, seconds: float = 20) -> None:
        """Wait until a client waits for a reply that is held back."""
        assert self._holds.wait(seconds), "no such message has arrived"

    @property
    def recipients(self) -> list[str]:
        return [received.recipient for received in self.received]

    async def _listen(self) -> asyncio.Server:
        wrapping = self._certificate if self.security is Security.TLS else None
        return await self._loop.create_server(self._converse, self._ip, self.port, ssl=wrapping)

    def _converse(self) -> asyncio.Protocol:
        self.connections += 1
        greeting = self.next_answer("connect", ANYBODY)
        if greeting:
            return _Refusal(greeting)
        return _ScriptedSmtp(
            self,
            hostname="localhost",
            loop=self._loop,
            tls_context=self._certificate if self.security is Security.STARTTLS else None,
            require_starttls=self.security is Security.STARTTLS,
            auth_required=self._login is not None,
            auth_require_tls=self.security is Security.STARTTLS,
            authenticator=self._authenticate,
        )

    async def _close(self) -> None:
        self._listener.close()
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await asyncio.sleep(0)

    def _authenticate(
        self, _server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, given: object
    ) -> AuthResult:
        user, password = self._login or ("", "")
        is_right = given == LoginPassword(user.encode(), password.encode())
        return AuthResult(success=is_right, handled=False)

    def next_answer(self, command: str, recipient: str) -> str | None:
        """Return the next scripted reply to a command, or None."""
        for key in ((command, recipient), (command, ANYBODY)):
            if self._script[key]:
                return self._script[key].pop(0)
        return None

    def _reply(self, server: SMTP, command: str, recipient: str) -> str:
        reply = self.next_answer(command, recipient) or "250 2.0.0 Fine"
        if reply == DROP:
            _drop(server)
        return reply

    async def handle_EHLO(  # noqa: N802 -- aiosmtpd's name
        self, _server: SMTP, session: Session, _envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        if refusal := self.next_answer("EHLO", ANYBODY):
            return [refusal]
        session.host_name = hostname
        return [*responses[:-1], "250-PIPELINING", responses[-1]] if self.pipelining else responses

    async def handle_HELO(  # noqa: N802 -- aiosmtpd's name
        self, server: SMTP, session: Session, _envelope: Envelope, hostname: str
    ) -> str:
        session.host_name = hostname
        return self.next_answer("EHLO", ANYBODY) or f"250 {server.hostname}"

    async def handle_MAIL(  # noqa: N802 -- aiosmtpd's name
        self, server: SMTP, _session: Session, envelope: Envelope, email: str, _options: list[str]
    ) -> str:
        reply = self._reply(server, "MAIL", ANYBODY)
        if reply.startswith("2"):
            envelope.mail_from = email
        return reply

    async def handle_RCPT(  # noqa: N802 -- aiosmtpd's name
        self, server: SMTP, _session: Session, envelope: Envelope, email: str, _options: list[str]
    ) -> str:
        reply = self._reply(server, "RCPT", email)
        if reply.startswith("2"):
            envelope.rcpt_tos.append(email)
        return reply

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 -- aiosmtpd's name
        (recipient,) = envelope.rcpt_tos
        reply = self._reply(server, "CONTENT", recipient)
        if reply.startswith("2") or reply == TAKE_AND_DROP:
            assert isinstance(envelope.content, bytes)
            self.received.append(Received(envelope.mail_from or "", recipient, envelope.content))
        if reply == TAKE_AND_DROP:
            _drop(server)
        if recipient in self._held:
            self._holds.set()
            await asyncio.to_thread(self._held[recipient].wait)
        return reply


def _drop(server: SMTP) -> NoReturn:
    assert server.transport is not None
    server.transport.close()
    raise asyncio.CancelledError


class _ScriptedSmtp(SMTP):
    """Refuses by script what aiosmtpd answers without asking a handler: AUTH, and DATA before the content."""

    async def smtp_AUTH(self, arg: str) -> None:  # noqa: N802 -- aiosmtpd's name
        if not await self._is_refused("AUTH", ANYBODY):
            await super().smtp_AUTH(arg)

    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802 -- aiosmtpd's name
        recipients = self.envelope.rcpt_tos if self.envelope else []
        if not recipients or not await self._is_refused("DATA", recipients[0]):
            await super().smtp_DATA(arg)

    async def _is_refused(self, command: str, recipient: str) -> bool:
        reply = self.event_handler.next_answer(command, recipient)
        if reply == DROP:
            _drop(self)
        if reply:
            await self.push(reply)
        return reply is not None


class _Refusal(asyncio.Protocol):
    """Greets with a refusal, or hangs up."""

    def __init__(self, greeting: str) -> None:
        self._greeting = greeting

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        if self._greeting != DROP:
            transport.write(f"{self._greeting}\r\n".encode())
        transport.close()
