"""Files sent to the import, as browsers send them."""

from collections.abc import Mapping
from typing import Any, Final

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from egzaminator.accounts.models import Account
from egzaminator.register.models import Import
from egzaminator.staff.roles import Role
from tests.helpers.factories import make_staff
from tests.helpers.html import Response, fields_of

LIST: Final = "/panel/import/"


def make_officer(**options: Any) -> Account:
    """Return a member of the staff who keeps the register. Somebody else is the administrator."""
    make_staff(email="szef@oke.example", name="Szef Administrator", roles=[Role.ADMINISTRATOR])
    return make_staff(roles=[Role.RECORDS], **options)


def send_file(client: Client, content: bytes, name: str = "lista.csv", **changes: Any) -> Response:
    """Send a file by the form of the list."""
    fields: Mapping[str, Any] = {
        **fields_of(client.get(LIST)),
        "file": SimpleUploadedFile(name, content, "text/csv"),
        **changes,
    }
    return client.post(LIST, fields)


def sent(client: Client, content: bytes, name: str = "lista.csv") -> Import:
    """Send a file, and return its import."""
    page = send_file(client, content, name)["Location"]
    return Import.objects.get(pk=page.strip("/").rpartition("/")[2])
