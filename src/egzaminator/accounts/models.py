import uuid

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone

from egzaminator.accounts.enums import AccountState, AddressOutcome, Barred, Employment, LinkPurpose, Voivodeship
from egzaminator.kernel.sealed_fields import EncryptedField
from egzaminator.kernel.tokens import new_token
from egzaminator.register.models import Examiner

DEVICE_LABEL_LENGTH = 60
# The group of those who edit the site; what it may do is granted where the pages are.
STAFF_GROUP = "Pracownicy komisji"
ADMINISTRATORS_GROUP = "Administratorzy"
FACTOR_KEY_PLACE = "accounts.factor-key"


class Account(AbstractBaseUser, PermissionsMixin):
    """Somebody who can log in: an examiner, or (without `examiner`) the board's staff."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    # Opaque and never shown; libraries want a user name, and a PESEL must not be one.
    handle = models.CharField(max_length=32, unique=True, default=new_token)
    examiner = models.OneToOneField(Examiner, null=True, on_delete=models.PROTECT, related_name="account")
    name = models.CharField(max_length=200, blank=True)
    email = models.EmailField()
    language = models.CharField(max_length=5, default="pl")
    # Only accounts/domain/account_state.py writes these four.
    state = models.CharField(max_length=10, choices=AccountState, default=AccountState.ACTIVE)
    barred_by = models.CharField(max_length=20, choices=Barred, blank=True)
    # Since when nobody can log in: kept from freezing to closing, so that a later freeze does not move the days before
    # which a mailbox must have been the account's to be known.
    barred_at = models.DateTimeField(null=True)
    # Derived from the state, and held to it by the database. A column, because Wagtail makes forms and queries of it.
    is_active = models.BooleanField(default=True)
    # Who made a staff account; None: an administrator, by command.
    invited_by = models.ForeignKey("self", null=True, on_delete=models.SET_NULL, related_name="invited")
    # When the owner was told that the account will be deleted, for want of an active entry.
    deletion_told_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=timezone.now)
    # Whether the password is made of what the register knows of the person; null until somebody logs in with it. Before
    # the account is active, only what they typed themselves is looked for, or the form would tell strangers the rest.
    has_personal_password = models.BooleanField(null=True)
    # After the password's hash was renewed: what the sessions from before it are bound to, and what Django would bind
    # new ones to now. The first stands in for the second alone, so any other password puts it out of use by itself.
    first_session_hash = models.CharField(max_length=64, blank=True)
    renewed_session_hash = models.CharField(max_length=64, blank=True)

    objects = BaseUserManager["Account"]()

    USERNAME_FIELD = "handle"
    EMAIL_FIELD = "email"

    class Meta:
        constraints = [
            models.UniqueConstraint(
                Lower("email"), name="accounts_staff_email_is_unique", condition=Q(examiner__isnull=True)
            ),
            models.CheckConstraint(
                condition=Q(state=AccountState.ACTIVE, is_active=True, barred_by="", barred_at__isnull=True)
                | (~Q(state=AccountState.ACTIVE) & ~Q(barred_by="") & Q(is_active=False, barred_at__isnull=False)),
                name="accounts_state_is_whole",
            ),
        ]
        # Few are blocked at a time, of however many. By `is_active`, which stands in queries as it is: a state is sent
        # apart from the query, and PostgreSQL then cannot know that it is the index's own.
        indexes = [models.Index(fields=["examiner"], name="accounts_blocked", condition=Q(is_active=False))]

    @property
    def is_examiner(self) -> bool:
        """Whether the account is an examiner's own."""
        return self.examiner_id is not None

    @property
    def is_staff(self) -> bool:
        """Whether the account is one of the board's staff."""
        return self.examiner_id is None

    @property
    def display_name(self) -> str:
        """How the person is greeted: as the register has the name, or as the board entered it."""
        return self.examiner.name if self.examiner else self.name

    def get_session_auth_hash(self) -> str:
        """Give what sessions are bound to: Django's HMAC of the password's hash, or of that which it renews."""
        bound_to = super().get_session_auth_hash()
        return self.first_session_hash if bound_to == self.renewed_session_hash else bound_to

    def get_full_name(self) -> str:
        """The same, by the name that Wagtail's panel looks for."""
        return self.display_name

    @property
    def first_name(self) -> str:
        """The same once more: Wagtail's menu would otherwise show the opaque handle."""
        return self.display_name


