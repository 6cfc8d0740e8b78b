"""Input made to break Wagtail's screens is refused, on every screen and for every member of staff."""

import json
from collections.abc import Callable, Iterator

import pytest
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.urls import reverse
from wagtail.models import Collection, Page

from egzaminator.panel.wagtail_compat.unreadable_input import refuse_unreadable_input
from egzaminator.panel.wagtail_compat.urls import not_here
from tests.helpers.factories import make_staff
from tests.helpers.html import Response, fields_of, words_of
from tests.panel.wagtail_compat.test_urls import wagtails, walk

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
HUGE = "9" * 26
RUBBISH = ["abc", HUGE, "-1", "\0", "9" * 5000, "{", "[[]]"]
# Query parameters that Wagtail's screens read, each sent to every screen.
ASKED = ["p", "page", "offset", "limit", "id", "page_type", "q", "ordering", "order", "collection_id", "child_of"]
ASKED += ["descendant_of", "fields", "locale", "owner", "live", "latest_revision_created_at_from", "tag", "next"]
ASKED += ["user", "timestamp_from", "timestamp_before", "instance", "multiple", "allow_external_link", "parent_page_id"]
ASKED += ["translation_of", "site", "old_path", "layout", "can_choose_root", "term", "match_subclass", "target_pages"]


@pytest.fixture
def staff(client: Client, default_pages: None) -> Client:
    client.force_login(make_staff())
    client.raise_request_exception = False
    return client


def allowed_addresses() -> Iterator[str]:
    """Yield two URLs for every allowed pattern of Wagtail's, with values that exist and values that do not."""
    page = Page.objects.get(slug="numer-ewidencyjny")
    parts = {
        "int": [str(page.pk), HUGE],
        "str": ["cms", "articlepage", "\0"],
        "slug": ["cms", "articlepage"],
        "uuid": ["00000000-0000-4000-8000-000000000000"],
    }
    for route, pattern in walk(wagtails()):
        if pattern.callback is not not_here:
            for turn in range(2):
                yield "/panel/strony/" + _filled(route, parts, turn)


def _filled(route: str, parts: dict[str, list[str]], turn: int) -> str:
    path, number = route.replace("^", "").replace("$", "").replace("\\Z", ""), 0
    while "<" in path:
        start, rest = path.split("<", 1)
        part, end = rest.split(">", 1)
        values = parts[part.partition(":")[0] if ":" in part else "str"]
        path = f"{start}{values[(turn + number) % len(values)]}{end}"
        number += 1
    return path


def test_no_allowed_address_fails_on_what_is_asked_of_it(staff: Client) -> None:
    addresses = list(allowed_addresses())
    failed = [
        (address, rubbish[:30], method.__name__)
        for number, address in enumerate(addresses)
        for rubbish in (("\0",) if number % 2 else ("abc", HUGE))
        for method in (staff.get, staff.post)
        if _status(method, address, rubbish) >= 500
    ]
    assert failed == []
    assert len(addresses) >= 154


def _rich_text(**entity: object) -> str:
    block = {"key": "a", "text": "Tu", "type": "unstyled", "depth": 0, "inlineStyleRanges": []}
    block["entityRanges"] = [{"offset": 0, "length": 2, "key": 0}]
    return json.dumps({"blocks": [block], "entityMap": {"0": {"mutability": "MUTABLE", **entity}}})


@pytest.mark.parametrize(
    "asked",
    [
        f"api/main/pages/?offset={HUGE}",
        f"api/main/pages/?limit={HUGE}",
        f"api/main/pages/?child_of={HUGE}",
        "api/main/pages/?offset=%00",
        f"pages/?p={HUGE}",
        f"pages/?ordering={HUGE}",
        "pages/search/?q=%00",
        f"pages/search/?q=a&p={HUGE}",
        "choose-external-link/?parent_page_id=abc",
        "choose-page/?page_type=abc",
        f"choose-page/search/?q=a&p={HUGE}",
        "images/chooser/?q=a&tag=b",
        f"images/chooser/results/?collection_id={HUGE}",
        f"images/?p={HUGE}&collection_id={HUGE}",
        f"documents/?p={HUGE}&entries_per_page={HUGE}",
        f"redirects/?p={HUGE}",
        f"tag-autocomplete/?term=%00{HUGE}",
    ],
)
def test_each_thing_asked_alone_is_answered_or_refused(staff: Client, asked: str) -> None:
    answer = staff.get(f"/panel/strony/{asked}")
    assert answer.status_code in {200, 302, 400, 404}


@pytest.mark.parametrize("asked", [f"api/main/pages/?offset={HUGE}", "choose-external-link/?parent_page_id=abc"])
def test_what_cannot_be_read_is_refused_in_words(staff: Client, asked: str) -> None:
    answer = staff.get(f"/panel/strony/{asked}")
    assert answer.status_code == 400
    assert _says_what_to_do(answer)


def _status(method: Callable[..., Response], email: str, rubbish: str) -> int:
    """Return the status of an answer. Roll back its changes: a page may have been deleted."""
    with transaction.atomic():
        status = method(email, dict.fromkeys(ASKED, rubbish)).status_code
        transaction.set_rollback(True)
    return status


