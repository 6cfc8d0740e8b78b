"""A sensitive action needs a recent proof of identity in this session, whatever page was shown before."""

import datetime
from collections.abc import Callable, Sequence
from uuid import UUID

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.test import Client
from django.urls import URLPattern
from django.utils import timezone

from egzaminator.accounts.enums import ActKind
from egzaminator.accounts.mfa.secrets import decrypt_new_secret
from egzaminator.accounts.models import Account, Session
from egzaminator.audit.actor import Actor
from egzaminator.audit.models import Event, StaffText
from egzaminator.mail.models import Email
from egzaminator.onboarding.domain.deceased import mark_deceased
from egzaminator.panel.wagtail_compat.urls import not_here
from egzaminator.register.domain.selections import select
from egzaminator.register.enums import ImportState
from egzaminator.register.models import Examiner, Export, Import
from egzaminator.register.terms import Terms
from egzaminator.staff.domain.notes import add_note
from egzaminator.staff.models import Act
from tests.helpers.factories import PASSWORD, PESELS, freeze, make_account, make_claim, make_examiner, make_staff
from tests.helpers.html import fields_of, token_of, words_of
from tests.helpers.mfa import Device, give_totp, log_in, secret_on, send, totp_code
from tests.helpers.routes import routes, sample_of

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
CONFIRM = "/konto/potwierdzenie/"
TOTP, KEY = "/konto/drugi-skladnik/aplikacja/", "/konto/drugi-skladnik/klucz/"

ASKS_THE_SESSION = {
    "add-totp", "remove-totp", "add-passkey", "passkey-challenge", "remove-passkey", "recovery-codes", "my-data",
    "sessions", "unfreeze", "reset-second-factor", "confirm-act", "refuse-act", "board-contact", "invite-member",
    "invite-again", "member-roles", "rename-member", "member-email", "reset-member-factor", "end-member",
    "journal-export", "show-pesel", "remove-note", "add-person",
    "correct-pesel", "correct-identifier", "correct-register-email", "correct-register-address",
    "record-death", "undo-death",
    "join", "export-everybody", "export-selection", "download-export", "correct-email", "correct-claim-email",
    "alone-setting", "strike-off", "transfer", "issue-data", "ask-deletion", "withdraw-act", "breach-file",
    "publish-notice", "undo-import", "send-mailing", "repeat-mailing", "export-recipients",
    "invite-examiners", "repeat-invitation", "invitation-letters",
    "apply-import", "import-rows", "move-to-register",
}  # fmt: skip
EXEMPT = {
    "login": "for who is not logged in",
    "mfa_authenticate": "is itself the proof",
    "second-step-challenge": "is part of the proof",
    "passkey-login": "is itself the proof",
    "passkey-login-challenge": "is part of the proof",
    "log-out": "ends the session",
    "forgotten-password": "goes to the mailbox; no session is asked",
    "claim-form": "of a first login, which has its own leave",
    "claim-prolong": "of a first login, which has its own leave",
    "claim-resend": "of a form that waits: its password was given",
    "claim-correct": "asks for the form's password",
    "claim-finish": "ends the session",
    "edit-details": "is told to the board with the former values; long to fill in",
    "privacy-notice": "records that a text was shown, and nothing else",
    "session-visit": "prolongs the session and nothing else",
    "confirm": "is itself the proof",
    "confirm-challenge": "is part of the proof",
    "change-password": "asks for the password",
    "change-email": "asks for the password",
    "email-resend": "writes once more where the password was given for, five times at most",
    "email-cancel": "leaves everything as it is",
    "case": "shows what is recorded and counted",
    "journal": "shows what is recorded and counted",
    "find-examiner": "shows what is recorded and counted",
    "protection-person": "leads to the pages that ask",
    "resend-activation": "to the mailbox that has the link already, five times at most",
    "stop-claim-by-staff": "must not wait: it may be a stranger's form; the owner fills in another at once",
    "add-note": "adds a text that its author can take back; opens nothing",
    "add-scope": "about a list, and about nobody",
    "scope": "about a list, and about nobody",
    "add-ground": "about a list, and about nobody",
    "ground": "about a list, and about nobody",
    "find-other": "shows what is recorded and counted",
    "imports": "writes nothing into the register: a job shows what the file would do",
    "tick-import": "chooses what the import would do, which applying asks about",
    "give-up-import": "leaves everything as it is",
    "ask-emails": "has the log-in ask a question, which may be answered later",
    "email-question": "of one's own address; another one asks for the password",
    **dict.fromkeys(
        (
            "accept-nazwiska",
            "accept-nazwiska-w-formularzach",
            "accept-nieczytelne-dane",
            "accept-to-nie-ja",
            "accept-wojewodztwa",
            "accept-uniewaznione-formularze",
            "accept-zmiany-danych",
        ),
        "says that somebody has seen it; changes nobody's data, is told",
    ),
    **dict.fromkeys(
        ("correct-names", "correct-entry", "correct-decision"), "changes a text, keeps the former one, is told"
    ),
    **dict.fromkeys(
        ("add-entry", "undo-strike-off", "enter-again", "undo-transfer"),
        "daily work on the register, which opens no account; has its reverse, is told",
    ),
    "name-selection": "names a search of one's own, and changes nothing about people",
    "delete-selection": "forgets a search of one's own, and changes nothing about people",
    "mailing-preferences": "is one's own choice, recorded and taken back as easily",
    **dict.fromkeys(("write-mailing", "change-mailing", "delete-mailing"), "a draft, which reaches nobody"),
    **dict.fromkeys(("mailing-attachments", "remove-mailing-attachment"), "changes a draft, which reaches nobody"),
    "preview-mailing": "shows what is recorded and counted",
    "test-mailing": "to one's own mailbox",
    **dict.fromkeys(("pause-mailing", "cancel-mailing"), "must not wait: it keeps e-mails from going out"),
    "resume-mailing": "what was confirmed before goes on",
    "freeze-examiner": "must not wait while somebody else is in the account; opens nothing",
}


