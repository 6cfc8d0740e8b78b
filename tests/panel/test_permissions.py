"""Every URL of the panel, by GET and POST, as each role, as nobody and as an examiner: who gets past its door."""

import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from django.test import Client
from django.urls import URLPattern, reverse
from pytest_django.fixtures import Settings

from egzaminator.accounts.enums import ActKind
from egzaminator.accounts.models import Account
from egzaminator.audit.actor import SYSTEM, Actor
from egzaminator.audit.domain.events import record_undecryptable
from egzaminator.audit.models import StaffText, UndecryptableValue
from egzaminator.mailings.models import Mailing
from egzaminator.onboarding.models import Claim
from egzaminator.panel.review.registry import count_waiting, kinds_for
from egzaminator.panel.wagtail_compat.urls import not_here
from egzaminator.register.models import Decision, Examiner, Import, Scope, StrikeOffGround
from egzaminator.staff.domain.asking import ask
from egzaminator.staff.domain.members import change_roles, end_member
from egzaminator.staff.domain.notes import add_note
from egzaminator.staff.roles import Role
from tests.helpers.factories import PESELS, examiner_of, make_account, make_claim, make_examiner, make_staff
from tests.helpers.html import Response
from tests.helpers.mfa import give_totp
from tests.helpers.routes import routes, sample_of
from tests.mailings.writing import write
from tests.records.editing import decided_entry

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

ALL = frozenset(Role)
HELPERS = frozenset({Role.HELP_DESK, Role.RECORDS})
RECORDS = frozenset({Role.RECORDS})
READERS = HELPERS | {Role.INSPECTOR}
LISTERS = frozenset({Role.RECORDS, Role.INSPECTOR})
ADMINISTRATOR = frozenset({Role.ADMINISTRATOR})
INSPECTOR = frozenset({Role.INSPECTOR})
RECORDS = frozenset({Role.RECORDS})
# Our own screens, by the names of their URLs.
ALLOWED = {
    "panel": ALL,
    "own-account": ALL,
    "guides": ALL,
    "guide": ALL,
    "panel-settings": ADMINISTRATOR,
    "case": HELPERS,
    "find-examiner": READERS,
    "review": READERS | ADMINISTRATOR,
    "accept-to-nie-ja": HELPERS,
    "accept-uniewaznione-formularze": HELPERS,
    "accept-zmiany-danych": RECORDS,
    "accept-nazwiska": RECORDS,
    "accept-nazwiska-w-formularzach": RECORDS,
    "accept-wojewodztwa": RECORDS,
    "accept-nieczytelne-dane": RECORDS,
    "move-to-register": RECORDS,
    "examiner-list": LISTERS,
    "name-selection": LISTERS,
    "delete-selection": LISTERS,
    "examiner": READERS,
    "extract": READERS,
    **dict.fromkeys(
        [
            *("correct-names", "correct-pesel", "correct-identifier"),
            *("correct-register-email", "correct-register-address"),
            *("add-entry", "correct-entry", "strike-off", "undo-strike-off", "enter-again", "correct-decision"),
            *("transfer", "undo-transfer", "record-death", "undo-death", "find-other", "join"),
        ],
        RECORDS,
    ),
    "freeze-examiner": HELPERS,
    "unfreeze": HELPERS,
    "reset-second-factor": HELPERS,
    "examiner-history": READERS,
    "show-pesel": RECORDS | {Role.INSPECTOR},
    "add-note": HELPERS,
    "remove-note": RECORDS,  # a colleague's
    "add-person": RECORDS,
    "scopes": RECORDS,
    "add-scope": RECORDS,
    "scope": RECORDS,
    "grounds": RECORDS,
    "add-ground": RECORDS,
    "ground": RECORDS,
    "resend-activation": HELPERS,
    "correct-claim-email": HELPERS,
    "stop-claim-by-staff": HELPERS,
    "correct-email": HELPERS,
    "board-contact": ADMINISTRATOR,
    "export-everybody": RECORDS,
    "export-selection": RECORDS,
    "export-recipients": RECORDS,
    "ask-emails": RECORDS,
    "exports": RECORDS,
    "export": RECORDS,
    "download-export": RECORDS,
    "mailings": LISTERS,
    "mailing": LISTERS,
    "mailing-recipients": LISTERS,
    "invitations": LISTERS,
    "invitation": LISTERS,
    "invitation-people": LISTERS,
    "pause-mailing": LISTERS,
    "mailing-attachment": LISTERS,
    **dict.fromkeys(
        [
            *("write-mailing", "change-mailing", "delete-mailing", "preview-mailing", "test-mailing"),
            *("mailing-attachments", "remove-mailing-attachment"),
            *("send-mailing", "resume-mailing", "cancel-mailing", "repeat-mailing"),
            *("invite-examiners", "repeat-invitation", "invitation-letters"),
        ],
        RECORDS,
    ),
    "imports": RECORDS,
    "import": RECORDS,
    "import-part": RECORDS,
    "apply-import": RECORDS,
    "tick-import": RECORDS,
    "give-up-import": RECORDS,
    "import-rows": RECORDS,
    "undo-import": RECORDS,
    "import-left": RECORDS,
    "alone-setting": ADMINISTRATOR,
    "journal": ADMINISTRATOR | {Role.INSPECTOR},
    "journal-export": frozenset({Role.INSPECTOR}),
    "protection": INSPECTOR,
    "retention-periods": INSPECTOR,
    "notice-versions": INSPECTOR,
    "publish-notice": ADMINISTRATOR | {Role.EDITOR},
    "retention-rule": INSPECTOR,
    **dict.fromkeys(("protection-person", "issue-data", "ask-deletion", "breach", "breach-file"), INSPECTOR),
    "staff": ADMINISTRATOR,
    "invite-member": ADMINISTRATOR,
    "member": ADMINISTRATOR,
    "invite-again": ADMINISTRATOR,
    "member-roles": ADMINISTRATOR,
    "rename-member": ADMINISTRATOR,
    "member-email": ADMINISTRATOR,
    "reset-member-factor": ADMINISTRATOR,
    "end-member": ADMINISTRATOR,
}
# An act asks for the permission to see whom it is about as well.
ACTS_ON_EXAMINERS = {
    "act": READERS,
    "confirm-act": HELPERS,
    "refuse-act": HELPERS,
    "withdraw-act": frozenset({Role.INSPECTOR}),
}
ACTS_ON_STAFF = {"act": ADMINISTRATOR, "confirm-act": ADMINISTRATOR, "refuse-act": ADMINISTRATOR}
# Wagtail's screens, all together: behind this door Wagtail asks for its own (wagtail_compat/test_permissions.py).
WAGTAIL = frozenset({Role.EDITOR, Role.ADMINISTRATOR})


