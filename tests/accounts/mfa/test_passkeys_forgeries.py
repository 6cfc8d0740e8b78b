"""What no passkey of ours says is refused in words."""

import json
from collections.abc import Iterator
from typing import TypedDict

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client

from tests.accounts.mfa.passkey_browser import ADD, LOGIN, PRESENT_ONLY, add, challenge_of, new_browser, refused
from tests.helpers.html import words_of
from tests.helpers.mfa import Device, send

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


class Forgery(TypedDict, total=False):
    """False statements of a device, named as `Device`'s attributes."""

    origin: str
    site: str
    flags: int


@pytest.mark.parametrize(
    "wrong",
    [
        {"origin": "https://evil.example"},
        {"origin": "http://evil.localhost.example:8000"},
        {"site": "evil.example"},
        {"flags": PRESENT_ONLY},
        {"flags": 0},
    ],
)
def test_another_site_or_an_unverified_owner_is_refused(owner: Client, wrong: Forgery) -> None:
    device = Device()
    add(owner, device)
    vars(device).update(wrong)
    browser = new_browser()
    assert refused(browser, device.prove(challenge_of(browser, LOGIN)))
    assert "Nie udało się utworzyć klucza dostępu." in words_of(add(owner, Device(**wrong)))
    assert Authenticator.objects.filter(type="webauthn").count() == 1


RUBBISH = [
    "", "null", "0", "[]", "{}", '"x"', "{" * 5000, "[" * 5000, '{"id": 5}', '{"rawId": null}',
    '{"id": "a", "rawId": "b"}', '{"id": "aa", "rawId": "aa", "response": 7}', '{"response": []}',
]  # fmt: skip
BROKEN: list[object] = [None, 5, True, [], {}, "", "a", "%%%", "e30", "oA", "omNmbXQ", "ąę", "A" * 5000]


def broken(answer: str, parts: list[str]) -> Iterator[str]:
    """Yield the answer with each of these parts replaced by each broken value."""
    for part in parts:
        for value in BROKEN:
            changed = json.loads(answer)
            (changed if part in changed else changed["response"])[part] = value
            changed["rawId"] = changed["id"]
            yield json.dumps(changed)


def test_rubbish_is_refused_in_words(owner: Client) -> None:
    device, browser = Device(), new_browser()
    add(owner, device)
    answer = device.prove(challenge_of(browser, LOGIN))
    parts = ["id", "response", "clientDataJSON", "authenticatorData", "signature", "userHandle"]
    for wrong in [*RUBBISH, *broken(answer, parts)]:
        challenge_of(browser, LOGIN)
        assert refused(browser, wrong), wrong


def test_a_new_passkey_of_rubbish_is_refused_in_words(owner: Client) -> None:
    owner.get(ADD)
    answer = Device().make(challenge_of(owner, ADD, name="klucz"))
    for wrong in [*RUBBISH, *broken(answer, ["clientDataJSON", "attestationObject", "response"])]:
        challenge_of(owner, ADD, name="klucz")
        page = send(owner, ADD, name="klucz", credential=wrong)
        assert "Nie udało się utworzyć klucza dostępu." in words_of(page), wrong
    assert not Authenticator.objects.exists()
