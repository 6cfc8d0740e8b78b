"""Passkeys are added and removed."""

import json

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client

from egzaminator.accounts.domain.mfa import second_factors_of
from egzaminator.accounts.models import Account
from egzaminator.audit.enums import Tag
from egzaminator.audit.models import Event
from egzaminator.mail.catalogue import EmailKind
from egzaminator.mail.models import Email
from tests.accounts.mfa.passkey_browser import ADD, INDEX, LOGIN, add, challenge_of, come_in, new_browser, refused
from tests.helpers.html import fields_of, words_of
from tests.helpers.mfa import Device, send

pytestmark = pytest.mark.django_db


def test_a_passkey_is_added_told_and_recorded(owner: Client, account: Account) -> None:
    assert add(owner, Device())["Location"] == "/konto/drugi-skladnik/kody/"
    (passkey,) = second_factors_of(account=account).passkeys
    assert (passkey.name, passkey.used_at) == ("mój telefon", None)
    assert second_factors_of(account=account).codes_left == 10
    assert Event.objects.get(tag=Tag.SECOND_FACTOR_ADDED).details == {"kind": "webauthn"}
    assert Email.objects.filter(kind=EmailKind.SECURITY_NEWS).count() == 1
    assert add(owner, Device(), "drugi")["Location"] == INDEX


def test_nothing_is_kept_that_no_browser_has_to_send(owner: Client) -> None:
    owner.get(ADD)
    answer = json.loads(Device().make(challenge_of(owner, ADD, name="klucz"))) | {"more": "x" * 1000}
    send(owner, ADD, name="klucz", credential=json.dumps(answer))
    kept = Authenticator.objects.get(type="webauthn").data["credential"]
    assert set(kept) == {"id", "rawId", "type", "response"}
    assert set(kept["response"]) == {"clientDataJSON", "attestationObject"}


def test_a_removed_passkey_opens_nothing(owner: Client, account: Account) -> None:
    device = Device()
    add(owner, device)
    path = f"{ADD}{second_factors_of(account=account).passkeys[0].id}/usun/"
    assert "mój telefon" in words_of(owner.get(path))
    typed = fields_of(owner.get(path))
    assert [owner.post(path, typed)["Location"] for _ in range(2)] == [INDEX, INDEX]
    assert owner.get(path).status_code == 404
    browser = new_browser()
    assert refused(browser, device.prove(challenge_of(browser, LOGIN)))


def test_ten_passkeys_are_the_most(owner: Client, account: Account) -> None:
    device = Device()
    add(owner, device)
    data = Authenticator.objects.get(type="webauthn").data
    Authenticator.objects.bulk_create(Authenticator(user=account, type="webauthn", data=data) for _ in range(9))
    assert "Masz już dziesięć kluczy dostępu." in words_of(add(owner, Device()))


def test_a_new_passkey_is_called_what_its_device_calls_it(owner: Client) -> None:
    device = Device()
    owner.get(ADD)
    answer = device.make(challenge_of(owner, ADD, name="klucz"))
    send(owner, ADD, name="klucz", credential=json.dumps(json.loads(answer) | {"id": "oA", "rawId": "oA"}))
    assert come_in(new_browser(), device)["Location"] == "/konto/"
