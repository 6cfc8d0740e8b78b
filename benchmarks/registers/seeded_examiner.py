"""An examiner with a long history, and staff, who request the pages."""

import datetime
import uuid
from dataclasses import dataclass

from django.conf import settings
from django.test import Client
from django.utils import timezone

from egzaminator.accounts.models import Account
from egzaminator.audit.enums import Tag
from egzaminator.audit.models import Event
from egzaminator.mail.catalogue import EmailKind
from egzaminator.mail.enums import DeliveryState
from egzaminator.mail.models import Email
from egzaminator.register.domain.selections import rename, select
from egzaminator.register.enums import ExamKind
from egzaminator.register.models import Scope
from egzaminator.register.terms import Terms
from egzaminator.staff.roles import Role
from tests.helpers.factories import PASSWORD, PESELS, make_account, make_examiner, make_staff

_EVENTS = 120
_MESSAGES = 120
_STAFF = 20
_HELPER = "pomoc@oke.example"
NUMBER = "MBI/1/2019"
COMMON, RARE = "COMMON", "RARE"
# The lists that are measured, by name: what many match, what few do, what nobody does, in each combination of filters
# that reads another range of the index.
LISTS: dict[str, Terms] = {
    "a letter": Terms(search="z"),
    "a state of the account": Terms(account="active"),
    "a state of the entry": Terms(entry_state="struck-off"),
    "an exam and a voivodeship": Terms(exam_kind="matura", voivodeship="30"),
    "an exam and a state of the entry": Terms(exam_kind="matura", entry_state="struck-off"),
    "blocked accounts": Terms(account="frozen"),
    "a letter, blocked accounts": Terms(search="k", account="frozen"),
    "nobody, active but not confirmed": Terms(account="active", email="unconfirmed"),
    "nobody, a letter and a state": Terms(search="z", entry_state="active", account="waiting"),
}


@dataclass(frozen=True, slots=True)
class SeededExaminer:
    """An examiner with an account, the session cookies of them and of staff, and where late pages begin.

    `staff` have every role, and `helpers` look up one person at a time. `lists` are the ids of the selections.
    """

    examiner: str
    session: str
    staff: list[str]
    helpers: list[str]
    late_event: str
    late_message: str
    lists: dict[str, str]


def seed_examiner() -> SeededExaminer:
    """Create them in the database, all with the tests' password."""
    account = make_account(make_examiner(pesel=PESELS[0], numbers=(NUMBER,)))
    now = timezone.now()
    times = [now - datetime.timedelta(hours=hours) for hours in range(max(_EVENTS, _MESSAGES))]
    events = Event.objects.bulk_create(
        Event(tag=Tag.LOGIN_SUCCEEDED, actor=account.id, subject=account.id, at=at) for at in times[:_EVENTS]
    )
    messages = Email.objects.bulk_create(_message(account, at) for at in times[:_MESSAGES])
    addresses = [f"pracownik{number}@oke.example" for number in range(_STAFF)]
    for address in addresses:
        make_staff(email=address)
    make_staff(email=_HELPER, roles=[Role.HELP_DESK])
    return SeededExaminer(
        examiner=str(account.examiner_id),
        session=session_of(PESELS[0]),
        staff=[session_of(address) for address in addresses],
        helpers=[session_of(_HELPER)],
        late_event=str(events[_EVENTS * 3 // 4].id),
        late_message=str(messages[_MESSAGES * 3 // 4].id),
        lists={name: _selection(name, terms) for name, terms in (LISTS | _of_scopes()).items()},
    )


def _of_scopes() -> dict[str, Terms]:
    scopes = {code: Scope.objects.create(code=code, name=code, exam_kind=ExamKind.MATURA).pk for code in (COMMON, RARE)}
    return {
        "a scope": Terms(scope=scopes[COMMON]),
        "a scope, no account": Terms(scope=scopes[COMMON], account="none"),
        "a rare scope, active accounts": Terms(scope=scopes[RARE], account="active"),
    }


def _selection(name: str, terms: Terms) -> str:
    selection = select(terms=terms, maker=uuid.uuid4())
    rename(selection=selection, name=name)
    return str(selection.id)


def session_of(name: str) -> str:
    """Log in with a login name and return the session cookie."""
    client = Client(headers={"Sec-Fetch-Site": "same-origin"}, SERVER_NAME="localhost")
    assert client.post("/konto/logowanie/", {"name": name, "secret": PASSWORD}).status_code == 302  # noqa: PLR2004 -- HTTP
    cookie = settings.SESSION_COOKIE_NAME
    return f"{cookie}={client.cookies[cookie].value}"


def _message(account: Account, at: datetime.datetime) -> Email:
    return Email(
        kind=EmailKind.NEW_DEVICE,
        related_id=account.id,
        email=account.email,
        subject="x",
        state=DeliveryState.ACCEPTED,
        created_at=at,
    )
