import uuid

import pytest
from django.urls import reverse

from egzaminator.accounts.domain.email_question import is_asked_at_login
from egzaminator.accounts.models import Account
from egzaminator.audit.enums import Tag
from egzaminator.audit.models import Event
from egzaminator.register.domain.selections import select
from egzaminator.register.terms import Terms
from tests.helpers.factories import PESELS, make_account, make_examiner, make_staff
from tests.helpers.html import fields_of, words_of
from tests.panel.staff_browser import browser_of

pytestmark = pytest.mark.django_db


def asked() -> set[str]:
    return {account.email for account in Account.objects.select_related("examiner") if is_asked_at_login(account)}


def test_everybody_of_the_list_with_an_account_is_asked_and_nobody_else() -> None:
    make_account(make_examiner(surname="Łukasik"), email="anna@example.org")
    make_account(make_examiner(pesel=PESELS[1], numbers=("B/1",), surname="Nowak"), email="ewa@example.org")
    make_examiner(pesel=PESELS[2], numbers=("C/1",), surname="Łukasik")
    staff = make_staff()
    selection = select(terms=Terms(search="lukasik"), maker=staff.id)
    path, client = reverse("ask-emails", args=[selection.id]), browser_of(staff)

    page = client.get(path)
    assert "1 osobę" in words_of(page)
    assert asked() == set()

    done = client.post(path, fields_of(page), follow=True)

    assert "Zapytamy przy najbliższym logowaniu. Liczba osób: 1." in words_of(done)
    assert asked() == {"anna@example.org"}
    event = Event.objects.get(tag=Tag.EMAILS_ASKED)
    assert (event.actor, event.details) == (staff.id, {"selection": str(selection.id), "people": 1})


def test_a_strangers_selection_is_not_found() -> None:
    selection = select(terms=Terms(), maker=uuid.uuid4())

    assert browser_of(make_staff()).get(reverse("ask-emails", args=[selection.id])).status_code == 404