def own_routes() -> dict[str, str]:
    """Return the routes of one's own account and of staff actions, by name."""
    return {
        pattern.name: route
        for route, pattern in routes()
        if pattern.name and (route.startswith("konto/") or _is_ours(route, pattern))
    }


def _is_ours(route: str, pattern: URLPattern) -> bool:
    is_in_panel = route.startswith("panel/") and pattern.callback is not not_here
    return is_in_panel and pattern.callback.__module__.startswith("egzaminator.panel.")


def test_every_view_that_takes_a_form_asks_the_session_or_says_why_not() -> None:
    account, staff = make_account(make_examiner()), make_staff()
    taking = set()
    for name, route in own_routes().items():
        client = Client()
        client.force_login(staff if route.startswith("panel/") else account)
        if client.post(sample_of(route)).status_code != 405:
            taking.add(name)
    assert taking >= ASKS_THE_SESSION | EXEMPT.keys()
    assert taking - ASKS_THE_SESSION - EXEMPT.keys() == set()
    assert not ASKS_THE_SESSION & EXEMPT.keys()
    assert (len(ASKS_THE_SESSION), len(EXEMPT)) >= (13, 23)


def world() -> tuple[Sequence[object], ...]:
    """Return everything that such a form could have changed."""
    return (
        sorted(Authenticator.objects.values_list("id", "type")),
        sorted(Account.objects.values_list("id", "is_active", "email", "password")),
        sorted(Session.objects.exclude(account=None).values_list("account", flat=True)),
        sorted(Event.objects.values_list("id", flat=True)),
        sorted(Email.objects.values_list("id", flat=True)),
    )


def typed_for(name: str, browser: Client, account: Account) -> dict[str, str]:
    """Return what a person would send from a page opened ten minutes ago."""
    if name == "add-totp":
        page = browser.get(TOTP)
        return fields_of(page) | {"code": totp_code(secret_on(page))}
    if name == "add-passkey":
        token = token_of(browser, KEY)
        options = browser.post(f"{KEY}wyzwanie/", {"name": "klucz", "csrfmiddlewaretoken": token}).json()
        return {"name": "klucz", "credential": Device().make(options)}
    if name in {"remove-totp", "recovery-codes"}:
        give_totp(account, goes_on=True)
    return {
        "passkey-challenge": {"name": "klucz"},
        "my-data": {"form": "file"},
        "unfreeze": {"reason": "Rozmowa", "email": "anna@example.org"},
        "reset-second-factor": {"second-factor-reason": "Rozmowa"},
        "invite-member": {"name": "Iga", "email": "iga@oke.example", "roles": "pomoc"},
        "member-roles": {"roles-roles": "pomoc"},
        "rename-member": {"rename-name": "Iga"},
        "member-email": {"email-email": "iga@oke.example"},
        "reset-member-factor": {"member-factor-reason": "Rozmowa"},
        "export-everybody": {"content": "people", "format": "csv", "reason": "Na naradę"},
        "show-pesel": {"reason": "Rozmowa"},
        "correct-email": {"correct-email-email": "nowy@example.org", "correct-email-reason": "Rozmowa"},
        "correct-claim-email": {"claim-email": "nowy@example.org", "claim-reason": "Rozmowa"},
        "alone-setting": {"is_allowed": "yes"},
        "issue-data": {"reason": "Wniosek", "form": "file"},
        "ask-deletion": {"deletion-reason": "Wniosek"},
        "breach-file": {"format": "csv", "reason": "Naruszenie"},
        "undo-import": {"reason": "Zły plik"},
        "remove-note": {"reason": "Pomyłka"},
        "add-person": {"pesel": PESELS[1], "first_names": "Jan", "surname": "Lis", "reason": "Decyzja"},
        "board-contact": {"phone": "61 111 11 11", "fax": "", "email": "nowy@oke.example"},
    }.get(name, {})


