import datetime

import pytest
import time_machine

from egzaminator.accounts.domain.mailboxes import known_mailboxes
from egzaminator.audit.enums import Tag
from egzaminator.audit.models import Event
from egzaminator.core.pesel import Pesel
from egzaminator.core.text import sort_key
from egzaminator.login.domain.log_in import AccountOpened, log_in
from egzaminator.login.errors import RefusedError
from egzaminator.mail.catalogue import EmailKind
from egzaminator.mail.models import Email
from egzaminator.onboarding.models import Claim
from egzaminator.records.domain.corrections import correct_identifier, correct_pesel
from egzaminator.records.domain.shown import NAMES, show_ends, show_person
from egzaminator.records.errors import (
    Change,
    ChangedMeanwhileError,
    NothingChangedError,
    NotPossibleNowError,
    TakenError,
)
from egzaminator.register.domain.cells import Identifier
from egzaminator.register.domain.examiners import find_examiner
from egzaminator.register.domain.former_values import examiners_formerly_called
from egzaminator.register.enums import RegisterField
from egzaminator.register.models import Examiner, FormerValue
from tests.helpers.factories import HOME, PASSWORD, PESELS, make_account, make_claim, make_examiner, make_old
from tests.helpers.links import text_of
from tests.helpers.staff_texts import reason_of
from tests.records.editing import (
    OFFICER,
    WHY,
    add,
    by_staff,
    correct_address,
    correct_email,
    correct_names,
    decided,
    join,
    transfer,
)

pytestmark = pytest.mark.django_db


def former(examiner: Examiner) -> list[tuple[str, str]]:
    return [(one.field, one.value) for one in examiner.former_values.order_by("replaced_at", "field")]


def give_pesel(examiner: Examiner, digits: str) -> None:
    shown = show_person(examiner, [RegisterField.PESEL])
    correct_pesel(examiner_id=examiner.id, pesel=Pesel(digits), **by_staff(shown=shown))


def give_identifier(examiner: Examiner, identifier: Identifier | None) -> None:
    shown = show_person(examiner, [RegisterField.IDENTIFIER])
    correct_identifier(examiner_id=examiner.id, identifier=identifier, **by_staff(shown=shown))


def test_a_postal_address_is_corrected_encrypted_and_taken_away() -> None:
    examiner = make_examiner(postal_address=HOME)
    correct_address(examiner, HOME._replace(street="Polna"))
    examiner.refresh_from_db()
    assert str(examiner.postal_address) == "Polna 4A m. 12, 61-806 Poznań"
    assert b"Polna" not in bytes(examiner.address_encrypted or b"")
    with pytest.raises(NothingChangedError):
        correct_address(examiner, HOME._replace(street="Polna"))
    correct_address(examiner, None)
    examiner.refresh_from_db()
    assert examiner.postal_address is None
    assert former(examiner) == [
        ("address", "Święty Marcin 4A m. 12, 61-806 Poznań"),
        ("address", "Polna 4A m. 12, 61-806 Poznań"),
    ]
    assert Event.objects.filter(tag=Tag.REGISTER_ADDRESS_CORRECTED, subject=examiner.id).count() == 2


def test_names_are_corrected_with_their_keys_and_the_former_ones_stay() -> None:
    examiner = make_examiner(surname="Lukasik")
    correct_names(examiner, "Łukasik-Żak")
    examiner.refresh_from_db()
    assert (examiner.surname, examiner.search_key) == ("Łukasik-Żak", "lukasik-zak anna maria")
    assert examiner.sort_key == sort_key("Łukasik-Żak", "Anna Maria")
    assert former(examiner) == [("surname", "Lukasik")]
    value = FormerValue.objects.get()
    assert (value.replaced_by, value.reason.text if value.reason else "") == (OFFICER.account_id, WHY)
    event = Event.objects.get(tag=Tag.NAMES_CORRECTED)
    assert (event.subject, event.actor, reason_of(event)) == (examiner.id, OFFICER.account_id, WHY)
    assert event.details == {"fields": ["surname"]}


def test_an_open_form_is_compared_with_the_corrected_surname() -> None:
    examiner = make_examiner(surname="Lucasik")
    assert make_claim(examiner).surname_differs
    correct_names(examiner, "Łukasik")
    assert not Claim.objects.get().surname_differs


def test_what_a_colleague_changed_meanwhile_is_not_overwritten() -> None:
    examiner = make_examiner(surname="Lis")
    seen = Examiner.objects.get(pk=examiner.pk)
    correct_names(examiner, "Lisowska")
    with pytest.raises(ChangedMeanwhileError) as raised:
        correct_names(seen, "Lis-Nowak", shown=show_person(seen, NAMES))
    assert raised.value.changes == [Change("surname", "Lis", "Lisowska")]
    assert raised.value.now == {"surname": "Lisowska", "first_names": "Anna Maria"}
    assert Examiner.objects.get().surname == "Lisowska"
    correct_email(seen, "anna@example.org")  # about something else: it disturbs nobody


