"""A register with people in every state that a response must not reveal."""

import datetime
import itertools
import json
import uuid
from collections.abc import Iterator

from django.db import connection
from django.utils import timezone

from egzaminator.accounts.domain.password_matching import hash_password
from egzaminator.accounts.models import Account
from egzaminator.core.encryption import encrypt
from egzaminator.core.pesel import Pesel
from egzaminator.onboarding.models import CLAIM_LIFETIME, Claim, details_context
from egzaminator.register.domain.examiners import pesel_index
from egzaminator.register.enums import EntryState
from egzaminator.register.models import Entry, Examiner, Scope, pesel_context
from tests.core.pesels import pesel_of
from tests.helpers.factories import DETAILS, frozen

_FIRST_BIRTHDAY = datetime.date(1950, 1, 1)
_DAYS = 18_000
_BATCH = 1000


def _pesels() -> Iterator[str]:
    for number in itertools.count():
        yield pesel_of(_FIRST_BIRTHDAY + datetime.timedelta(days=number * 7919 % _DAYS), number // _DAYS)


def number_of(pesel: str) -> str:
    """Return the registration number of the examiner with this PESEL."""
    return f"mbi/{pesel}"


def pesel_digits(examiner: Examiner) -> str:
    """Return an examiner's PESEL."""
    assert examiner.pesel is not None
    return examiner.pesel.digits


class People:
    """Creates people of a kind in bulk, all with the same password."""

    def __init__(self, password: str) -> None:
        self.pesels = _pesels()
        self.password = hash_password(password=password, salt="the benchmark's own salt")
        self.scope = Scope.objects.create(code="MBI", name="biologia")

    def unknown(self, count: int) -> list[str]:
        """Return PESELs that are in no register."""
        return list(itertools.islice(self.pesels, count))

    def examiners(self, count: int, *, state: EntryState = EntryState.ACTIVE, email: str = "") -> list[Examiner]:
        """Create examiners, each with one entry."""
        examiners = [_examiner(pesel, email) for pesel in itertools.islice(self.pesels, count)]
        Examiner.objects.bulk_create(examiners, batch_size=_BATCH)
        Entry.objects.bulk_create(
            (
                Entry(
                    examiner=examiner,
                    scope=self.scope,
                    number=number_of(pesel_digits(examiner)),
                    number_key=number_of(pesel_digits(examiner)),
                    state=state,
                )
                for examiner in examiners
            ),
            batch_size=_BATCH,
        )
        return examiners

    def accounts(self, count: int, *, is_active: bool = True) -> list[Examiner]:
        """Create examiners with accounts."""
        examiners = self.examiners(count)
        state = {} if is_active else frozen()
        Account.objects.bulk_create(
            (
                Account(examiner=examiner, email="a@example.org", password=self.password, **state)
                for examiner in examiners
            ),
            batch_size=_BATCH,
        )
        return examiners

    def claims(self, examiners: list[Examiner], count: int = 1) -> list[Claim]:
        """Create `count` open claims for each examiner."""
        entries = dict(Entry.objects.filter(examiner__in=examiners).values_list("examiner", "id"))
        made = [self._claim(examiner, entries[examiner.id]) for examiner in examiners for _unused in range(count)]
        return Claim.objects.bulk_create(made, batch_size=_BATCH)

    def _claim(self, examiner: Examiner, entry_id: int) -> Claim:
        claim_id = uuid.uuid4()
        return Claim(
            id=claim_id,
            grant_id=uuid.uuid4(),
            examiner=examiner,
            entry_id=entry_id,
            email="a@example.org",
            password=self.password,
            details_encrypted=encrypt(json.dumps(DETAILS), context=details_context(claim_id)),
            privacy_notice_version="2026-11-22",
            expires_at=timezone.now() + CLAIM_LIFETIME,
            needs_notice=False,
        )


def _examiner(pesel: str, email: str) -> Examiner:
    examiner_id = uuid.uuid4()
    return Examiner(
        id=examiner_id,
        pesel_encrypted=encrypt(pesel, context=pesel_context(examiner_id)),
        pesel_index=pesel_index(Pesel(pesel)),
        surname="Łukasik",
        first_names="Anna Maria",
        sort_key=pesel,
        search_key="lukasik anna maria",
        email=email,
    )


def gather_statistics() -> None:
    """Update the planner's statistics (ANALYZE), as autovacuum does after a while."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
