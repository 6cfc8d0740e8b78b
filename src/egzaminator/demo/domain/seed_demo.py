from typing import Final

from django.db import transaction
from django.db.models import Count, Q
from django.utils import timezone

from egzaminator.accounts.domain.password_matching import hash_password
from egzaminator.accounts.enums import Employment, Voivodeship
from egzaminator.accounts.models import Account, Profile
from egzaminator.audit.domain.events import record_event
from egzaminator.audit.enums import Tag
from egzaminator.audit.models import Event
from egzaminator.cms.models import BoardSettings
from egzaminator.demo.domain.make_register import make_register, name_scopes, write_csv
from egzaminator.demo.domain.write_mailings import write_mailings
from egzaminator.demo.errors import DemoError
from egzaminator.panel.domain.list_keys import refresh_all_list_keys
from egzaminator.register.domain.imports.command import import_register
from egzaminator.register.enums import EntryState
from egzaminator.register.models import Examiner
from egzaminator.staff.domain.independence import STAFF_FOR
from egzaminator.staff.domain.invitations import make_member
from egzaminator.staff.roles import Role

# These are public: they give access to nothing but a demo.
EXAMINER_EMAIL: Final = "egzaminator@poczta.example"
EXAMINER_PASSWORD: Final = "wrzos-parasol-kreda-jutro"  # noqa: S105 -- public, see above
STAFF_EMAIL: Final = "kadry@oke.example"
SECOND_STAFF_EMAIL: Final = "sekretariat@oke.example"
STAFF_PASSWORD: Final = "mapa-dzwonek-tablica-lato"  # noqa: S105 -- public, see above


def seed_demo() -> None:
    """Fill an empty database with the demo's register, one active account, two staff accounts and what they wrote.

    Idempotent. Raise `DemoError` if the database holds data that no demo made.
    """
    if Event.objects.filter(tag=Tag.REGISTER_IMPORTED, details__demo=True).exists():
        return
    if Examiner.objects.exists() or Account.objects.exists():
        raise DemoError(
            "The database of DATABASE_URL holds data that no demo made, and demo data are not mixed with others. "
            "Give the demo an empty database, or unset DATABASE_URL."
        )
    with transaction.atomic():
        import_register(file=write_csv(make_register().rows))
        name_scopes()
        examiner = _make_account()
        writer, _second = _make_staff()
        _name_voivodeships()
        write_mailings(writer=writer, scope=examiner.entries.order_by("id")[0].scope)
        record_event(tag=Tag.REGISTER_IMPORTED, details={"demo": True})
    refresh_all_list_keys()


def _make_account() -> Examiner:
    several = Examiner.objects.annotate(active=Count("entries", filter=Q(entries__state=EntryState.ACTIVE))).filter(
        active__gt=1, pesel_index__isnull=False
    )
    examiner = several.order_by("-sort_key")[0]
    account = Account.objects.create(
        examiner=examiner,
        email=EXAMINER_EMAIL,
        password=hash_password(password=EXAMINER_PASSWORD, salt=examiner.password_salt),
    )
    first_name, _, middle_names = examiner.first_names.partition(" ")
    Profile.objects.create(
        account=account,
        first_name=first_name,
        middle_names=middle_names,
        surname=examiner.surname,
        birthplace="Poznań",
        street="ul. Głogowska",
        house_number="26",
        flat_number="7",
        postal_code="60-734",
        locality="Poznań",
        voivodeship=Voivodeship.WIELKOPOLSKIE,
        phone="+48618540160",
        employment=Employment.SCHOOL,
        workplace_name="Szkoła Podstawowa nr 1",
        workplace_address="ul. Szkolna 1, 61-001 Poznań",
        subjects="matematyka",
    )
    return examiner


def _name_voivodeships() -> None:
    board = BoardSettings.load()
    board.voivodeships = [Voivodeship.WIELKOPOLSKIE, Voivodeship.LUBUSKIE, Voivodeship.ZACHODNIOPOMORSKIE]
    board.save()


def _make_staff() -> list[Account]:
    """Create two administrators with every role, so that actions that need two persons can be tried.

    They have been staff for longer than the two-person rule asks.
    """
    since = timezone.now() - 2 * STAFF_FOR
    members = []
    for name, email in (("Anna Kadrowa", STAFF_EMAIL), ("Piotr Drugi", SECOND_STAFF_EMAIL)):
        account = make_member(name=name, email=email, roles=Role)
        account.password = hash_password(password=STAFF_PASSWORD)
        account.created_at = since
        account.save(update_fields=["password", "created_at"])
        members.append(account)
    return members
