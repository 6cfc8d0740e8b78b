import datetime
import uuid

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from egzaminator.accounts.models import Account
from egzaminator.audit.enums import Tag
from egzaminator.audit.models import Event
from egzaminator.core.form_marks import MARK_FIELD, make_mark
from egzaminator.mail.catalogue import EmailKind
from egzaminator.mail.domain.caps import MOST_SENDS
from egzaminator.mail.models import Email
from egzaminator.onboarding.domain.activation import activate_claim
from egzaminator.onboarding.enums import ClaimOutcome
from egzaminator.onboarding.models import Claim
from egzaminator.staff.roles import Role
from tests.helpers.factories import PESELS, make_claim, make_examiner, make_staff
from tests.helpers.html import Response, fields_of, words_of
from tests.helpers.links import mailed_token
from tests.helpers.staff_texts import reason_of
from tests.panel.staff_browser import browser_of, send
from tests.records.editing import correct_email

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
ANNA, NEW = "anna@example.org", "nowa@example.org"


@pytest.fixture
def staff() -> Client:
    return browser_of(make_staff(roles=[Role.HELP_DESK]))


@pytest.fixture
def claim() -> Claim:
    claim = make_claim(make_examiner())
    Claim.objects.update(last_sent_at=None)
    return claim


def page_of(claim: Claim) -> str:
    return f"/panel/egzaminatorzy/{claim.examiner_id}/"


def path_of(claim: Claim, act: str) -> str:
    return f"/panel/egzaminatorzy/formularze/{claim.id}/{act}/"


def correct(staff: Client, claim: Claim, email: str = NEW, *, seen: str = ANNA, reason: str = "Rozmowa") -> Response:
    fields = {"claim-email": email, "claim-seen": seen, "claim-reason": reason}
    return send(staff, path_of(claim, "adres"), **fields)


def words_after(staff: Client, answer: Response) -> str:
    """Return the words of the page that an answer leads to."""
    return words_of(staff.get(answer["Location"]))


def test_one_click_sends_the_e_mail_again_and_a_second_says_how_long_to_wait(staff: Client, claim: Claim) -> None:
    page = words_of(staff.get(page_of(claim)))
    assert [name for name in ("Wyślij ponownie", "Popraw adres", "Unieważnij formularz") if name not in page] == []
    done = send(staff, path_of(claim, "wyslij-ponownie"))
    assert done["Location"] == page_of(claim)
    assert "Wysyłamy ponownie e-mail aktywacyjny." in words_after(staff, done)
    again = words_after(staff, send(staff, path_of(claim, "wyslij-ponownie")))
    assert "E-mail jest w drodze. Następny można wysłać za" in again
    assert Email.objects.filter(kind=EmailKind.ACTIVATION).count() == 2
    assert Event.objects.get(tag=Tag.CLAIM_RESENT_BY_STAFF).actor == Account.objects.get().id


def test_a_used_up_limit_is_named_with_its_cure(staff: Client, claim: Claim) -> None:
    Claim.objects.update(sends=MOST_SENDS)
    words = words_after(staff, send(staff, path_of(claim, "wyslij-ponownie")))
    assert "Z tego formularza wyszło już pięć e-maili i więcej nie wyjdzie. Unieważnij go" in words


def test_a_used_up_mailbox_is_named_with_until_when(staff: Client) -> None:
    examiner = make_examiner()
    claims = [make_claim(examiner) for _ in range(5)]
    Claim.objects.update(last_sent_at=None)
    words = words_after(staff, send(staff, path_of(claims[0], "wyslij-ponownie")))
    assert "Na ten adres wyszło już pięć e-maili w ciągu doby. Następny można wysłać po 20" in words


def test_an_address_is_corrected(staff: Client, claim: Claim) -> None:
    refused = correct(staff, claim, "nowa@", reason="")
    html = refused.content.decode()
    assert ('id="id_claim-email_error"' in html, 'id="id_claim-reason_error"' in html) == (True, True)
    assert Claim.objects.get().email == ANNA

    assert fields_of(staff.get(path_of(claim, "adres")))["claim-seen"] == ANNA
    done = correct(staff, claim)
    assert done["Location"] == page_of(claim)
    words = words_after(staff, done)
    assert "Adres jest poprawiony" in words
    assert (Claim.objects.get().email, NEW in words) == (NEW, True)
    assert reason_of(Event.objects.get(tag=Tag.CLAIM_CORRECTED_BY_STAFF)) == "Rozmowa"
    assert "Formularz ma już ten adres." in words_after(staff, correct(staff, claim))  # a double click
    assert Email.objects.filter(email=NEW).count() == 1


def test_what_was_corrected_meanwhile_is_shown_and_nothing_typed_is_lost(staff: Client, claim: Claim) -> None:
    Claim.objects.update(email="wlasna@example.org")
    shown = correct(staff, claim)
    words = words_of(shown)
    assert "Adres w formularzu zmienił się w międzyczasie" in words
    assert "wlasna@example.org" in words
    fields = fields_of(shown)
    assert (fields["claim-email"], fields["claim-reason"], fields["claim-seen"]) == (
        NEW,
        "Rozmowa",
        "wlasna@example.org",
    )
    assert Claim.objects.get().email == "wlasna@example.org"
    assert correct(staff, claim, seen=fields["claim-seen"])["Location"] == page_of(claim)


def test_a_correction_that_sends_nothing_says_so(staff: Client, claim: Claim) -> None:
    Claim.objects.update(sends=MOST_SENDS)
    words = words_after(staff, correct(staff, claim))
    assert "Adres jest poprawiony, ale żaden e-mail nie wyszedł. Z tego formularza wyszło już pięć" in words


