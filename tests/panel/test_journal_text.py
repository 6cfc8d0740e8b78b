import uuid

import pytest
from django.utils import translation

from egzaminator.audit.actor import Actor
from egzaminator.audit.domain.events import record_event
from egzaminator.audit.enums import Tag
from egzaminator.audit.models import Event
from egzaminator.panel.journal_text import rows_in_words, what_happened
from tests.helpers.factories import make_account, make_examiner, make_staff

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("tag", Tag)
def test_every_tag_has_words_in_both_languages(tag: Tag) -> None:
    event = Event(tag=tag, details={})
    with translation.override("en"):
        english = what_happened(event)
    with translation.override("pl"):
        assert what_happened(event) not in {"", english}


@pytest.mark.parametrize(
    ("tag", "details", "words"),
    [
        (
            Tag.LOGIN_REFUSED,
            {"reason": "wrong-password"},
            "Odmowa zalogowania. Konto istnieje, ale podano niewłaściwe hasło.",
        ),
        (Tag.LOGIN_REFUSED, {"reason": "of another version"}, "Odmowa zalogowania"),
        (
            Tag.RETENTION_DELETED,
            {"what": "links", "count": 3},
            "Usunięto dane po upływie okresu przechowywania: Linki wysłane e-mailem: 3",
        ),
        (Tag.LOGIN_SUCCEEDED, {"device": "Firefox, Windows"}, "Zalogowano: Firefox, Windows"),
        ("long.gone", {}, "long.gone"),
    ],
)
def test_staff_read_more_than_owners(tag: str, details: dict[str, object], words: str) -> None:
    with translation.override("pl"):
        assert what_happened(Event(tag=tag, details=details)) == words


def test_people_are_named_and_those_who_are_gone_or_unknown_are_told_apart() -> None:
    anna, jan = make_account(make_examiner()), make_staff()
    events = [
        record_event(tag=Tag.EXAMINER_LOOKED_UP, by=Actor(jan.id), subject=anna.examiner_id),
        record_event(tag=Tag.LOGGED_OUT, by=Actor(anna.id), subject=anna.id),
        record_event(tag=Tag.STAFF_INVITED, subject=jan.id),
        record_event(tag=Tag.LOGIN_REFUSED, by=Actor(ip="192.0.2.1")),
        record_event(tag=Tag.LOGGED_OUT, by=Actor(uuid.uuid4()), subject=uuid.uuid4()),
    ]
    with translation.override("pl"):
        rows = [(row.actor, row.subject, row.examiner_id) for row in rows_in_words(events)]
    assert rows == [
        ("Jan Nowak", "Anna Maria Łukasik", anna.examiner_id),
        ("Anna Maria Łukasik", "Anna Maria Łukasik", anna.examiner_id),
        ("program albo polecenie administratora", "Jan Nowak", None),
        ("ktoś niezalogowany", "", None),
        ("usunięte konto", "usunięte konto", None),
    ]
