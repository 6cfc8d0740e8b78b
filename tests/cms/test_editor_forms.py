"""Input of a one-line field stays on one line: e-mails, headings and feeds are built from it."""

import io
import re

import pytest
from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import CharField
from django.test import Client
from PIL import Image as PictureFile
from wagtail.images.models import Image
from wagtail.models import Collection, Page

from egzaminator.cms.editor_forms import LinesForm
from egzaminator.cms.models import ArticlePage, BoardSettings, ContentPage, DeclarationPage, HomePage
from egzaminator.staff.roles import Role
from tests.helpers.factories import make_staff
from tests.helpers.html import Response, fields_of, words_of

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
SETTINGS = "/panel/strony/settings/cms/boardsettings/"
LINES = ["name", "short_name", "street", "locality", "hours", "notice"]


@pytest.fixture
def editor(client: Client, default_pages: None) -> Client:
    account = make_staff(roles=[Role.EDITOR, Role.ADMINISTRATOR])
    client.force_login(account)
    return client


def save_settings(editor: Client, **changes: str) -> Response:
    shown = editor.get(SETTINGS, follow=True)
    return editor.post(shown.redirect_chain[-1][0], fields_of(shown) | changes)


def save_article(editor: Client, **changes: str) -> Response:
    page = ArticlePage.objects.get(slug="numer-ewidencyjny")
    fields = {"title": page.title, "slug": page.slug, "lead": "Wstęp.", "body-count": "0", "go_live_at": ""}
    fields |= {"expire_at": "", "seo_title": "", "search_description": "", "action-publish": "1"}
    return editor.post(f"/panel/strony/pages/{page.pk}/edit/", fields | changes)


def edited() -> list[type[ContentPage | DeclarationPage | BoardSettings]]:
    pages = [model for model in apps.get_models() if issubclass(model, ContentPage | DeclarationPage)]
    return [*pages, BoardSettings]


def test_every_form_of_what_editors_write_keeps_lines() -> None:
    assert len(edited()) >= 7
    assert [model.__name__ for model in edited() if not issubclass(model.base_form_class, LinesForm)] == []


@pytest.mark.parametrize("name", LINES)
def test_a_line_of_the_boards_data_is_one_line(editor: Client, name: str) -> None:
    typed = "OKE\r\n\r\nZaloguj się: https://oke.example\u202e"
    assert save_settings(editor, **{name: typed}).status_code == 302
    assert getattr(BoardSettings.objects.get(), name) == "OKE Zaloguj się: https://oke.example"


def test_these_are_all_lines_of_the_boards_data(editor: Client) -> None:
    shown = fields_of(editor.get(SETTINGS, follow=True))
    lines = {f.name for f in BoardSettings._meta.get_fields() if type(f) is CharField}  # noqa: SLF001 -- Django documents it
    assert lines & (shown.keys() | {"notice"}) == {*LINES, "postal_code"}


def test_a_character_that_nobody_sees_is_an_error_in_words(editor: Client) -> None:
    answer = save_settings(editor, name="OKE\x07 Poznań")
    assert answer.status_code == 200
    assert "jest niewidoczny znak" in words_of(answer)
    assert BoardSettings.objects.get().name == "Okręgowa Komisja Egzaminacyjna w Poznaniu"


def test_a_title_is_one_line(editor: Client) -> None:
    assert save_article(editor, title="Numer\u2028\r\newidencyjny\u200b").status_code == 302
    assert ArticlePage.objects.get(slug="numer-ewidencyjny").title == "Numer ewidencyjny"


# Slugs of pages, and links of the frame ------------------------------------------------------------------------------


@pytest.mark.parametrize("slug", ["konto", "panel", "szukaj", "en", "a", "n"])
def test_no_page_takes_an_address_of_the_service(editor: Client, slug: str) -> None:
    home = HomePage.objects.get()
    fields = {"title": "Nowa", "slug": slug, "lead": "", "body-count": "0", "go_live_at": "", "expire_at": ""}
    address = f"/panel/strony/pages/add/cms/articlepage/{home.pk}/"
    answer = editor.post(address, fields | {"action-publish": "1"})
    assert answer.status_code == 200
    assert "Pod tym adresem odpowiada sam serwis" in words_of(answer)
    assert not Page.objects.filter(slug=slug).exists()
    assert editor.post(address, fields | {"slug": f"{slug}-nowa", "action-publish": "1"}).status_code == 302


@pytest.mark.parametrize("slug", ["strona-glowna", "pomoc", "pierwsze-logowanie"])
def test_delivered_pages_keep_their_addresses(editor: Client, slug: str) -> None:
    page = HomePage.objects.get() if slug == "strona-glowna" else Page.objects.get(slug=slug).specific
    fields = {"title": page.title, "slug": page.slug, "lead": "", "body-count": "0", "go_live_at": "", "expire_at": ""}
    assert editor.post(f"/panel/strony/pages/{page.pk}/edit/", fields | {"action-publish": "1"}).status_code == 302


