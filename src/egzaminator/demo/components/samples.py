"""Made-up people, e-mails and events that the examples show. None of them is in the database."""

import datetime
import uuid
from typing import Final

from django.utils import timezone

from egzaminator.accounts.domain.history import HistoryItem
from egzaminator.accounts.domain.mfa import Passkey, SecondFactors
from egzaminator.accounts.domain.overview import Overview
from egzaminator.accounts.models import Account, EmailChange, Profile, Session
from egzaminator.audit.enums import Tag
from egzaminator.mail.catalogue import EmailKind
from egzaminator.mail.domain.status import Delivery, describe_delivery
from egzaminator.mail.enums import Cause, DeliveryState
from egzaminator.mail.models import Email
from egzaminator.register.enums import EntryState
from egzaminator.register.models import Entry, Examiner, Scope

_DAY: Final = datetime.timedelta(days=1)
_EMAIL: Final = "zaneta.zrebiec-wisniewska@poczta.example"
_IP: Final = "192.0.2.17"


def examiner() -> Account:
    """Return an examiner's account, with a profile."""
    person = Examiner(surname="Źrebiec-Wiśniewska", first_names="Żaneta", identifier="OBC/17")
    account = Account(examiner=person, email=_EMAIL, has_personal_password=True)
    Profile(
        account=account,
        first_name="Żaneta",
        surname="Źrebiec-Wiśniewska",
        birthplace="Śrem",
        country="PL",
        house_number="12A",
        postal_code="61-655",
        locality="Poznań",
        voivodeship="30",
        phone="+48618540160",
        employment="retired",
    )
    return account


def staff() -> Account:
    """Return the account of one of the board's staff."""
    return Account(name="Jan Kowalski", email="jan@oke.example")


def entries() -> list[Entry]:
    """Return an entry that is active, and one that is not."""
    biology = Scope(code="MBI", name="biologia")
    entered_on = datetime.date(2019, 3, 1)
    return [
        Entry(scope=biology, number="MBI/1/2019", state=EntryState.ACTIVE, entered_on=entered_on),
        Entry(scope=biology, number="MBI/0O1l/2011", state=EntryState.STRUCK_OFF),
    ]


def second_factors() -> SecondFactors:
    """Return an app, a passkey and new recovery codes."""
    now = timezone.now()
    passkeys = [Passkey(1, "Telefon", now - 3 * _DAY, now), Passkey(2, "Klucz w szufladzie", now, None)]
    return SecondFactors(now - _DAY, passkeys, 2, ["0123abcd", "4567efgh"])


def overview() -> Overview:
    """Return what "My account" shows when there is much to do."""
    now = timezone.now()
    return Overview(
        entries=entries(),
        details_changed_at=now - 2 * _DAY,
        email_change=EmailChange(new="nowy@poczta.example", expires_at=now + _DAY),
        email_question=None,
        password_changed_at=now - _DAY,
        second_factors=second_factors(),
        other_sessions=1,
        previous_login=now - _DAY,
        last_email=emails()[0],
        new_emails=2,
    )


def emails() -> list[Email]:
    """Return an e-mail in each state, and rejected ones for each cause."""
    now = timezone.now()
    states: list[tuple[DeliveryState, Cause, str]]
    states = [(state, Cause.PASSING, "") for state in DeliveryState if state is not DeliveryState.REJECTED]
    states += [(DeliveryState.REJECTED, cause, f"5.7.1 <{_EMAIL}> refused ({cause})") for cause in Cause]
    return [
        Email(
            kind=EmailKind.PASSWORD_CHANGED,
            email=_EMAIL,
            subject="Hasło zostało zmienione",
            state=state,
            cause=cause,
            reply_code=550 if reply else None,
            reply_text=reply,
            attempts=1,
            accepted_at=now if state is DeliveryState.ACCEPTED else None,
            tried_since=now,
        )
        for state, cause, reply in states
    ]


def deliveries() -> list[Delivery]:
    """Return how the person who waits for it is told of each of these e-mails."""
    return [describe_delivery(email) for email in emails()]


def sessions() -> list[Session]:
    """Return sessions on three devices. The first is the one that is used now."""
    expires = timezone.now() + _DAY
    devices = ["Firefox, Windows", "Safari, iPhone", ""]
    return [Session(session_key=f"sample-{name}", device=name, ip=_IP, expire_date=expires) for name in devices]


def history() -> list[HistoryItem]:
    """Return an event, several at once, and one from an unknown IP address."""
    now = timezone.now()
    return [
        HistoryItem(Tag.PASSWORD_CHANGED, now, now, {}, 1, _IP, 1),
        HistoryItem(Tag.LOGIN_REFUSED, now - _DAY, now - 2 * _DAY, {}, 17, _IP, 3),
        HistoryItem(Tag.ACCOUNT_ACTIVATED, now - 3 * _DAY, now - 3 * _DAY, {}, 1, None, 0),
    ]


def cursor() -> uuid.UUID:
    """Return the cursor of a next page."""
    return uuid.UUID(int=0)