RICH_TEXTS = [
    *("To nie JSON", "[]", "5", "null", '{"blocks": 5}', '{"blocks": [{}], "entityMap": {}}', "[" * 50_000),
    *(_rich_text(type=kind, data=data) for kind in ("LINK", "DOCUMENT", "IMAGE", "X") for data in ({"id": HUGE}, "x")),
]
BLOCKS: list[dict[str, str]] = [
    *({"type": "text", "value": text} for text in RICH_TEXTS),
    *({"type": "callout", "value-tone": "info", "value-text": text} for text in RICH_TEXTS),
    *({"type": "image", "value-image": rubbish, "value-alt_text": "x"} for rubbish in RUBBISH),
    *(
        {"type": "documents", "value-documents-count": "1", "value-documents-0-deleted": "", "value-heading": "x"}
        | {"value-documents-0-order": "0", "value-documents-0-value": rubbish, "value-documents-0-id": ""}
        for rubbish in RUBBISH
    ),
    *({"type": "steps", "value-count": rubbish} for rubbish in RUBBISH if rubbish not in {HUGE, "-1"}),
    *(
        {"type": "table", "value-caption": "x", "value-column-count": rubbish, "value-row-count": rubbish}
        for rubbish in RUBBISH
        if rubbish not in {HUGE, "-1"}
    ),
]


def test_no_block_of_a_page_fails_on_what_is_put_into_it(staff: Client) -> None:
    page = Page.objects.get(slug="numer-ewidencyjny").specific
    failed, refused = [], 0
    for number, block in enumerate(BLOCKS):
        body = {f"body-0-{name}": value for name, value in block.items()}
        body |= {"body-count": "1", "body-0-order": "0", "body-0-deleted": "", "body-0-id": ""}
        fields = {"title": page.title, "slug": page.slug, "lead": f"Wstęp {number}", "go_live_at": "", "expire_at": ""}
        fields |= {"seo_title": "", "search_description": "", "action-publish": "1"} | body
        answer = staff.post(f"/panel/strony/pages/{page.pk}/edit/", fields)
        preview = staff.post(f"/panel/strony/pages/{page.pk}/edit/preview/", fields)
        shown = staff.get(f"/panel/strony/pages/{page.pk}/edit/preview/")
        if max(answer.status_code, preview.status_code, shown.status_code) >= 500:
            failed.append(block)
        if answer.status_code == 400:  # others are shown again with errors, or are valid
            refused += 1
            assert _says_what_to_do(answer)
            assert Page.objects.get(pk=page.pk).specific.lead != fields["lead"]
    assert failed == []
    assert refused >= 10


def _says_what_to_do(answer: Response) -> bool:
    return "Nic nie zostało zapisane" in words_of(answer) and "Wróć" in words_of(answer)


def form_addresses() -> list[str]:
    """Return the URLs of the panel's forms, except those for files."""
    page = Page.objects.get(slug="numer-ewidencyjny")
    collection = Collection.get_first_root_node().add_child(name="Zbiór")
    home = page.get_parent().pk
    site = reverse("wagtailsettings:edit", args=["cms", "boardsettings"])
    return [
        f"/panel/strony/pages/{page.pk}/edit/",
        f"/panel/strony/pages/add/cms/newspage/{Page.objects.get(slug='aktualnosci').pk}/",
        f"/panel/strony/pages/add/cms/articlepage/{home}/",
        f"/panel/strony/pages/{page.pk}/copy/",
        f"/panel/strony/pages/{page.pk}/privacy/",
        "/panel/strony/redirects/add/",
        "/panel/strony/collections/add/",
        f"/panel/strony/collections/{collection.pk}/",
        f"/panel/strony/collections/{collection.pk}/privacy/",
        "/panel/strony/account/",
        Client().get(site).get("Location", site),
    ]


@pytest.mark.parametrize("rubbish", ["abc", HUGE, "\0", "{"])
def test_no_field_of_a_form_fails_on_rubbish(staff: Client, rubbish: str) -> None:
    failed, count = [], 0
    for address in form_addresses():
        form = staff.get(address, follow=True)
        sent_to = form.request["PATH_INFO"]
        fields = {"body-count": "0"} | fields_of(form)
        for name in fields:
            count += 1
            if staff.post(sent_to, fields | {name: rubbish}).status_code >= 500:
                failed.append((address, name))
    assert failed == []
    assert count >= 60


def test_what_a_screen_did_before_it_failed_is_taken_back(caplog: pytest.LogCaptureFixture) -> None:
    def broken(request: HttpRequest) -> HttpResponse:
        Collection.add_root(name="Do połowy")
        return HttpResponse(str(int(request.GET.get("p", "abc"))))

    before = Collection.objects.count()
    request = RequestFactory().get("/panel/strony/?p=osobiste")
    request.user = make_staff()
    answer = refuse_unreadable_input(broken)(request)
    assert (answer.status_code, Collection.objects.count()) == (400, before)
    (line,) = [record.getMessage() for record in caplog.records if "could not be read" in record.getMessage()]
    assert "test_unreadable_input, line" in line
    assert "osobiste" not in line
    with pytest.raises(ValueError, match="abc"):
        refuse_unreadable_input(broken)(RequestFactory().get("/panel/strony/"))
