import io
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image
from pytest_django.fixtures import Settings
from wagtail.images import get_image_model

from tests.helpers.factories import PASSWORD, PESELS, make_account, make_examiner, make_staff
from tests.helpers.html import fields_of

pytestmark = pytest.mark.django_db


def picture(name: str = "szkoła.png") -> SimpleUploadedFile:
    file = io.BytesIO()
    Image.new("RGB", (8, 8)).save(file, "PNG")
    return SimpleUploadedFile(name, file.getvalue(), "image/png")


@pytest.mark.parametrize("path", ["/", "/konto/haslo/", "/panel/strony/images/add/", "/nie-ma/"])
def test_a_stranger_can_send_no_file_anywhere(browser: Client, path: str) -> None:
    assert browser.post(path, {"file": picture()}).status_code == 403  # without a token nothing is read
    token = fields_of(browser.get("/konto/haslo/"))["csrfmiddlewaretoken"]
    assert browser.post(path, {"csrfmiddlewaretoken": token, "file": picture()}).status_code == 400


def test_the_log_in_box_takes_no_file(browser: Client) -> None:
    assert browser.post("/konto/logowanie/", {"name": "x", "secret": "y", "file": picture()}).status_code == 400


def test_an_examiner_can_send_none_to_the_panel(browser: Client) -> None:
    make_account(make_examiner())
    browser.post("/konto/logowanie/", {"name": PESELS[0], "secret": PASSWORD})
    assert browser.post("/panel/strony/images/add/", {"file": picture()}).status_code == 400


def test_staff_send_images_to_the_panel(browser: Client, settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path
    make_staff()
    browser.post("/konto/logowanie/", {"name": "jan@oke.example", "secret": PASSWORD})
    page = browser.get("/panel/strony/images/add/")
    token = fields_of(page)["csrfmiddlewaretoken"]
    collection = page.context["form"].initial.get("collection") or 1
    fields = {"title": "Szkoła", "file": picture(), "collection": collection, "csrfmiddlewaretoken": token}
    response = browser.post("/panel/strony/images/add/", fields)
    assert (response.status_code, get_image_model().objects.count()) == (302, 1)


def test_a_file_that_only_calls_itself_an_image_is_refused(browser: Client, settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path
    make_staff()
    browser.post("/konto/logowanie/", {"name": "jan@oke.example", "secret": PASSWORD})
    token = fields_of(browser.get("/panel/strony/images/add/"))["csrfmiddlewaretoken"]
    for name in ("a.png", "a.svg", "a.html"):
        file = SimpleUploadedFile(name, b"<svg onload=alert(1)>", "image/png")
        fields = {"title": "x", "file": file, "collection": 1, "csrfmiddlewaretoken": token}
        assert browser.post("/panel/strony/images/add/", fields).status_code == 200
    assert get_image_model().objects.count() == 0
