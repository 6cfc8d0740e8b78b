"""Which of Wagtail's screens each role opens, exactly. Wagtail asks for its own permissions behind the panel's door."""

import io
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.test import Client
from PIL import Image as Picture
from pytest_django.fixtures import Settings
from wagtail.contrib.redirects.models import Redirect
from wagtail.documents.models import Document
from wagtail.images.models import Image
from wagtail.models import Page

from egzaminator.cms.models import BoardSettings, HomePage
from egzaminator.staff.roles import Role
from tests.helpers.factories import make_staff
from tests.helpers.routes import sample_of
from tests.panel.test_permissions import WAGTAILS

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

BELOW = "panel/strony/"
# The board's settings, and what their form leads to: an image of one's own, a page, a link.
# The choosers of documents and tags are open to all who enter Wagtail, and show only what somebody may choose.
SETTINGS = "settings/<slug:app_name>/<slug:model_name>/"
FOR_ADMINISTRATORS = {
    "",  # leads on: administrators to the panel
    "account/",
    "jsi18n/",
    "sprite/",
    "pages/<int:page_id>/revisions/",  # leads on to the history, which is closed to them
    *(f"choose-{kind}-link/" for kind in ("anchor", "email", "external", "phone")),
    *(f"choose-page/{rest}" for rest in ("", "<int:parent_page_id>/", "search/")),
    *(f"documents/chooser/{rest}" for rest in ("", "results/")),
    *(f"images/{rest}" for rest in ("", "add/", "multiple/add/", "results/")),
    *(f"images/chooser/{rest}" for rest in ("", "chosen/<str:pk>/", "create/", "results/")),
    "tag-autocomplete/",
    "editing-sessions/release/<int:session_id>/",  # one's own
    "pages/<int:page_to_move_id>/move/<int:destination_id>/confirm/",  # asks, but does not move
    SETTINGS,
    f"{SETTINGS}<int:pk>/",
}
# Answer with 404 here: uploads of one's own that wait for their title, and models with tags.
OF_ONES_OWN = {
    "documents/multiple/create_from_uploaded_document/<int:uploaded_file_id>/",
    "documents/multiple/delete_upload/<int:uploaded_file_id>/",
    "images/multiple/create_from_uploaded_image/<int:uploaded_file_id>/",
    "images/multiple/delete_upload/<int:uploaded_file_id>/",
    "tag-autocomplete/<slug:app_name>/<slug:model_name>/",
}


@pytest.fixture
def samples(default_pages: None, settings: Settings, tmp_path: Path) -> dict[str, object]:
    """Return the ids of one thing of each kind, by the names of the parameters of Wagtail's routes."""
    settings.MEDIA_ROOT = tmp_path
    png = io.BytesIO()
    Picture.new("RGB", (8, 8)).save(png, "PNG")
    image = Image.objects.create(title="Zdjęcie", file=ContentFile(png.getvalue(), "zdjecie.png"))
    document = Document.objects.create(title="Komunikat", file=ContentFile(b"%PDF-1.4", "komunikat.pdf"))
    redirect = Redirect.objects.create(old_path="/stary", redirect_link="https://www.oke.poznan.pl/")
    page = Page.objects.get(slug="numer-ewidencyjny")
    return {
        "page_id": page.pk,
        "page_to_move_id": page.pk,
        "parent_page_id": page.get_parent().pk,
        "destination_id": HomePage.objects.get().pk,
        "revision_id": page.latest_revision_id,
        "image_id": image.pk,
        "document_id": document.pk,
        "doc_id": document.pk,
        "redirect_id": redirect.pk,
        "content_type_app_name": "cms",
        "content_type_model_name": "articlepage",
        "app_name": "cms",
        "model_name": "boardsettings",
        "pk": BoardSettings.load().pk,
    }


def answer_of(client: Client, route: str, samples: dict[str, object]) -> tuple[int, str]:
    """Return the status and the redirect of a screen, or of a POST that Wagtail's scripts send to what is no screen."""
    kind = route.partition("/")[0]
    own = {"images": {"pk": samples["image_id"]}, "documents": {"pk": samples["document_id"]}}
    own["editing-sessions"] = {"app_label": "cms", "model_name": "articlepage", "object_id": samples["page_id"]}
    path = sample_of(BELOW + route, **samples | own.get(kind, {}))
    answer = client.get(path)
    if answer.status_code == 405:
        answer = client.post(path, headers={"X-Requested-With": "XMLHttpRequest"})
    return answer.status_code, answer.get("Location", "")


@pytest.mark.parametrize("role", [Role.EDITOR, Role.ADMINISTRATOR])
def test_each_role_opens_what_it_may_and_nothing_else(client: Client, role: Role, samples: dict[str, object]) -> None:
    client.force_login(make_staff(roles=[role]))
    names = {route.removeprefix(BELOW) for route in WAGTAILS}
    # Those that delete an image or a document come last.
    in_order = sorted(names, key=lambda name: ("multiple" in name, name))
    found = {name: answer_of(client, name, samples) for name in in_order}
    assert {found[name][0] for name in OF_ONES_OWN} == {404}
    denied = {name for name, (status, url) in found.items() if status in {403, 404} or url == "/panel/strony/"}
    assert {status for name, (status, _) in found.items() if name not in denied | OF_ONES_OWN} <= {200, 302, 400}
    opened = names - denied - OF_ONES_OWN
    assert opened == (names - OF_ONES_OWN - {f"{SETTINGS}<int:pk>/"} if role == Role.EDITOR else FOR_ADMINISTRATORS)


def test_an_administrator_moves_no_page(client: Client, samples: dict[str, object]) -> None:
    client.force_login(make_staff(roles=[Role.ADMINISTRATOR]))
    page = Page.objects.get(pk=samples["page_id"])
    answer = client.post(f"/{BELOW}pages/{page.pk}/move/{samples['destination_id']}/confirm/")
    assert (answer.status_code, answer["Location"]) == (302, f"/{BELOW}")
    assert Page.objects.get(pk=page.pk).path == page.path