@pytest.mark.parametrize("slug", ["pierwsze-logowanie", "pomoc"])
def test_the_help_that_the_log_in_leads_to_stays(editor: Client, slug: str) -> None:
    page = Page.objects.get(slug=slug)
    editor.post(f"/panel/strony/pages/{page.pk}/unpublish/", {"include_descendants": "on"})
    assert Client().get("/pomoc/pierwsze-logowanie/").status_code == 200
    other = Page.objects.get(slug="numer-ewidencyjny")
    editor.post(f"/panel/strony/pages/{other.pk}/unpublish/")
    assert Client().get("/pomoc/numer-ewidencyjny/").status_code == 404


@pytest.mark.parametrize("field", ["accessibility_page", "easy_to_read_page", "privacy_notice_page"])
def test_the_frame_leads_to_what_readers_can_open(editor: Client, field: str) -> None:
    draft = ArticlePage.objects.get(slug="numer-ewidencyjny")
    editor.post(f"/panel/strony/pages/{draft.pk}/unpublish/")
    before = getattr(BoardSettings.objects.get(), field)
    for unseen in (draft.pk, Page.get_first_root_node().pk):
        answer = save_settings(editor, **{field: str(unseen)})
        assert answer.status_code == 200
        assert "nie jest opublikowana" in words_of(answer)
        assert getattr(BoardSettings.objects.get(), field) == before
    seen = Page.objects.get(slug="pierwsze-logowanie")
    assert save_settings(editor, **{field: str(seen.pk)}).status_code == 302


# The look ------------------------------------------------------------------------------------------------------------


def upload_emblem(editor: Client, name: str, content: bytes) -> Response:
    """Send a file as the button in the settings' screen does."""
    prefix = "image-chooser-upload"
    fields = {f"{prefix}-title": "Logo", f"{prefix}-collection": str(Collection.get_first_root_node().pk)}
    fields[f"{prefix}-tags"] = ""
    return editor.post(
        "/panel/strony/images/chooser/create/",
        fields | {f"{prefix}-file": SimpleUploadedFile(name, content)},
        headers={"X-Requested-With": "XMLHttpRequest"},
    )


def test_an_emblem_is_chosen_where_the_board_is_named(editor: Client) -> None:
    assert 'name="emblem"' in editor.get(SETTINGS, follow=True).content.decode()
    png = io.BytesIO()
    PictureFile.new("RGBA", (600, 600), "red").save(png, "PNG")
    assert upload_emblem(editor, "logo.png", png.getvalue()).json()["step"] == "chosen"
    image = Image.objects.get(title="Logo")
    assert save_settings(editor, emblem=str(image.pk)).status_code == 302
    assert BoardSettings.objects.get().emblem == image
    shown = Client().get("/").content.decode()
    assert re.search(r'<img class="site-brand__emblem" src="/media/images/logo\.[^"]*\.webp"', shown)
    assert save_settings(editor, emblem="").status_code == 302
    assert BoardSettings.objects.get().emblem is None


@pytest.mark.parametrize("name", ["logo.svg", "logo.png"])
def test_no_svg_becomes_an_emblem(editor: Client, name: str) -> None:
    before = Image.objects.count()
    svg = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'
    assert upload_emblem(editor, name, svg).json()["step"] == "reshow_creation_form"
    assert Image.objects.count() == before
    assert save_settings(editor, emblem="999999").status_code == 200


def test_colours_are_typed_and_change_the_pages(editor: Client) -> None:
    assert save_settings(editor, band_colour="00441B", action_colour=" #006d2c ").status_code == 302
    board = BoardSettings.objects.get()
    assert (board.band_colour, board.action_colour) == ("#00441b", "#006d2c")
    assert 'href="/media/board.' in Client().get("/").content.decode()


@pytest.mark.parametrize("name", ["band_colour", "action_colour"])
def test_a_colour_that_is_too_light_is_refused_with_the_nearest_one(editor: Client, name: str) -> None:
    answer = save_settings(editor, **{name: "#F80"})
    assert answer.status_code == 200
    assert (
        "Ten kolor jest za jasny: jego kontrast wynosi 2,12:1, a tekst potrzebuje co najmniej 4,5:1. "
        "Najbliższy odpowiedni kolor to #aa5900."
    ) in words_of(answer)
    assert fields_of(answer)[name] == "#F80"
    assert "maxlength" not in answer.content.decode().split(f'name="{name}"')[1].split(">")[0]
    assert save_settings(editor, **{name: "#aa5900"}).status_code == 302