def test_the_same_again_is_no_correction() -> None:
    examiner = make_examiner()
    with pytest.raises(NothingChangedError):
        correct_names(examiner, "Łukasik")
    assert (FormerValue.objects.count(), Event.objects.count()) == (0, 0)


def test_after_a_correction_the_right_pesel_logs_in_and_the_wrong_one_does_not() -> None:
    account = make_account(make_examiner(pesel=PESELS[1]))
    examiner = Examiner.objects.get()
    give_pesel(examiner, PESELS[0])
    assert log_in(name=PESELS[0], secret=PASSWORD, ip="192.0.2.1") == AccountOpened(account)
    with pytest.raises(RefusedError):
        log_in(name=PESELS[1], secret=PASSWORD, ip="192.0.2.1")
    assert find_examiner(name=PESELS[1]) is None
    assert list(examiners_formerly_called(name=PESELS[1])) == [examiner]
    assert [(one.field, one.shown) for one in examiner.former_values.all()] == [("pesel", f"•••••••{PESELS[1][-4:]}")]


def test_a_person_who_got_a_pesel_still_logs_in_with_the_identifier() -> None:
    account = make_account(make_examiner(pesel=None, identifier="UA-17", identifier_key="ua-17"))
    examiner = Examiner.objects.get()
    give_pesel(examiner, PESELS[0])
    for name in (PESELS[0], "ua-17"):
        assert log_in(name=name, secret=PASSWORD, ip="192.0.2.1") == AccountOpened(account)
    give_identifier(Examiner.objects.get(), None)
    with pytest.raises(RefusedError):
        log_in(name="ua-17", secret=PASSWORD, ip="192.0.2.1")
    assert list(examiners_formerly_called(name="UA 17".replace(" ", "-"))) == [examiner]


def test_a_pesel_or_identifier_in_use_says_whose_it_is() -> None:
    holder = make_examiner(pesel=PESELS[1], identifier="UA-17", identifier_key="ua-17")
    examiner = make_examiner(numbers=("A/2",))
    with pytest.raises(TakenError) as raised:
        give_pesel(examiner, PESELS[1])
    assert raised.value.holder == holder
    with pytest.raises(TakenError) as raised:
        give_identifier(examiner, Identifier("UA-17", "ua-17"))
    assert raised.value.holder == holder


def test_nobody_is_left_without_pesel_and_identifier() -> None:
    examiner = make_examiner(pesel=None, identifier="UA-17", identifier_key="ua-17")
    with pytest.raises(NotPossibleNowError):
        give_identifier(examiner, None)


def test_an_address_that_staff_typed_opens_no_account_for_thirty_days() -> None:
    with time_machine.travel(datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC), tick=False) as clock:
        examiner = make_examiner(email="stara@example.org")
        account = make_old(make_account(examiner))
        clock.shift(datetime.timedelta(days=40))
        assert known_mailboxes(account=account, asked_by=OFFICER.account_id) == [
            "anna@example.org",
            "stara@example.org",
        ]
        correct_email(examiner, "obca@example.org")
        account.refresh_from_db()
        assert account.examiner is not None
        account.examiner.refresh_from_db()
        assert known_mailboxes(account=account, asked_by=OFFICER.account_id) == ["anna@example.org"]
        clock.shift(datetime.timedelta(days=31))
        assert "obca@example.org" in known_mailboxes(account=account, asked_by=OFFICER.account_id)


def test_the_owner_is_told_in_every_known_mailbox_without_the_values() -> None:
    examiner = make_examiner(email="znana@example.org")
    make_old(make_account(examiner))
    correct_email(examiner, "nowa@example.org")
    told = Email.objects.filter(kind=EmailKind.RECORD_CHANGED).order_by("email")
    assert [one.email for one in told] == ["anna@example.org", "znana@example.org"]
    assert "Komisja poprawiła adres e-mail, który zna ewidencja." in text_of(told[0])
    assert "nowa@example.org" not in text_of(told[0])


def test_a_record_that_was_joined_into_another_meanwhile_is_not_written_to() -> None:
    kept, other = make_examiner(), make_examiner(pesel=PESELS[1], numbers=())
    seen = show_ends(other)
    join(kept, other)
    with pytest.raises(NotPossibleNowError):
        correct_names(other, "Lis")
    with pytest.raises(NotPossibleNowError):
        correct_email(other, "nowa@example.org")
    with pytest.raises(NotPossibleNowError):
        add(other, "B/2", decided("W/2"))
    with pytest.raises(NotPossibleNowError):
        transfer(other, shown=seen)
    assert Event.objects.filter(subject=other.id).values_list("tag", flat=True).get() == Tag.EXAMINERS_JOINED
