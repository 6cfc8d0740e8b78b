import re
from pathlib import Path

import pytest
from django.conf import settings as project
from django.test import Client
from django.utils import timezone

from egzaminator.accounts.models import Account
from egzaminator.audit.enums import Tag
from egzaminator.audit.models import Event
from egzaminator.cms.models import BoardSettings
from egzaminator.core.process_state import process_state
from egzaminator.mail.catalogue import EmailKind
from egzaminator.mail.models import Email
from egzaminator.staff.roles import Role
from egzaminator.web.cache_version import KnownVersion
from tests.helpers.factories import PASSWORD, PESELS, make_account, make_examiner, make_staff
from tests.helpers.html import fields_of, words_of

PATH = "/panel/ustawienia/kontakt/"
OLD, NEW = "sekretariat@oke.poznan.pl", "bezpieczenstwo@oke.example"

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("default_pages"), pytest.mark.slow]


def log_in(client: Client, *roles: Role) -> Account:
    account = make_staff(roles=roles)
    client.post("/konto/logowanie/", {"name": "jan@oke.example", "secret": PASSWORD})
    return account


def test_editors_and_the_help_desk_change_no_contact(browser: Client) -> None:
    log_in(browser, Role.EDITOR, Role.HELP_DESK, Role.RECORDS, Role.INSPECTOR)
    assert (browser.get(PATH).status_code, browser.post(PATH, {"email": NEW}).status_code) == (403, 403)
    assert PATH not in browser.get("/panel/ustawienia/").content.decode()


def test_the_settings_lead_an_administrator_there(browser: Client) -> None:
    log_in(browser, *Role)
    assert f'href="{PATH}"' in browser.get("/panel/ustawienia/").content.decode()


def test_examiners_and_strangers_neither(browser: Client) -> None:
    assert browser.get(PATH)["Location"] == f"/konto/logowanie/?next={PATH}"
    make_account(make_examiner())
    browser.post("/konto/logowanie/", {"name": PESELS[0], "secret": PASSWORD})
    assert browser.get(PATH).status_code == 403


def test_the_settings_of_the_pages_hold_none_of_it(browser: Client) -> None:
    log_in(browser, *Role)
    page = browser.get("/panel/strony/settings/cms/boardsettings/", follow=True)
    fields = fields_of(page)
    assert {"name", "street", "hours"} <= fields.keys()
    guarded = {"phone": "61 111 11 11", "fax": "61 111 11 11", "email": NEW, "security_email": NEW}
    guarded |= {"data_protection_email": NEW}
    assert fields.keys() & guarded.keys() == set()
    answer = browser.post(page.request["PATH_INFO"], fields | {"notice": "Przerwa"} | guarded)
    assert answer.status_code == 302
    board = BoardSettings.load()
    assert (board.notice, board.email, board.phone, board.security_email) == ("Przerwa", OLD, "61 854 01 60", "")


def test_an_administrator_changes_it_and_the_old_mailbox_hears(browser: Client) -> None:
    process_state.get(KnownVersion).seconds = 0.0
    staff = log_in(browser, *Role)
    fields = fields_of(browser.get(PATH))
    answer = browser.post(PATH, fields | {"security_email": NEW, "phone": "61 111 22 33"}, follow=True)
    assert "Zmieniono dane kontaktowe" in words_of(answer)
    mails = {mail.email: mail for mail in Email.objects.filter(kind=EmailKind.BOARD_CONTACT)}
    assert mails.keys() == {OLD, NEW}
    event = Event.objects.get(tag=Tag.BOARD_CONTACT_CHANGED)
    assert (event.actor, event.details) == (staff.id, {"fields": ["phone", "security_email"]})
    assert NEW not in str(event.details)
    board = BoardSettings.load()
    assert (board.email, board.security_email, board.phone) == (OLD, NEW, "61 111 22 33")


def test_nothing_changed_tells_nobody(browser: Client) -> None:
    log_in(browser, *Role)
    browser.post(PATH, fields_of(browser.get(PATH)))
    assert (
        Email.objects.filter(kind=EmailKind.BOARD_CONTACT).count(),
        Event.objects.filter(tag=Tag.BOARD_CONTACT_CHANGED).count(),
    ) == (0, 0)


def test_who_has_not_shown_lately_who_they_are_changes_nothing(browser: Client) -> None:
    log_in(browser, *Role)
    fields = fields_of(browser.get(PATH))
    session = browser.session
    for record in session["account_authentication_methods"]:
        record["at"] = timezone.now().timestamp() - 2 * 60 * 60
    session.save()
    for answer in (browser.get(PATH), browser.post(PATH, fields | {"email": NEW})):
        assert answer["Location"].startswith("/konto/potwierdzenie/?next=")
    assert BoardSettings.load().email == OLD


def test_wrong_values_are_said_in_words_and_kept(browser: Client) -> None:
    log_in(browser, *Role)
    fields = fields_of(browser.get(PATH))
    answer = browser.post(PATH, fields | {"email": "bez małpy", "phone": "abc"})
    assert answer.status_code == 200
    assert [name in answer.context["form"].errors for name in ("email", "phone", "fax")] == [True, True, False]
    assert fields_of(answer)["email"] == "bez małpy"


def test_security_notices_go_to_their_own_mailbox(browser: Client) -> None:
    process_state.get(KnownVersion).seconds = 0.0
    log_in(browser, *Role)
    browser.post(PATH, fields_of(browser.get(PATH)) | {"security_email": NEW})
    account = make_account(make_examiner())
    address = f"/panel/egzaminatorzy/{account.examiner_id}/"
    browser.post(f"{address}zablokuj/", fields_of(browser.get(address)) | {"freeze-reason": "Dzwonił"})
    assert Email.objects.get(kind=EmailKind.ACCOUNT_FROZEN).email == NEW


def test_every_way_to_the_boards_mailbox_goes_where_notices_go() -> None:
    """Only the catalogue names the board's mailbox; change_contact.py hands it those of before and after."""
    direct = {
        file.name
        for file in Path(project.PACKAGE_DIR).rglob("*.py")
        if re.search(r"email=.*\bboard\.(email|notices_email)", file.read_text())
    }
    assert direct == {"catalogue.py"}