def test_a_form_is_stopped_at_once_and_the_person_may_begin_again(staff: Client, claim: Claim) -> None:
    assert 'id="id_stop-reason_error"' in send(staff, path_of(claim, "uniewaznij")).content.decode()
    fields = {"stop-reason": "Wypełnił ktoś inny"}
    words = words_after(staff, send(staff, path_of(claim, "uniewaznij"), **fields))
    assert "Formularz jest unieważniony" in words
    assert "Unieważniła go komisja. Można wypełnić nowy." in words
    assert "Wyślij ponownie" not in words
    assert "Proszę zalogować się na stronie głównej" in words
    assert Claim.objects.get().outcome == ClaimOutcome.WITHDRAWN
    again = words_after(staff, send(staff, path_of(claim, "uniewaznij"), **fields))
    assert "W międzyczasie formularz zakończył się" in again
    assert Email.objects.filter(kind=EmailKind.CLAIM_WITHDRAWN).count() == 1


def test_a_form_that_became_an_account_is_left_alone(staff: Client, claim: Claim) -> None:
    activate_claim(token=mailed_token(EmailKind.ACTIVATION, ANNA), password=None, proven_claim=claim.id)
    for act, fields in (
        ("wyslij-ponownie", {}),
        ("adres", {"claim-email": NEW, "claim-seen": ANNA, "claim-reason": "Rozmowa"}),
        ("uniewaznij", {"stop-reason": "Rozmowa"}),
    ):
        words = words_after(staff, send(staff, path_of(claim, act), **fields))
        assert "W międzyczasie formularz zakończył się" in words
    assert [staff.get(path_of(claim, act))["Location"] for act in ("adres", "uniewaznij")] == [page_of(claim)] * 2
    assert Account.objects.get(examiner=claim.examiner).email == ANNA


@pytest.mark.parametrize(
    ("in_register", "in_form", "typed"),
    [("jan@oke.example", ANNA, NEW), ("", "JAN@oke.example", NEW), ("", ANNA, "jan@oke.example")],
)
def test_nobody_helps_with_a_form_that_has_or_gets_their_own_mailbox(
    staff: Client, in_register: str, in_form: str, typed: str
) -> None:
    claim = make_claim(make_examiner(email=in_register), email=in_form)
    words = words_after(staff, correct(staff, claim, typed, seen=in_form))
    assert "Ten formularz ma twój własny adres" in words
    assert Claim.objects.get().email == in_form
    if typed == NEW:
        assert "Ten formularz ma twój własny adres" in words_after(
            staff, send(staff, path_of(claim, "wyslij-ponownie"))
        )
        stop = send(staff, path_of(claim, "uniewaznij"), **{"stop-reason": "Rozmowa"})
        assert "Ten formularz ma twój własny adres" in words_after(staff, stop)
        assert Claim.objects.get().is_open


def test_nobody_helps_with_a_form_of_whom_the_register_once_knew_by_their_mailbox(staff: Client, claim: Claim) -> None:
    correct_email(claim.examiner, "jan@oke.example")
    correct_email(claim.examiner, "inna@example.org")
    assert "Ten formularz ma twój własny adres" in words_after(staff, correct(staff, claim))
    assert Claim.objects.get().email == ANNA


def test_a_form_is_found_by_its_own_id_alone_and_the_look_is_of_its_person(staff: Client, claim: Claim) -> None:
    for other in (claim.examiner_id, uuid.uuid4()):
        for act in ("adres", "uniewaznij", "wyslij-ponownie"):
            assert send(staff, f"/panel/egzaminatorzy/formularze/{other}/{act}/").status_code == 404
    staff.get(path_of(claim, "adres"))
    looks = Event.objects.filter(tag=Tag.EXAMINER_LOOKED_UP)
    assert list(looks.values_list("subject", flat=True)) == [claim.examiner_id]


def test_a_button_of_another_forms_page_does_nothing_to_this_one(staff: Client, claim: Claim) -> None:
    """The mark of a form names the account, the address and the form's id, so it fits no other."""
    other = make_claim(make_examiner(pesel=PESELS[1], numbers=("B/1",)), email=NEW)
    member = Account.objects.get()
    mark = make_mark(member.pk, "resend-activation", other.id)
    send(staff, path_of(claim, "wyslij-ponownie"), **{MARK_FIELD: mark})
    assert Email.objects.filter(kind=EmailKind.ACTIVATION, email=ANNA).count() == 1


def test_an_inspector_sees_the_forms_and_may_do_nothing_to_them(claim: Claim) -> None:
    inspector = browser_of(make_staff(roles=[Role.INSPECTOR]))
    words = words_of(inspector.get(page_of(claim)))
    assert ANNA in words
    assert "Wyślij ponownie" not in words.replace("„Wyślij ponownie”", "")
    assert inspector.get(path_of(claim, "adres")).status_code == 403


def test_correcting_asks_who_one_is_after_a_while_and_stopping_does_not_wait(staff: Client, claim: Claim) -> None:
    with time_machine.travel(timezone.now() + datetime.timedelta(minutes=11)):
        assert staff.get(path_of(claim, "adres"))["Location"].startswith("/konto/potwierdzenie/")
        assert staff.get(path_of(claim, "uniewaznij")).status_code == 200
        assert correct(staff, claim)["Location"].startswith("/konto/potwierdzenie/")
    assert Claim.objects.get().email == ANNA