@dataclass
class People:
    """Whom the URLs of the walk are about: an examiner and a colleague, each with an act that waits.

    `other` is another examiner, and `decision` one on an entry of the first.
    """

    examiner: Account
    colleague: Account
    other: Examiner
    decision: Decision
    claim: Claim
    mailing: Mailing
    source: Import

    def ids(self, *, of_staff: bool) -> dict[str, object]:
        account = self.colleague if of_staff else self.examiner
        return {
            "examiner_id": self.examiner.examiner_id,
            "member_id": self.colleague.pk,
            "act_id": account.acts.get().pk,
            "note_id": StaffText.objects.get(subject=examiner_of(self.examiner).pk).pk,
            "scope_id": Scope.objects.get().pk,
            "ground_id": StrikeOffGround.objects.order_by("pk")[0].pk,
            "other_id": self.other.pk,
            "entry_id": self.decision.entry_id,
            "decision_id": self.decision.pk,
            "claim_id": self.claim.pk,
            "mailing_id": self.mailing.pk,
            "account_id": self.examiner.pk,
            "value_id": UndecryptableValue.objects.get().pk,
            "import_id": self.source.pk,
            "slug": "nowe",
            "name": "forms",
        }


@pytest.fixture
def people() -> People:
    asker = make_staff(email="prosi@oke.example", name="Pyta")
    examiner = make_examiner(numbers=())
    decision = decided_entry(examiner, "A/1").decisions.get()
    claim = make_claim(examiner)
    add_note(examiner=examiner, text="Dzwoniła", member=asker, by=Actor(asker.pk))
    record_undecryptable(context=f"register.examiner.pesel:{uuid.UUID(int=7)}")
    found = People(
        make_account(examiner),
        make_staff(email="iga@oke.example", name="Iga Koleżanka"),
        make_examiner(pesel=PESELS[2], numbers=()),
        decision,
        claim,
        write(asker),
        Import.objects.create(),
    )
    for account in (found.examiner, found.colleague):
        give_totp(account)
        ask(kind=ActKind.RESET_SECOND_FACTOR, account=account, reason="Rozmowa", member=asker)
    return found


