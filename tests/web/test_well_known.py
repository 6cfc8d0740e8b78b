import pytest
import time_machine
from django.test import Client

pytestmark = pytest.mark.django_db


@time_machine.travel("2026-11-22T10:54:00Z", tick=False)
def test_security_txt_tells_whom_to_write_to() -> None:
    response = Client().get("/.well-known/security.txt")
    assert response["Content-Type"] == "text/plain; charset=utf-8"
    assert response.content.decode().splitlines() == [
        "Contact: mailto:sekretariat@oke.poznan.pl",
        "Contact: tel:+48618540160",
        "Expires: 2027-05-21T00:00:00Z",
        "Preferred-Languages: pl, en",
        "Canonical: http://localhost:8000/.well-known/security.txt",
    ]
    assert Client().post("/.well-known/security.txt").status_code == 405
