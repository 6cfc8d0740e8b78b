"""Of uploaded files, a visitor gets only the images of pages and the documents of public collections."""

from pathlib import Path

import pytest
from django.contrib.auth.models import Group
from django.core.files.base import ContentFile
from django.test import Client
from pytest_django.fixtures import Settings
from wagtail.documents.models import Document
from wagtail.models import BaseViewRestriction, Collection, CollectionViewRestriction, PageViewRestriction

from egzaminator.cms.models import ArticlePage
from egzaminator.staff.roles import Role
from tests.helpers.factories import make_account, make_examiner, make_staff
from tests.helpers.public_site import make_home_page

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

SECRET = b"what no visitor may read"
# Paths that lead out of the folder of images. Each is requested plain, percent-encoded once, and twice.
WAYS = [
    *("../documents/x.pdf", "../original_images/o.jpg", "../top.txt", "./../top.txt", "..//top.txt", "...//top.txt"),
    *(
        "..\\documents\\x.pdf",
        "..\\top.txt",
        "a.webp/../../top.txt",
        "../images/../top.txt",
        "/etc/passwd",
        "//etc/passwd",
    ),
    *(
        "below/deep.webp",
        ".hidden",
        "..",
        ".",
        "",
        "a.webp/",
        "a.webp%0a",
        "a.webp%00.txt",
        "A.WEBP",
        "~/x",
        "C:/x",
        "link",
    ),
]


@pytest.fixture
def media(settings: Settings, tmp_path: Path) -> Path:
    root = settings.MEDIA_ROOT = tmp_path / "media"
    for path in ("documents/x.pdf", "original_images/o.jpg", "top.txt", "images/below/deep.webp", "images/.hidden"):
        file = root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(SECRET)
    (root / "images" / "a.webp").write_bytes(b"RIFF")
    return root


def encoded(way: str, *, times: int) -> str:
    for _ in range(times):
        way = "".join(sign if sign.isalnum() else f"%{ord(sign):02x}" for sign in way)
    return way


def test_an_image_of_a_page_is_shown_by_its_name(media: Path) -> None:
    response = Client().get("/media/images/a.webp")
    assert (response.status_code, b"".join(response)) == (200, b"RIFF")
    assert response["Content-Type"] == "image/webp"
    assert Client().post("/media/images/a.webp").status_code == 405


def test_no_other_file_is_reached_by_any_path(media: Path) -> None:
    asked = [f"/media/images/{encoded(way, times=times)}" for way in WAYS for times in range(3)]
    asked += [f"/media/images/{way.replace('/', '%2f')}" for way in WAYS]
    asked += [f"/media/{path.relative_to(media)}" for path in media.rglob("*") if path.name != "a.webp"]
    asked += ["/media/", "/media", "/media/images/..%c0%af..%c0%aftop.txt", "/media/images/%u002e%u002e/top.txt"]
    assert len(asked) > 100
    for path in asked:
        response = Client(raise_request_exception=False).get(path, follow=True)
        assert (path, response.status_code) in {(path, 404), (path, 400)}
        assert SECRET not in b"".join(response)


def restriction(kind: str) -> dict[str, str]:
    return {"restriction_type": kind} | ({"password": "haslo"} if kind == BaseViewRestriction.PASSWORD else {})


def open_to_editors(restricted: BaseViewRestriction) -> None:
    """Name the group that may read what is for groups alone. Otherwise nobody may."""
    if restricted.restriction_type == BaseViewRestriction.GROUPS:
        restricted.groups.set([Group.objects.get(name=Role.EDITOR)])


@pytest.mark.parametrize(
    ("kind", "stranger", "examiner", "staff"),
    [
        (None, 200, 200, 200),
        (BaseViewRestriction.LOGIN, 302, 200, 200),
        (BaseViewRestriction.GROUPS, 302, 403, 200),
        (BaseViewRestriction.PASSWORD, 404, 404, 404),
    ],
)
@pytest.mark.parametrize("what", ["document", "page"])
def test_what_is_private_asks_for_a_log_in_and_is_no_error(
    media: Path, what: str, kind: str | None, stranger: int, examiner: int, staff: int
) -> None:
    home = make_home_page()
    if what == "page":
        page = home.add_child(instance=ArticlePage(title="Wewnętrzna", slug="wewnetrzna"))
        path = "/wewnetrzna/"
        if kind:
            open_to_editors(PageViewRestriction.objects.create(page=page, **restriction(kind)))
    else:
        root = Collection.get_first_root_node() or Collection.add_root(name="Root")
        document = Document(title="Wzór", collection=root.add_child(name="Wewnętrzne"))
        document.file.save("wzor.pdf", ContentFile(b"%PDF-1.4"))
        document.save()
        path = f"/dokumenty/{document.pk}/{document.filename}"
        if kind:
            open_to_editors(
                CollectionViewRestriction.objects.create(collection=document.collection, **restriction(kind))
            )
    people = {"stranger": Client(), "examiner": Client(), "staff": Client()}
    people["examiner"].force_login(make_account(make_examiner()))
    people["staff"].force_login(make_staff())
    found = {}
    for who, client in people.items():
        response = client.get(path)
        found[who] = response.status_code
        content = b"".join(response)
        assert (b"%PDF" in content) == (what == "document" and response.status_code == 200)
        if response.status_code == 302:
            assert response["Location"] == f"/konto/logowanie/?next={path}"
        if kind:
            assert "public" not in response["Cache-Control"]
    assert found == {"stranger": stranger, "examiner": examiner, "staff": staff}


def test_a_document_needs_its_name_as_well(media: Path) -> None:
    document = Document(title="Wzór", collection=Collection.get_first_root_node() or Collection.add_root(name="Root"))
    document.file.save("wzor.pdf", ContentFile(b"%PDF-1.4"))
    document.save()
    for path in (
        f"{document.pk}/x.pdf",
        f"{document.pk}/../top.txt",
        f"{document.pk}/",
        "999999999999999999999/wzor.pdf",
    ):
        assert Client(raise_request_exception=False).get(f"/dokumenty/{path}").status_code == 404
