"""An examiner with a long history, and staff, who request the pages."""

import datetime
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
from tests.helpers.factories import PASSWORD, PESELS, make_account, make_examiner, make_staff

_EVENTS = 120
_MESSAGES = 120
_STAFF = 20
NUMBER = "MBI/1/2019"


@dataclass(frozen=True, slots=True)
class SeededExaminer:
    """An examiner with an account, the session cookies of them and of staff, and where late pages begin."""

    examiner: str
    session: str
    staff: list[str]
    late_event: str
    late_message: str


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
    return SeededExaminer(
        examiner=str(account.examiner_id),
        session=session_of(PESELS[0]),
        staff=[session_of(address) for address in addresses],
        late_event=str(events[_EVENTS * 3 // 4].id),
        late_message=str(messages[_MESSAGES * 3 // 4].id),
    )


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