def panel_routes() -> Iterator[tuple[str, URLPattern]]:
    """Yield the routes of the panel that answer at all."""
    for route, pattern in routes():
        if route.startswith("panel/") and pattern.callback is not not_here:
            yield route, pattern


def is_ours(pattern: URLPattern) -> bool:
    module = pattern.callback.__module__
    return module.startswith("egzaminator.panel.") and not module.startswith("egzaminator.panel.wagtail_compat")


OURS = {pattern.name: route for route, pattern in panel_routes() if is_ours(pattern)}
WAGTAILS = sorted(
    route
    for route, pattern in panel_routes()
    if not is_ours(pattern)
    and "^" not in route  # a regular expression of Wagtail's API, from which no URL can be built
    and "logout" not in route
)


def answers(client: Client, path: str) -> list[Response]:
    return [client.get(path), client.post(path)]


def is_let_in(answer: Response) -> bool:
    return answer.status_code != 403 and not answer.get("Location", "").startswith("/konto/logowanie/")


def let_in(client: Client, path: str) -> bool:
    """Return whether a browser gets past the door of a URL; by GET and by POST alike, or not at all."""
    doors = {is_let_in(answer) for answer in answers(client, path) if answer.status_code != 405}
    assert len(doors) == 1, path
    return doors.pop()


def test_the_walk_knows_every_url_of_the_panel() -> None:
    assert OURS.keys() == ALLOWED.keys() | ACTS_ON_EXAMINERS.keys()
    assert len(OURS) >= 20
    assert len(WAGTAILS) >= 75


@pytest.mark.parametrize("role", Role)
def test_each_role_gets_past_the_doors_that_it_may_and_no_other(client: Client, people: People, role: Role) -> None:
    client.force_login(make_staff(email="ktos@oke.example", roles=[role]))
    for of_staff, acts in ((False, ACTS_ON_EXAMINERS), (True, ACTS_ON_STAFF)):
        expected = {name for name, roles in (ALLOWED | acts).items() if role in roles}
        ids = people.ids(of_staff=of_staff)
        assert {name for name, route in OURS.items() if let_in(client, sample_of(route, **ids))} == expected
    wagtails = {route for route in WAGTAILS if let_in(client, sample_of(route, pk=1))}
    assert wagtails == (set(WAGTAILS) if role in WAGTAIL else set())


def test_what_there_is_not_is_not_found_by_who_may_see_the_others(client: Client, people: People) -> None:
    client.force_login(make_staff(email="ktos@oke.example"))
    foreign: dict[str, object] = {
        "examiner_id": people.colleague.pk,
        "member_id": people.examiner.pk,
        "act_id": people.examiner.pk,
        "other_id": people.colleague.pk,
        "entry_id": 0,
        "decision_id": 0,
        "claim_id": people.colleague.pk,
        "note_id": people.examiner.pk,
        "scope_id": 0,
        "ground_id": 0,
        "account_id": people.colleague.pk,
        "value_id": 0,
        "import_id": people.colleague.pk,
        "slug": "nie-ma",
        "name": "no-such-rule",
    }
    paths = [sample_of(route, **foreign) for route in OURS.values() if "<" in route]
    assert len(paths) >= 14
    found = {(path, answer.status_code) for path in paths for answer in answers(client, path)}
    # Who they are is asked before the file or the list is looked for.
    missing = uuid.UUID(int=1)
    asked_again = {
        reverse(name, args=[missing])
        for name in (
            "export-selection",
            "export-recipients",
            "download-export",
            "send-mailing",
            "repeat-mailing",
            "invite-examiners",
            "repeat-invitation",
            "invitation-letters",
        )
    }
    assert {path for path, status in found if status not in {404, 405}} <= asked_again


def test_nobody_and_examiners_get_past_no_door(people: People) -> None:
    nobody, examiner = Client(), Client()
    examiner.force_login(make_account(make_examiner(pesel=PESELS[1], numbers=("B/1",)), email="ola@example.org"))
    for route in [*OURS.values(), *WAGTAILS]:
        path = sample_of(route, **people.ids(of_staff=False), pk=1)
        assert {answer["Location"].partition("?")[0] for answer in answers(nobody, path)} == {"/konto/logowanie/"}, path
        assert {answer.status_code for answer in answers(examiner, path)} == {403}, path


