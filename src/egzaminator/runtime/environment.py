"""The environment's settings, read and checked once at start.

This module does not import Django, because settings.py is built from it.
"""

import base64
import binascii
import ipaddress
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import Any, Final, cast
from urllib.parse import unquote, urlsplit

import dj_database_url
from environs import Env, EnvError, EnvValidationError

from egzaminator.core.leaked_passwords import NotALeakListError, require_leak_list

KEY_BYTES: Final = 32
LONGEST_KEY_ID: Final = 32  # characters; the id precedes every encrypted value
HIGHEST_PORT: Final = 65535
# The file with the demo's own settings, so that every command run beside the demo finds the same keys.
DEMO_FILE: Final = "demo.env"


class EnvironmentProblemError(Exception):
    """The environment is incomplete or wrong. The message is written for the administrator."""


class Security(Enum):
    """How the connection to the mail server is protected."""

    NONE = "smtp"
    STARTTLS = "smtp+starttls"
    TLS = "smtps"


@dataclass(frozen=True, slots=True)
class MailServer:
    """The mail server that accepts outgoing e-mail."""

    host: str
    port: int
    security: Security
    user: str = ""
    password: str = ""


_DEFAULT_PORTS: Final = {Security.NONE: 25, Security.STARTTLS: 587, Security.TLS: 465}

_WEB_PORTS: Final = {"http": 80, "https": 443}


def parse_mail_server(url: str) -> MailServer:
    """Parse `smtp://`, `smtp+starttls://` or `smtps://` with an optional user and password. Raise `EnvError`."""
    try:
        parts = urlsplit(url)
        security = Security(parts.scheme)
        port = _DEFAULT_PORTS[security] if parts.port is None else parts.port
    except ValueError:
        raise EnvError("use smtp://host:port, smtp+starttls://user:password@host:port or smtps://…") from None
    # Without this check, a "#" or a "/" in a password would turn the user into the host.
    if not parts.hostname or not port or parts.path.strip("/") or parts.query or parts.fragment:
        raise EnvError("use smtp://host:port; in a user and password, write % and two hexadecimal digits for signs")
    return MailServer(parts.hostname, port, security, unquote(parts.username or ""), unquote(parts.password or ""))


FIXED_RETURN_PATH: Final = "fixed"
TOKEN_PLACE: Final = "{token}"  # noqa: S105 -- the place of a token, and none itself
TOKEN_SIGNS: Final = 52
DEFAULT_RETURN_PATH: Final = f"bounce+{TOKEN_PLACE}"
_LONGEST_LOCAL_PART: Final = 64  # octets; RFC 5321, section 4.5.3.1.1
_RETURN_PATH: Final = re.compile(r"[A-Za-z0-9._+=-]*\{token\}[A-Za-z0-9._+=-]*(@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*)?")


def parse_return_path(text: str) -> str:
    """Return `fixed`, or the template of return paths; without a domain it means our host. Raise `EnvError`."""
    local = text.partition("@")[0]
    if text != FIXED_RETURN_PATH:
        if not _RETURN_PATH.fullmatch(text):
            raise EnvError("use bounce+{token}@host, with {token} once and before the @, or fixed")
        surplus = len(local.replace(TOKEN_PLACE, "x" * TOKEN_SIGNS)) - _LONGEST_LOCAL_PART
        if surplus > 0:
            raise EnvError(f"with its token, the part before the @ is too long by {surplus} signs")
        if local.replace(TOKEN_PLACE, "x").strip(".") != local.replace(TOKEN_PLACE, "x") or ".." in local:
            raise EnvError("the part before the @ neither begins nor ends with a dot, and has no two dots in a row")
    return text


@dataclass(frozen=True, slots=True)
class ImapMailbox:
    """A mailbox that is read by IMAP."""

    host: str
    port: int
    user: str
    password: str = field(repr=False)
    folder: str


_IMAPS_PORT: Final = 993


def parse_imap_mailbox(url: str | None) -> ImapMailbox | None:
    """Parse `imaps://user:password@host/folder`. Raise `EnvError` if it is invalid.

    Return None for None, because the environment reader passes default values through parsers as well. Clear text and
    STARTTLS are refused: what happens before the encryption can be altered on the way (RFC 8314, section 3).
    """
    if not url:
        return None
    try:
        parts = urlsplit(url)
        port = _IMAPS_PORT if parts.port is None else parts.port
    except ValueError:
        raise EnvError("use imaps://user:password@host/INBOX") from None
    if parts.scheme in {"imap", "imap+starttls"}:
        raise EnvError("use imaps://: the connection has to be encrypted from its first byte")
    if parts.scheme != "imaps" or not parts.hostname or not port or not parts.username or not parts.password:
        raise EnvError("use imaps://user:password@host/INBOX")
    if parts.query or parts.fragment:
        raise EnvError("in a user, password and folder, write % and two hexadecimal digits for signs")
    folder = unquote(parts.path.strip("/")) or "INBOX"
    return ImapMailbox(parts.hostname, port, unquote(parts.username), unquote(parts.password), folder)


