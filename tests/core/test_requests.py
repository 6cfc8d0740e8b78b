import pytest
from django.test import RequestFactory
from hypothesis import example, given
from hypothesis import strategies as st
from pytest_django.fixtures import Settings

from egzaminator.core.requests import client_ip


def address(rf: RequestFactory, settings: Settings, *, proxies: int, peer: str, forwarded: str | None = None) -> str:
    settings.TRUSTED_PROXY_COUNT = proxies
    headers = None if forwarded is None else {"X-Forwarded-For": forwarded}
    return client_ip(rf.get("/", headers=headers, REMOTE_ADDR=peer))


def test_without_proxies_the_header_is_ignored(rf: RequestFactory, settings: Settings) -> None:
    assert address(rf, settings, proxies=0, peer="192.0.2.1", forwarded="198.51.100.7") == "192.0.2.1"


@pytest.mark.parametrize(
    ("proxies", "forwarded", "expected"),
    [
        (1, "198.51.100.7", "198.51.100.7"),
        (1, "10.0.0.1, 198.51.100.7", "198.51.100.7"),
        (2, "10.0.0.1,198.51.100.7 , 203.0.113.9", "198.51.100.7"),
        (2, "198.51.100.7", "192.0.2.1"),
        (1, None, "0.0.0.0"),  # noqa: S104 -- a value
        (1, "nonsense", "0.0.0.0"),  # noqa: S104 -- a value
    ],
)
def test_only_what_trusted_proxies_wrote_counts(
    rf: RequestFactory, settings: Settings, proxies: int, forwarded: str | None, expected: str
) -> None:
    assert address(rf, settings, proxies=proxies, peer="192.0.2.1", forwarded=forwarded) == expected


@pytest.mark.parametrize(
    ("peer", "canonical"),
    [
        ("2001:DB8:0:0::1", "2001:db8::1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("fe80::1%eth0", "fe80::1"),
        ("", "0.0.0.0"),  # noqa: S104 -- a value
        ("unix:", "0.0.0.0"),  # noqa: S104 -- a value
    ],
)
def test_one_client_has_one_form(rf: RequestFactory, settings: Settings, peer: str, canonical: str) -> None:
    assert address(rf, settings, proxies=0, peer=peer) == canonical


@given(forwarded=st.text(), proxies=st.integers(1, 3))
@example("\0", 1)
@example("1.2.3.4%a", 1)
@example("::1%\0", 1)
@example("१.2.3.4", 1)
def test_whatever_a_proxy_writes_is_an_address_in_the_end(forwarded: str, proxies: int) -> None:
    from django.test import RequestFactory, override_settings  # noqa: PLC0415 -- fixtures do not mix with Hypothesis

    with override_settings(TRUSTED_PROXY_COUNT=proxies):
        found = client_ip(RequestFactory().get("/", REMOTE_ADDR="192.0.2.1", HTTP_X_FORWARDED_FOR=forwarded))
    assert "%" not in found
    assert found.isascii()