class Details(models.Model):
    """Personal, contact and employment details, as an examiner gives them."""

    first_name = models.CharField(max_length=60)
    middle_names = models.CharField(max_length=100, blank=True)
    surname = models.CharField(max_length=100)
    birthplace = models.CharField(max_length=100)
    country = models.CharField(max_length=2, default="PL")
    street = models.CharField(max_length=120, blank=True)
    house_number = models.CharField(max_length=20)
    flat_number = models.CharField(max_length=20, blank=True)
    postal_code = models.CharField(max_length=12)
    locality = models.CharField(max_length=100)
    voivodeship = models.CharField(max_length=2, choices=Voivodeship, blank=True)
    phone = models.CharField(max_length=20)
    has_correspondence_address = models.BooleanField(default=False)
    correspondence_country = models.CharField(max_length=2, blank=True)
    correspondence_street = models.CharField(max_length=120, blank=True)
    correspondence_house_number = models.CharField(max_length=20, blank=True)
    correspondence_flat_number = models.CharField(max_length=20, blank=True)
    correspondence_postal_code = models.CharField(max_length=12, blank=True)
    correspondence_locality = models.CharField(max_length=100, blank=True)
    employment = models.CharField(max_length=14, choices=Employment)
    workplace_name = models.CharField(max_length=200, blank=True)
    workplace_address = models.CharField(max_length=250, blank=True)
    workplace_rspo = models.CharField(max_length=10, blank=True)
    subjects = models.CharField(max_length=300, blank=True)

    class Meta:
        abstract = True


class Profile(Details):
    """The details as they stand now."""

    account = models.OneToOneField(Account, primary_key=True, on_delete=models.CASCADE, related_name="profile")


class ProfileChange(models.Model):
    """One changed field: a notification to the board, which an examiner owes it without delay."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="profile_changes")
    field = models.CharField(max_length=40)
    old = models.CharField(max_length=300, blank=True)
    new = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [models.Index(fields=["account", "-at"], name="accounts_change_account")]


class AddressChange(models.Model):
    """A change of an account's e-mail address: asked for, waiting for the new mailbox, and what became of it.

    Kept with both addresses, so that the former mailbox, and staff, can undo what its owner did not do.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="address_changes")
    old = models.EmailField()
    new = models.EmailField()
    asked_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    sends = models.PositiveSmallIntegerField(default=0)
    last_sent_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=10, choices=AddressOutcome, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account"], condition=Q(closed_at__isnull=True), name="accounts_address_one_waits"
            ),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True, outcome="") | (Q(closed_at__isnull=False) & ~Q(outcome="")),
                name="accounts_address_outcome_is_whole",
            ),
        ]

    @property
    def is_waiting(self) -> bool:
        """Whether the new mailbox can still confirm it."""
        return self.closed_at is None and self.expires_at > timezone.now()


class Link(models.Model):
    """A mailed one-time link. Only the token's digest is kept."""

    digest = models.BinaryField(primary_key=True, max_length=32)
    purpose = models.CharField(max_length=20, choices=LinkPurpose)
    subject = models.UUIDField()  # of a claim, an account or a change of address
    address = models.EmailField()  # the mailbox it was sent to
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["subject", "purpose"], name="accounts_link_subject")]


class KnownDevice(models.Model):
    """A browser that an account was logged in to with. It is told from others by a cookie, never by its address.

    The token in the cookie is one for all accounts of a browser; its digest is made with the account, so that the rows
    of two accounts do not show that they share a browser.
    """

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="known_devices", db_index=False)
    digest = models.BinaryField(max_length=32)
    label = models.CharField(max_length=DEVICE_LABEL_LENGTH, blank=True)  # blank: the browser does not say what it is
    first_seen_at = models.DateTimeField(default=timezone.now)
    last_seen_at = models.DateTimeField(default=timezone.now)

    class Meta:
        # The constraint's own index begins with the account.
        constraints = [models.UniqueConstraint(fields=["account", "digest"], name="accounts_device_once")]
        indexes = [models.Index(fields=["last_seen_at"], name="accounts_device_seen")]


class FactorKey(models.Model):
    """The key that an account's second factors are encrypted with. Rotating keys encrypts it anew, and them no more."""

    account = models.OneToOneField(Account, primary_key=True, on_delete=models.CASCADE, related_name="factor_key")
    key_encrypted = EncryptedField(place=FACTOR_KEY_PLACE)


class Session(AbstractBaseSession):
    """A browser's session, under the digest of its key, with what its owner needs to recognise it."""

    account = models.ForeignKey(Account, null=True, on_delete=models.CASCADE, related_name="sessions")
    device = models.CharField(max_length=200, blank=True)  # its label, as in KnownDevice
    address = models.GenericIPAddressField(null=True)  # at log-in
    began_at = models.DateTimeField(default=timezone.now)
    last_seen_at = models.DateTimeField(default=timezone.now)

    @classmethod
    def get_session_store_class(cls) -> type:
        """Give the engine that these rows belong to."""
        from egzaminator.accounts.sessions import SessionStore  # noqa: PLC0415 -- the store imports this model

        return SessionStore