def parse_key(text: str) -> bytes:
    """Return a key of 32 bytes, given in Base64. Raise `EnvError` if it is not one."""
    try:
        key = base64.b64decode(text, altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if len(key) != KEY_BYTES:
        raise EnvError("a key is 32 random bytes in Base64, as `openssl rand -base64 32` prints them")
    return key


def parse_keys(text: str) -> dict[str, bytes]:
    """Return the keys of `id:key,id:key` by id. The first one encrypts, all decrypt. Raise `EnvError` if invalid."""
    keys = {}
    for item in text.split(","):
        key_id, separator, key = item.strip().partition(":")
        is_id = key_id.isascii() and key_id.isalnum() and len(key_id) <= LONGEST_KEY_ID
        if not separator or not is_id or key_id in keys:
            raise EnvError("list the keys as `id:key,id:key`, newest first, with ids of letters and digits")
        keys[key_id] = parse_key(key)
    return keys


def parse_base_url(url: str) -> str:
    """Return the public base URL, `https://host`, as a browser's Origin header has it. Raise `EnvError` if invalid."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise EnvError("use https://host or http://host:port") from None
    is_more = parts.path.strip("/") or parts.query or parts.fragment or "@" in parts.netloc
    if parts.scheme not in _WEB_PORTS or not parts.hostname or port == 0 or is_more:
        raise EnvError("use https://host or http://host:port, without a path")
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return f"{parts.scheme}://{host}" + ("" if port in (None, _WEB_PORTS[parts.scheme]) else f":{port}")


@dataclass(frozen=True, slots=True)
class Bind:
    """The IP address and port that the web server listens on."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


def parse_bind(text: str | None) -> Bind | None:
    """Parse `IP:port` with a numeric IP address (`[::1]:8000` for IPv6). Raise `EnvError` if it is invalid.

    Return None for None, because the environment reader passes default values through parsers as well.
    """
    if text is None:
        return None
    host, _, port = text.rpartition(":")
    try:
        ip = ipaddress.ip_address(host.removeprefix("[").removesuffix("]"))
        number = int(port)
    except ValueError:
        raise EnvError("use address:port with a numeric address, such as 127.0.0.1:8000 or [::1]:8000") from None
    if not 0 < number <= HIGHEST_PORT:
        raise EnvError(f"the port is a number from 1 to {HIGHEST_PORT}")
    return Bind(str(ip), number)


def parse_database(url: str | None) -> dict[str, Any] | None:
    """Return Django's database settings for `postgresql://user:password@host:port/name`. Raise `EnvError` if invalid.

    Return None for None, as `parse_bind` does.
    """
    if url is None:
        return None
    try:
        if urlsplit(url).scheme in ("postgresql", "postgres"):
            return dict(dj_database_url.parse(url))
    except ValueError:  # dj_database_url's own errors are subclasses of it
        pass
    raise EnvError("use postgresql://user:password@host:port/name")


def parse_leak_list(path: str | None) -> Path | None:
    """Return the path of a file of leaked passwords. Raise `EnvError` if the file is not such a list.

    Return None for None, because the environment reader passes default values through parsers as well.
    """
    if not path:
        return None
    file = Path(path).absolute()
    try:
        require_leak_list(file)
    except NotALeakListError as error:
        raise EnvError(f"{file} {error}; give it Pwned Passwords' SHA-1 list ordered by hash") from None
    return file


_RECIPIENT: Final = re.compile(r"age1[02-9ac-hj-np-z]{58}")  # Bech32 of 32 bytes


def parse_recipients(text: str) -> list[str]:
    """Return the public keys of age in a list `age1…,age1…`, none for "". Raise `EnvError` if one is invalid."""
    recipients = [item.strip() for item in text.split(",") if item.strip()]
    if not all(_RECIPIENT.fullmatch(recipient) for recipient in recipients):
        raise EnvError("list public keys of age, age1…,age1…, as `backup --new-key` and age-keygen print them")
    return recipients


def parse_program(path: str | None) -> Path | None:
    """Return the path of a program. Raise `EnvError` if it is none.

    Return None for None, because the environment reader passes default values through parsers as well.
    """
    if not path:
        return None
    program = Path(path)
    if not program.is_absolute():  # whether it can be run is seen by whoever runs it: the web server may not
        raise EnvError("name a program by its whole path, without arguments")
    return program


def read_environment(data_dir: Path) -> Env:
    """Return the environment reader. The settings that a demo stores in DATA_DIR are its defaults.

    Raise `EnvironmentProblemError` if the demo's file in DATA_DIR cannot be read.
    """
    env = Env(eager=False)
    env.add_parser("key", parse_key)
    env.add_parser("keys", parse_keys)
    env.add_parser("mail_server", parse_mail_server)
    env.add_parser("return_path", parse_return_path)
    env.add_parser("imap_mailbox", parse_imap_mailbox)
    env.add_parser("base_url", parse_base_url)
    env.add_parser("bind", parse_bind)
    env.add_parser("database", parse_database)
    env.add_parser("leak_list", parse_leak_list)
    env.add_parser("recipients", parse_recipients)
    env.add_parser("program", parse_program)
    try:
        env.read_env(data_dir / DEMO_FILE, recurse=False)
    except OSError as error:
        raise EnvironmentProblemError(f"DATA_DIR {data_dir} cannot be read: {error.strerror}.") from None
    except ValueError:  # the file is not text, or is a folder
        raise EnvironmentProblemError(
            f"DATA_DIR {data_dir} is damaged: {DEMO_FILE} in it is no settings file."
        ) from None
    return env


def require_valid(env: Env) -> None:
    """Raise one `EnvironmentProblemError` that names all invalid settings."""
    try:
        env.seal()
    except EnvValidationError as error:
        lines = []
        for name, reasons in cast("Mapping[str, object]", error.error_messages).items():  # what seal() raises
            text = " ".join(reasons) if isinstance(reasons, list) else str(reasons)
            lines.append(f"  {name}: {'it is not set' if text == 'Environment variable not set.' else text}")
        raise EnvironmentProblemError(
            "The settings in the environment need attention (docs/production.md lists them):\n" + "\n".join(lines)
        ) from None