def act_that_waits(account: Account) -> Act:
    """Create an act about the account, asked for by a colleague and waiting for a second person."""
    asked_by = make_staff(email="ewa@oke.example", name="Ewa Druga")
    return Act.objects.create(
        kind=ActKind.RESET_SECOND_FACTOR,
        account=account,
        asked_by=asked_by,
        expires_at=timezone.now() + datetime.timedelta(days=7),
    )


def rows_of(name: str, examiner: Examiner, act: Act) -> dict[str, UUID]:
    """Return the ids of the further rows that the route of a view names."""
    if name == "remove-note":
        return {"note_id": note_about(examiner, act.asked_by)}
    if name == "correct-claim-email":
        return {"claim_id": make_claim(make_examiner(pesel=PESELS[2], numbers=("C-1",))).id}
    member = Account.objects.filter(email="jan@oke.example").values_list("id", flat=True).first()
    if member is None:  # the view is not the panel's
        return {}
    made: dict[str, Callable[[], dict[str, UUID]]] = {
        "export-selection": lambda: {"selection_id": select(terms=Terms(), maker=member).id},
        "download-export": lambda: {
            "export_id": Export.objects.create(owner=member, content="people", format="csv").id
        },
        **dict.fromkeys(
            ("apply-import", "import-rows"),
            lambda: {"import_id": Import.objects.create(uploader=member, state=ImportState.CHECKED).id},
        ),
    }
    return made[name]() if name in made else {}


def note_about(examiner: Examiner, author: Account | None) -> UUID:
    """Create a note about the examiner by a colleague, and return its id."""
    assert author is not None
    add_note(examiner=examiner, text="Dzwoniła", member=author, by=Actor(author.pk))
    return StaffText.objects.get(subject=examiner.id).pk


@pytest.mark.parametrize("name", sorted(ASKS_THE_SESSION))
def test_a_form_sent_straight_long_after_the_log_in_does_nothing(name: str) -> None:
    browser = Client(headers={"Sec-Fetch-Site": "same-origin"}, SERVER_NAME="localhost", SERVER_PORT="8000")
    examiner = make_examiner()
    account = make_account(examiner)
    route = own_routes()[name]
    start = timezone.now()
    with time_machine.travel(start, tick=False) as clock:
        if route.startswith("panel/"):
            log_in(browser, make_staff().email)
            give_totp(account)
            if name == "unfreeze":
                freeze(account)
        else:
            log_in(browser)
        typed = typed_for(name, browser, account)
        secret = secret_of(typed, account) if name == "add-totp" else ""
        if name == "remove-passkey":
            key = Authenticator.objects.create(user=account, type="webauthn", data={"name": "klucz"})
            typed, path = {}, sample_of(route, passkey_id=key.id)
        else:
            act = act_that_waits(account)
            if name == "undo-death":
                mark_deceased(examiner_id=examiner.id, on=start.date())
            other = make_examiner(pesel=PESELS[1], numbers=())
            ids = {"examiner_id": examiner.id, "other_id": other.id, "act_id": act.id, "member_id": act.asked_by_id}
            entry_id = make_examiner(pesel=PESELS[3], numbers=("D-1",)).entries.get().id
            source = Import.objects.create(state=ImportState.APPLIED, applied_at=timezone.now())
            rows = {"import_id": source.id, **rows_of(name, examiner, act)}
            path = sample_of(route, **ids, entry_id=entry_id, **rows)
        log_in(Client(headers={"Sec-Fetch-Site": "same-origin"}))  # another device, whose session `sessions` could end
        for minutes in (10, 45):
            clock.move_to(start + datetime.timedelta(minutes=minutes))
            if name == "add-totp":
                typed["code"] = totp_code(secret)
            before = world()
            assert browser.post(path, typed)["Location"].startswith(CONFIRM)
            assert world() == before


