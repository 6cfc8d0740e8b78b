"""Rows that tests start from, made the way the product makes them."""

import datetime
import uuid
from collections.abc import Iterable
from typing import Any

from django.utils import timezone

from egzaminator.accounts.domain.password_matching import hash_password
from egzaminator.accounts.enums import AccountState, Barred
from egzaminator.accounts.models import Account, Profile
from egzaminator.core.encryption import encrypt
from egzaminator.core.pesel import Pesel
from egzaminator.core.postal_address import PostalAddress
from egzaminator.core.text import compact, fold, sort_key
from egzaminator.onboarding.domain.claims import FilledForm, save_claim
from egzaminator.onboarding.domain.grant import ClaimGrant, open_grant
from egzaminator.onboarding.models import Claim
from egzaminator.register.domain.examiners import pesel_index
from egzaminator.register.enums import EntryState, ExamKind
from egzaminator.register.models import Entry, Examiner, Scope, address_context, pesel_context
from egzaminator.staff.domain.invitations import make_member
from egzaminator.staff.roles import Role

PASSWORD = "kasztan-rower-okno-mgla"
HOME = PostalAddress("Święty Marcin", "4A", "12", "61-806", "Poznań")
PESELS = ["44051401359", "80071610614", "02070803628", "02211307589", "00222900009"]
DETAILS: dict[str, Any] = {
    "first_name": "Anna",
    "middle_names": "Maria",
    "surname": "Łukasik",
    "birthplace": "Śrem",
    "country": "PL",
    "street": "Długa",
    "house_number": "12A/3",
    "flat_number": "4",
    "postal_code": "61-655",
    "locality": "Poznań",
    "voivodeship": "30",
    "phone": "+48618540160",
    "has_correspondence_address": False,
    "correspondence_country": "",
    "correspondence_street": "",
    "correspondence_house_number": "",
    "correspondence_flat_number": "",
    "correspondence_postal_code": "",
    "correspondence_locality": "",
    "employment": "school",
    "workplace_name": "Szkoła Podstawowa nr 1",
    "workplace_address": "ul. Szkolna 1, 61-655 Poznań",
    "workplace_rspo": "12345",
    "subjects": "biologia",
}


def make_examiner(
    *,
    pesel: str | None = PESELS[0],
    numbers: tuple[str, ...] = ("MBI/1/2019",),
    email: str = "",
    postal_address: PostalAddress | None = None,
    **fields: str,
) -> Examiner:
    """Create an examiner in the register with an active entry for each number. `fields` are text columns."""
    examiner_id = uuid.uuid4()
    text = {"surname": "Łukasik", "first_names": "Anna Maria"} | fields
    encrypted: dict[str, bytes] = {}
    if pesel is not None:
        encrypted = {
            "pesel_encrypted": encrypt(pesel, context=pesel_context(examiner_id)),
            "pesel_index": pesel_index(Pesel(pesel)),
        }
    if postal_address:
        encrypted["address_encrypted"] = encrypt(postal_address.as_json, context=address_context(examiner_id))
    examiner = Examiner.objects.create(
        id=examiner_id,
        email=email,
        sort_key=sort_key(text["surname"], text["first_names"]),
        search_key=fold(f"{text['surname']} {text['first_names']}"),
        **text,
        **encrypted,
    )
    for number in numbers:
        add_entry(examiner, number)
    return examiner


def examiner_of(account: Account) -> Examiner:
    """Return the examiner whose account it is. Accounts of the staff have none."""
    assert account.examiner is not None
    return account.examiner


def add_entry(examiner: Examiner, number: str, state: EntryState = EntryState.ACTIVE) -> Entry:
    scope, _ = Scope.objects.get_or_create(code="MBI", defaults={"exam_kind": ExamKind.MATURA, "name": "biologia"})
    return Entry.objects.create(
        examiner=examiner,
        scope=scope,
        number=number,
        number_key=compact(number),
        state=state,
        entered_on=datetime.date(2019, 3, 1),
    )


def make_grant(examiner: Examiner) -> ClaimGrant:
    return open_grant(examiner_id=examiner.id, entry_id=examiner.entries.order_by("id")[0].id)


def filled_form(examiner: Examiner, *, email: str = "anna@example.org", password: str = PASSWORD) -> FilledForm:
    return FilledForm(
        email=email,
        password_hash=hash_password(password=password, salt=examiner.password_salt),
        details=dict(DETAILS),
        privacy_notice_version="2026-11-22",
        language="pl",
    )


def make_claim(examiner: Examiner, *, email: str = "anna@example.org", password: str = PASSWORD) -> Claim:
    return save_claim(grant=make_grant(examiner), form=filled_form(examiner, email=email, password=password))


def make_account(examiner: Examiner, *, email: str = "anna@example.org", password: str = PASSWORD) -> Account:
    account = Account.objects.create(
        examiner=examiner,
        email=email,
        password=hash_password(password=password, salt=examiner.password_salt),
    )
    Profile.objects.create(account=account, **DETAILS)
    return account


def make_staff(
    *,
    email: str = "jan@oke.example",
    name: str = "Jan Nowak",
    password: str = PASSWORD,
    since: datetime.timedelta = datetime.timedelta(days=100),
    invited_by: Account | None = None,
    roles: Iterable[Role] = Role,
) -> Account:
    """Create a staff member with every role, or with those that are given."""
    account = make_member(name=name, email=email, roles=roles, invited_by=invited_by.id if invited_by else None)
    account.password = hash_password(password=password)
    account.created_at = timezone.now() - since
    account.save(update_fields=["password", "created_at"])
    return account


def frozen(state: AccountState = AccountState.FROZEN) -> dict[str, Any]:
    """Return the columns of an account that nobody can log in to."""
    now = timezone.now()
    waits = now if state == AccountState.FROZEN else None
    return {"state": state, "barred_by": Barred.LINK, "barred_at": now, "is_active": False, "not_me_since": waits}


def freeze(account: Account) -> Account:
    Account.objects.filter(pk=account.pk).update(**frozen())
    account.refresh_from_db()
    return account


def make_old(account: Account, days: int = 100) -> Account:
    """Date an account back, so that its e-mail address counts as known."""
    account.created_at = timezone.now() - datetime.timedelta(days=days)
    account.save(update_fields=["created_at"])
    return account
