"""The log-ins that the demo announces."""

from dataclasses import dataclass

from django.contrib.auth.hashers import check_password
from django.db.models import Count, Q
from django.utils import timezone

from egzaminator.accounts.models import Account
from egzaminator.core.encryption import UndecryptableError
from egzaminator.demo.domain.seed_demo import (
    EXAMINER_EMAIL,
    EXAMINER_PASSWORD,
    SECOND_STAFF_EMAIL,
    STAFF_EMAIL,
    STAFF_PASSWORD,
)
from egzaminator.demo.errors import DemoError
from egzaminator.register.domain.examiners import find_examiner
from egzaminator.register.enums import EntryState
from egzaminator.register.models import Examiner


@dataclass(frozen=True, slots=True)
class DemoLogin:
    """What to type into the log-in box: a login name and any one of some secrets."""

    name: str
    secrets: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DemoLogins:
    """The log-ins that the demo announces; None in place of one that has been used up or changed."""

    one_number: DemoLogin | None
    several_numbers: DemoLogin | None
    account: DemoLogin | None
    staff: DemoLogin | None
    second_staff: DemoLogin | None


def choose_logins() -> DemoLogins:
    """Return examiners who can log in for the first time, and the accounts that still have the demo's passwords.

    Raise `DemoError` if the database was filled with other keys than the current ones.
    """
    return DemoLogins(
        one_number=_first_login(Q(numbers=1)),
        several_numbers=_first_login(Q(numbers__gt=1)),
        account=_examiners_login(),
        staff=_staff_login(STAFF_EMAIL),
        second_staff=_staff_login(SECOND_STAFF_EMAIL),
    )


def _first_login(numbers: Q) -> DemoLogin | None:
    open_claims = Q(claims__closed_at__isnull=True, claims__expires_at__gt=timezone.now())
    examiner = (
        Examiner.objects.annotate(
            numbers=Count("entries", distinct=True),
            struck_off=Count("entries", filter=Q(entries__state=EntryState.STRUCK_OFF)),
            open_claims=Count("claims", filter=open_claims),
        )
        .filter(numbers, pesel_index__isnull=False, account__isnull=True, struck_off=0, open_claims=0)
        .order_by("sort_key", "id")
        .first()
    )
    if examiner is None:
        return None
    return DemoLogin(_pesel(examiner), tuple(examiner.entries.order_by("id").values_list("number", flat=True)))


def _examiners_login() -> DemoLogin | None:
    account = Account.objects.filter(examiner__isnull=False, email=EXAMINER_EMAIL).select_related("examiner").first()
    if account is None or account.examiner is None or not check_password(EXAMINER_PASSWORD, account.password):
        return None
    return DemoLogin(_pesel(account.examiner), (EXAMINER_PASSWORD,))


def _staff_login(email: str) -> DemoLogin | None:
    account = Account.objects.filter(examiner__isnull=True, email=email).first()
    if account is None or not check_password(STAFF_PASSWORD, account.password):
        return None
    return DemoLogin(email, (STAFF_PASSWORD,))


def _pesel(examiner: Examiner) -> str:
    try:
        pesel = examiner.pesel
    except UndecryptableError:
        pesel = None
    if pesel is None or find_examiner(name=pesel.digits) != examiner:
        raise DemoError(
            "The demo's data were made with other keys (ENCRYPTION_KEYS, BLIND_INDEX_KEY) than those of now. "
            "Give it the keys it was made with, or a new DATA_DIR and, if you set one, an empty database."
        )
    return pesel.digits