def secret_of(typed: dict[str, str], account: Account) -> str:
    secret = decrypt_new_secret(account=account, encrypted=typed["encrypted_secret"])
    assert secret
    return secret


def test_what_was_typed_is_there_again_after_the_proof(browser: Client) -> None:
    make_account(make_examiner())
    start = timezone.now()
    with time_machine.travel(start, tick=False) as clock:
        log_in(browser)
        clock.move_to(start + datetime.timedelta(minutes=9, seconds=59))
        page = browser.get(TOTP)
        secret = secret_on(page)
        named = fields_of(browser.get(KEY)) | {"name": "mój telefon", "credential": "{}"}
        clock.move_to(start + datetime.timedelta(minutes=10, seconds=1))

        asked = browser.post(TOTP, fields_of(page) | {"code": "123456"})["Location"]
        assert "123456" not in Session.objects.get().session_data
        assert send(browser, asked, password=PASSWORD)["Location"] == TOTP
        again = browser.get(TOTP)
        assert secret_on(again) == secret
        assert fields_of(again)["code"] == ""
        assert secret_on(browser.get(TOTP)) != secret  # the form is kept for one page view

        clock.move_to(start + datetime.timedelta(minutes=25))
        asked = browser.post(KEY, named)["Location"]
        assert send(browser, asked, password=PASSWORD)["Location"] == KEY
        assert fields_of(browser.get(KEY))["name"] == "mój telefon"
        assert fields_of(browser.get(KEY))["name"] == ""


def test_what_staff_typed_is_there_again_and_only_at_the_person_it_was_typed_for(browser: Client) -> None:
    account, other = make_account(make_examiner()), make_account(make_examiner(pesel=PESELS[1], numbers=("B-1",)))
    for one in (account, other):
        give_totp(one)
    start = timezone.now()
    path, elsewhere = (f"/panel/egzaminatorzy/{one.examiner_id}/drugi-skladnik/" for one in (account, other))
    with time_machine.travel(start, tick=False) as clock:
        log_in(browser, make_staff().email)
        typed = {"second-factor-reason": "Okazała dowód", "csrfmiddlewaretoken": token_of(browser, path)}
        clock.move_to(start + datetime.timedelta(minutes=10, seconds=1))
        asked = browser.post(path, typed)["Location"]
        assert "dowód" not in str(Session.objects.get().get_decoded())
        assert send(browser, asked, password=PASSWORD)["Location"] == path
        assert fields_of(browser.get(elsewhere))["second-factor-reason"] == ""
        assert fields_of(browser.get(path))["second-factor-reason"] == "Okazała dowód"
        assert fields_of(browser.get(path))["second-factor-reason"] == ""
    assert Authenticator.objects.filter(user=account).exists()


def test_the_first_second_factor_ends_every_other_session_and_a_further_one_none(browser: Client) -> None:
    make_account(make_examiner())
    thief = Client(headers={"Sec-Fetch-Site": "same-origin"})
    for one in (browser, thief):
        log_in(one)
    page = browser.get(TOTP)
    assert browser.post(TOTP, fields_of(page) | {"code": totp_code(secret_on(page))}).status_code == 302
    assert [one.get("/konto/").status_code for one in (browser, thief)] == [200, 302]
    # This session proved the factor by adding it, so only the password is asked.
    assert "Potwierdź hasłem" in words_of(browser.get(CONFIRM))


def test_the_password_alone_confirms_nothing_where_this_session_has_not_proven_the_factor(browser: Client) -> None:
    account = make_account(make_examiner())
    log_in(browser)
    codes = give_totp(account)
    browser.force_login(account)  # like a session that began while the factor was being added
    page = browser.get(CONFIRM)
    assert "Potwierdź hasłem" not in words_of(page)
    token = fields_of(page)["csrfmiddlewaretoken"]
    assert browser.post(CONFIRM, {"password": PASSWORD, "csrfmiddlewaretoken": token}).status_code == 200
    assert browser.get(TOTP + "usun/").status_code == 302
    answer = browser.post(CONFIRM, {"code": codes[0], "csrfmiddlewaretoken": token})
    assert answer["Location"] == "/konto/drugi-skladnik/"
    assert browser.get(TOTP + "usun/").status_code == 200
