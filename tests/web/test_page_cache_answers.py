"""A kept page is the page as it was made, to every kind of client."""

import gzip

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries
from pytest_django.fixtures import Settings

from tests.helpers.html import words_of

pytestmark = pytest.mark.slow

HEADERS = {
    "Cache-Control": "public, no-cache",
    "Content-Language": "pl",
    "Content-Type": "text/html; charset=utf-8",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Referrer-Policy": "same-origin",
    "Vary": "Accept-Encoding, Cookie",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


@pytest.mark.usefixtures("article")
def test_a_hit_is_the_page_as_it_was_made_and_asks_the_database_nothing(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    client = Client()
    made = client.get("/instrukcja/")
    with django_assert_num_queries(0):
        kept = client.get("/instrukcja/")

    assert (made.status_code, kept.status_code) == (200, 200)
    assert "Instrukcja" in words_of(made)
    assert kept.content == made.content
    assert dict(kept.headers) == dict(made.headers)
    assert not kept.cookies
    kept.headers.pop("Permissions-Policy")
    policy, etag, length = (kept.headers.pop(name)[1] for name in ("Content-Security-Policy", "ETag", "Content-Length"))
    assert "default-src 'none'" in policy
    assert (len(etag), length) == (34, str(len(made.content)))
    assert dict(kept.headers) == HEADERS


@pytest.mark.usefixtures("article")
def test_over_https_browsers_are_told_to_stay_with_it(settings: Settings) -> None:
    settings.SECURE_HSTS_SECONDS = 60
    client = Client()
    for _ in ("made", "kept"):
        assert client.get("/instrukcja/", secure=True)["Strict-Transport-Security"] == "max-age=60"
        assert "Strict-Transport-Security" not in client.get("/instrukcja/")


@pytest.mark.usefixtures("article")
def test_whoever_has_the_page_is_told_so() -> None:
    client = Client()
    page = client.get("/instrukcja/")

    for condition in (page["ETag"], f"W/{page['ETag']}", f'"other", {page["ETag"]}', "*"):
        answer = client.get("/instrukcja/", headers={"If-None-Match": condition})
        assert (answer.status_code, answer.content, answer["ETag"]) == (304, b"", page["ETag"])
        assert answer["Cache-Control"] == "public, no-cache"
        assert answer["Content-Security-Policy"] == page["Content-Security-Policy"]
        assert "Content-Type" not in answer
        assert "Content-Length" not in answer

    for condition in ('"other"', "nonsense", f"{page['ETag'][:-2]}0"):
        assert client.get("/instrukcja/", headers={"If-None-Match": condition}).status_code == 200


@pytest.mark.usefixtures("article")
@pytest.mark.parametrize("is_kept", [False, True])
def test_head_has_the_headers_of_get_and_no_body(*, is_kept: bool) -> None:
    client = Client()
    if is_kept:
        client.get("/instrukcja/")
    head = client.head("/instrukcja/")
    get = client.get("/instrukcja/")
    assert head.content == b""
    assert dict(head.headers) == dict(get.headers)


@pytest.mark.usefixtures("article")
@pytest.mark.parametrize("accepted", ["gzip", "br, GZIP;q=0.5", "gzip, deflate, br, zstd"])
def test_a_body_is_compressed_for_those_who_take_it(accepted: str) -> None:
    client = Client()
    plain = client.get("/instrukcja/")
    packed = client.get("/instrukcja/", headers={"Accept-Encoding": accepted})
    assert packed["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.content) == plain.content
    assert packed["Content-Length"] == str(len(packed.content))
    assert packed["ETag"] == f'{plain["ETag"][:-1]}-gzip"'
    answer = client.get("/instrukcja/", headers={"Accept-Encoding": accepted, "If-None-Match": plain["ETag"]})
    assert answer.status_code == 200


@pytest.mark.usefixtures("article")
@pytest.mark.parametrize("accepted", ["", "identity", "gzip;q=0", "gzip; q=0.00, br", "notgzip"])
def test_a_body_is_left_as_it_is_for_the_others(accepted: str) -> None:
    response = Client().get("/instrukcja/", headers={"Accept-Encoding": accepted})
    assert "Content-Encoding" not in response
    assert b"Instrukcja" in response.content


@pytest.mark.django_db
def test_the_language_is_that_of_the_address_alone() -> None:
    client = Client()
    polish = client.get("/")
    client.cookies["language"] = "en"
    assert client.get("/", headers={"Accept-Language": "en"}).content == polish.content
    english = client.get("/en/")
    assert (polish["Content-Language"], english["Content-Language"]) == ("pl", "en")
    assert polish.content != english.content
    assert english["Cache-Control"] == "public, no-cache"
    assert client.get("/en/").content == english.content
