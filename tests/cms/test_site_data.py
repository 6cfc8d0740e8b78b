"""The board's emblem, drawn anew for the frame around every screen."""

import io
import logging
from pathlib import Path

import pytest
from django.test import Client
from PIL import Image
from pytest_django.fixtures import Settings

from egzaminator.cms.models import BoardSettings
from egzaminator.cms.site_data import current_site_data
from egzaminator.web.errors import standalone_page
from tests.cms.emblem import CAMERA, stored_emblem
from tests.helpers.public_site import make_home_page

pytestmark = pytest.mark.django_db

NEUTRAL = '<img class="site-brand__emblem" src="/static/emblem.'


@pytest.fixture
def media(settings: Settings, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def shown_emblem() -> bytes:
    answer = Client().get(current_site_data().emblem_url)
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/webp")
    return b"".join(answer)


@pytest.mark.parametrize(
    ("kind", "size", "drawn"),
    [
        ("PNG", (1200, 900), (192, 144)),
        ("JPEG", (300, 600), (96, 192)),
        ("WEBP", (64, 64), (64, 64)),
    ],
)
def test_the_emblem_is_a_small_webp_drawn_anew(
    media: Path, kind: str, size: tuple[int, int], drawn: tuple[int, int]
) -> None:
    emblem = stored_emblem(size, kind)
    assert CAMERA in Path(emblem.file.path).read_bytes()
    BoardSettings.objects.create(emblem=emblem)
    content = shown_emblem()
    with Image.open(io.BytesIO(content)) as image:
        assert (image.format, image.size) == ("WEBP", drawn)
    assert CAMERA not in content
    assert len(content) < 30_000  # noise, which is what compresses worst


def test_every_page_shows_the_emblem_before_the_name(media: Path) -> None:
    make_home_page()
    for path in ("/", "/en/", "/konto/logowanie/", "/nie-ma/"):
        assert NEUTRAL in Client().get(path).content.decode()
    BoardSettings.objects.create(emblem=stored_emblem())
    url = current_site_data().emblem_url
    assert url.startswith("/media/images/")
    tag = f'<img class="site-brand__emblem" src="{url}" alt="" width="48" height="48">'
    for path in ("/", "/en/", "/konto/logowanie/", "/nie-ma/"):
        assert tag in Client().get(path).content.decode()
    assert tag in standalone_page("errors/500.html", status=500).content.decode()


def test_another_emblem_has_another_address_and_a_deleted_one_gives_way_to_the_neutral_one(media: Path) -> None:
    board = BoardSettings.objects.create(emblem=stored_emblem())
    before = current_site_data().emblem_url
    board.emblem = stored_emblem((80, 80))
    board.save()
    assert current_site_data().emblem_url not in {before, ""}
    board.emblem.delete()
    assert current_site_data().emblem_url == ""
    assert NEUTRAL in Client().get("/en/").content.decode()


def test_pages_are_shown_when_the_file_is_lost(media: Path, caplog: pytest.LogCaptureFixture) -> None:
    emblem = stored_emblem()
    Path(emblem.file.path).unlink()
    with caplog.at_level(logging.ERROR):
        BoardSettings.objects.create(emblem=emblem)
        assert NEUTRAL in Client().get("/en/").content.decode()
    assert [record.getMessage() for record in caplog.records] == [
        "The board's emblem cannot be drawn; pages show the neutral one."
    ]
