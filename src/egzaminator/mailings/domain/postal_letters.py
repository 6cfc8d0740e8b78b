"""Letters of invitation as PDF/UA files of at most 500, in one ZIP archive, in constant memory."""

import io
import json
import subprocess
import sys
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import qrcode
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from egzaminator.core.board import current_board
from egzaminator.core.templatetags.dates import letter_date
from egzaminator.mailings import typesetting
from egzaminator.mailings.domain.invitations import instruction
from egzaminator.mailings.enums import InvitationWay
from egzaminator.mailings.models import Invitation
from egzaminator.register.models import Examiner

LETTERS_IN_FILE: Final = 500
_PROGRAM: Final = Path(typesetting.__file__).with_name("compile.py")
_MOST_SECONDS: Final = 300


def people_to_write_to(invitation: Invitation) -> QuerySet[Examiner]:
    """Return the query for whom an invitation goes to by letter, and who has still no account, in its order."""
    people = Examiner.objects.in_register().filter(
        invitations__invitation=invitation,
        invitations__way=InvitationWay.LETTER,
        account=None,
        deceased_on=None,
        address_encrypted__isnull=False,
    )
    return people.order_by("sort_key", "id")


def batches_of(people: QuerySet[Examiner]) -> Iterator[list[Examiner]]:
    """Yield the people in batches of one file each."""
    ids = list(people.values_list("pk", flat=True))
    for start in range(0, len(ids), LETTERS_IN_FILE):
        some = Examiner.objects.in_bulk(ids[start : start + LETTERS_IN_FILE])
        yield [some[pk] for pk in ids[start : start + LETTERS_IN_FILE] if pk in some and some[pk].address_encrypted]


def zipped(batches: Iterator[list[Examiner]]) -> Iterator[bytes]:
    """Yield the ZIP archive of the letters to batches of people, a PDF file for each batch.

    Raise `UndecryptableError` for an address that does not decrypt.
    """
    buffer = _Stream()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:  # a PDF file is compressed already
        for number, people in enumerate(batches, start=1):
            archive.writestr(f"zaproszenia-{number:02}.pdf", letters_pdf(people))
            yield buffer.take()
    yield buffer.take()


def letters_pdf(people: Sequence[Examiner]) -> bytes:
    """Return one PDF/UA file with a letter of one page for each of some people."""
    data = _data([{"name": one.name, "lines": one.postal_address.lines} for one in people if one.postal_address])
    program = [sys.executable, "-I", str(_PROGRAM)]
    done = subprocess.run(  # noqa: S603 -- our own program
        program, input=json.dumps(data).encode(), capture_output=True, check=True, env={}, timeout=_MOST_SECONDS
    )
    return done.stdout


def _data(people: list[dict[str, Any]]) -> dict[str, Any]:
    board = current_board()
    return {
        "title": _("Invitation to make your account"),
        "board": board.name,
        "sender": [f"{board.street}, {board.postal_code} {board.locality}", f"{board.phone} · {board.email}"],
        "day": f"{board.locality}, {letter_date(timezone.localdate())}",
        "people": people,
        "paragraphs": [
            _("Dear Sir or Madam,"),
            _(
                "You are entered in our register of examiners. We invite you to make an account in the examiners’ "
                "service. There you see your entries, keep your data up to date, and read messages from the board."
            ),
            _(
                "For the first log-in you need your PESEL and the number from the decision on your entry in the "
                "register. You will find both in your documents; we never send them in letters or e-mails."
            ),
        ],
        "code": _qr_code(instruction()),
        "alt": _("QR code with the address of the instructions"),
        "where": _("How to log in for the first time:"),
        "url": instruction(),
        "ending": [
            _("Questions? Please call us: %(phone)s.") % {"phone": board.phone},
            _("Yours faithfully"),
            board.name,
        ],
    }


def _qr_code(url: str) -> str:
    """Return the QR code of a URL as an SVG image, with the quiet zone that ISO/IEC 18004 asks for."""
    code = qrcode.QRCode(border=4)
    code.add_data(url)
    matrix = code.get_matrix()
    squares = "".join(f"M{x} {y}h1v1h-1z" for y, row in enumerate(matrix) for x, dark in enumerate(row) if dark)
    size = len(matrix)
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size} {size}"><path d="{squares}"/></svg>'


class _Stream(io.RawIOBase):
    """What an archive is written to, and taken away from in parts."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def writable(self) -> bool:
        """Return True: it can be written, not read or wound back."""
        return True

    def write(self, content: Any) -> int:
        """Keep some content until it is taken."""
        self._parts.append(bytes(content))
        return len(content)

    def take(self) -> bytes:
        """Return what was written since the last time."""
        parts, self._parts = self._parts, []
        return b"".join(parts)