def test_staff_without_a_second_factor_are_led_to_adding_one_from_everywhere(
    client: Client, people: People, settings: Settings
) -> None:
    settings.STAFF_SECOND_FACTOR = True
    client.force_login(make_staff(email="ktos@oke.example"))
    for route in [*OURS.values(), *WAGTAILS]:
        path = sample_of(route, **people.ids(of_staff=False), pk=1)
        assert {answer["Location"] for answer in answers(client, path)} == {"/konto/drugi-skladnik/"}, path


def test_the_open_tabs_of_who_was_dismissed_open_nothing_more(client: Client, people: People) -> None:
    member = make_staff(email="ktos@oke.example")
    client.force_login(member)
    assert client.get("/panel/egzaminatorzy/").status_code == 200
    end_member(member=member, by=SYSTEM)
    for route in [*OURS.values(), *WAGTAILS]:
        path = sample_of(route, **people.ids(of_staff=False), pk=1)
        assert {answer["Location"].partition("?")[0] for answer in answers(client, path)} == {"/konto/logowanie/"}, path


def test_a_role_that_is_taken_away_closes_the_next_click(client: Client, people: People) -> None:
    member = make_staff(email="ktos@oke.example")
    client.force_login(member)
    page = f"/panel/egzaminatorzy/{examiner_of(people.examiner).pk}/"
    assert client.get(page).status_code == 200
    change_roles(member=member, roles=[Role.EDITOR], by=SYSTEM)
    assert [client.get(page).status_code, client.post(f"{page}zablokuj/").status_code] == [403, 403]
    assert client.get("/panel/moje-konto/").status_code == 200


NAVIGATION = {
    Role.ADMINISTRATOR: [
        "Pulpit",
        "Do sprawdzenia",
        "Dziennik",
        "Pracownicy",
        "Ustawienia",
        "Pomoc",
        "Moje ustawienia",
    ],
    Role.RECORDS: [
        *("Pulpit", "Egzaminatorzy", "Import", "Do sprawdzenia", "Wiadomości", "Kody spraw"),
        *("Zakresy", "Pomoc", "Moje ustawienia"),
    ],
    Role.HELP_DESK: ["Pulpit", "Egzaminatorzy", "Do sprawdzenia", "Kody spraw", "Pomoc", "Moje ustawienia"],
    Role.EDITOR: ["Pulpit", "Strony", "Pomoc", "Moje ustawienia"],
    Role.INSPECTOR: [
        "Pulpit",
        "Egzaminatorzy",
        "Do sprawdzenia",
        "Wiadomości",
        "Dziennik",
        "Ochrona danych",
        "Pomoc",
        "Moje ustawienia",
    ],
}


@pytest.mark.parametrize("role", Role)
def test_the_navigation_leads_to_open_doors_alone(client: Client, role: Role) -> None:
    client.force_login(make_staff(roles=[role]))
    html = client.get("/panel/").content.decode()
    navigation = html.partition('class="panel-nav"')[2].partition("</nav>")[0]
    links = re.findall(r'href="([^"]+)"[^>]*>([^<]+)', navigation)
    assert [label.strip() for _path, label in links] == NAVIGATION[role]
    assert {client.get(path, follow=True).status_code for path, _label in links} == {200}
    for name in ("case", "find-examiner"):
        assert (f'action="{reverse(name)}"' in html) == (role in ALLOWED[name])


@pytest.mark.usefixtures("people")
@pytest.mark.parametrize("role", [Role.HELP_DESK, Role.ADMINISTRATOR])
def test_the_number_of_what_waits_counts_what_its_reader_may_see(role: Role) -> None:
    def acts(member: Account) -> int | None:
        return count_waiting(kinds=kinds_for(member), member=member).by_kind.get("druga-osoba")

    assert acts(make_staff(email="ktos@oke.example", roles=[role])) == 1
    assert acts(make_staff(email="obaj@oke.example")) == 2
    assert acts(make_staff(email="redakcja@oke.example", roles=[Role.EDITOR])) is None


@pytest.mark.parametrize(("role", "count"), [(Role.HELP_DESK, 3), (Role.RECORDS, 3), (Role.INSPECTOR, 0)])
def test_a_page_offers_the_actions_that_its_reader_may_take(client: Client, role: Role, count: int) -> None:
    account = make_account(make_examiner())
    give_totp(account)
    client.force_login(make_staff(email="ktos@oke.example", roles=[role]))
    page = client.get(f"/panel/egzaminatorzy/{account.examiner_id}/").content.decode()
    offered = [path for path in ("zablokuj", "drugi-skladnik") if f'/{path}/"' in page]
    assert bool(offered) == bool(count)
