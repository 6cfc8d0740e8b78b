"""The models of accounts: who can log in, their details, e-mail changes, one-time links, devices and sessions."""

import uuid

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone

from egzaminator.accounts.enums import AccountState, Barred, EmailChangeOutcome, Employment, LinkPurpose, Voivodeship
from egzaminator.core.encrypted_fields import EncryptedField
from egzaminator.core.tokens import new_token
from egzaminator.register.models import NAME_LENGTH, Examiner

DEVICE_LABEL_LENGTH = 60
SECOND_FACTOR_KEY_LOCATION = "accounts.second-factor-key"


class Account(AbstractBaseUser, PermissionsMixin):
    """A person who can log in: an examiner, or one of the board's staff, whose `examiner` is None."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    # Opaque and never shown: libraries need a user name, and a PESEL must never be one.
    handle = models.CharField(max_length=32, unique=True, default=new_token)
    examiner = models.OneToOneField(Examiner, null=True, on_delete=models.PROTECT, related_name="account")
    name = models.CharField(max_length=200, blank=True)
    email = models.EmailField()
    # When the owner last showed that they use the address: by a link mailed there, or by saying so (email_question.py).
    email_confirmed_at = models.DateTimeField(default=timezone.now)
    # When staff last asked to have the owner asked, and how often the owner has answered "later" since the question.
    email_asked_at = models.DateTimeField(null=True)
    email_postponed = models.PositiveSmallIntegerField(default=0)
    language = models.CharField(max_length=5, default="pl")
    # Only accounts/domain/account_state.py writes the next four fields.
    state = models.CharField(max_length=10, choices=AccountState, default=AccountState.ACTIVE)
    barred_by = models.CharField(max_length=20, choices=Barred, blank=True)
    # Since when nobody can log in. Closing a frozen account keeps the time of the freeze. A mailbox is trusted only if
    # it belonged to the account for some days before this time (`known_mailboxes`), so a later freeze must not move it.
    barred_at = models.DateTimeField(null=True)
    # Derived from the state; a database constraint keeps the two consistent. It is a column because Wagtail uses it in
    # forms and queries.
    is_active = models.BooleanField(default=True)
    # Since when the board has to look at it: a mailed link said "it was not me". None: none did, or the account was
    # given back or closed since, or staff took it off their list (domain/reviews.py).
    not_me_since = models.DateTimeField(null=True)
    # The staff account that sent the invitation to this one; None if an administrator sent it by command.
    invited_by = models.ForeignKey("self", null=True, on_delete=models.SET_NULL, related_name="invited")
    # When the owner was notified that the account will be deleted because no entry of theirs is active.
    deletion_notified_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=timezone.now)
    # Whether the password is made of data that the register holds about the person; null until the first log-in with
    # it. Before the account is active, the form checks only what the person typed: a check against the register would
    # reveal its data to strangers.
    has_personal_password = models.BooleanField(null=True)
    # Set when the password's hash is renewed: the auth hash that earlier sessions are bound to, and the one that Django
    # would compute from the new hash. The first replaces the second and nothing else, so any other password disables it
    # by itself.
    first_session_hash = models.CharField(max_length=64, blank=True)
    renewed_session_hash = models.CharField(max_length=64, blank=True)

    objects = BaseUserManager["Account"]()

    USERNAME_FIELD = "handle"
    EMAIL_FIELD = "email"

    class Meta:
        constraints = [
            # Whoever left the board may come back, to a new account.
            models.UniqueConstraint(
                Lower("email"),
                name="accounts_staff_email_is_unique",
                condition=Q(examiner__isnull=True) & ~Q(state=AccountState.CLOSED),
            ),
            models.CheckConstraint(
                condition=Q(state=AccountState.ACTIVE, is_active=True, barred_by="", barred_at__isnull=True)
                | (~Q(state=AccountState.ACTIVE) & ~Q(barred_by="") & Q(is_active=False, barred_at__isnull=False)),
                name="accounts_state_is_whole",
            ),
        ]
        # A partial index: few accounts are blocked at a time, however many there are. Its condition uses `is_active`,
        # which a query states literally. A state would be sent as a parameter, and PostgreSQL could not know that it
        # matches the index.
        indexes = [
            models.Index(fields=["examiner"], name="accounts_blocked", condition=Q(is_active=False)),
            models.Index(
                fields=["not_me_since", "id"], name="accounts_not_me", condition=Q(not_me_since__isnull=False)
            ),
        ]

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
        """Return the name to greet the person by: the register's for an examiner, the board's for staff."""
        return self.examiner.name if self.examiner else self.name

    def get_session_auth_hash(self) -> str:
        """Return the hash that sessions are bound to.

        It is Django's HMAC of the password hash. If the hash was renewed for the same password, it is the HMAC of the
        hash before, so that existing sessions stay valid.
        """
        bound_to = super().get_session_auth_hash()
        return self.first_session_hash if bound_to == self.renewed_session_hash else bound_to

    def get_full_name(self) -> str:
        """Return the display name, by the method that Wagtail's panel calls."""
        return self.display_name

    @property
    def first_name(self) -> str:
        """Return the display name: Wagtail's menu would otherwise show the opaque handle."""
        return self.display_name


class Details(models.Model):
    """Personal, contact and employment details, as the examiner states them."""

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
    """The examiner's details as they are now, and what of them the board has to look at (domain/reviews.py)."""

    account = models.OneToOneField(Account, primary_key=True, on_delete=models.CASCADE, related_name="profile")
    # Since when changes wait. None: the board has seen them all.
    changed_since = models.DateTimeField(null=True)
    # Since when a surname waits that the register has otherwise, and the register's surname that staff saw beside it
    # when they accepted the difference ("": none, or the stated one has changed since).
    surname_differs_since = models.DateTimeField(null=True)
    accepted_surname = models.CharField(max_length=NAME_LENGTH, blank=True)
    # Whether staff have seen that the examiner lives outside the board's voivodeships; not since they last moved.
    residence_accepted = models.BooleanField(default=False)

    class Meta:
        # Partial indexes: each holds what waits, and nothing of the other examiners. Whose voivodeship is the board's
        # is a setting, so the last one begins with it.
        indexes = [
            models.Index(
                fields=["changed_since", "account"], name="accounts_changed", condition=Q(changed_since__isnull=False)
            ),
            models.Index(
                fields=["surname_differs_since", "account"],
                name="accounts_surname_differs",
                condition=Q(surname_differs_since__isnull=False),
            ),
            models.Index(
                fields=["voivodeship", "account"], name="accounts_residence", condition=Q(residence_accepted=False)
            ),
        ]


class ProfileChange(models.Model):
    """One changed field of a profile, with its old and new value.

    It is a notification to the board: an examiner must report changes without delay.
    """

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="profile_changes")
    field = models.CharField(max_length=40)
    old = models.CharField(max_length=300, blank=True)
    new = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField(default=timezone.now)
    # When staff accepted it, or the examiner took it back before they had. None: it waits.
    reviewed_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["account", "-at"], name="accounts_change_account"),
            models.Index(fields=["account", "id"], name="accounts_change_waits", condition=Q(reviewed_at__isnull=True)),
        ]


class EmailChange(models.Model):
    """A requested change of an account's e-mail address: pending until the new mailbox confirms it, then closed.

    It keeps both addresses, so that the former mailbox, or staff, can undo a change that the owner did not make.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="email_changes")
    old = models.EmailField()
    new = models.EmailField()
    asked_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    # Whether two persons of the board decided it (email_correction.py), and not the owner.
    is_by_board = models.BooleanField(default=False)
    sends = models.PositiveSmallIntegerField(default=0)
    last_sent_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=10, choices=EmailChangeOutcome, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account"], condition=Q(closed_at__isnull=True), name="accounts_email_change_one_waits"
            ),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True, outcome="") | (Q(closed_at__isnull=False) & ~Q(outcome="")),
                name="accounts_email_change_outcome_is_whole",
            ),
        ]

    @property
    def is_waiting(self) -> bool:
        """Whether the new mailbox can still confirm the change."""
        return self.closed_at is None and self.expires_at > timezone.now()


class Link(models.Model):
    """A mailed one-time link.

    The table stores only the SHA-256 digest of the link's token.
    """

    digest = models.BinaryField(primary_key=True, max_length=32)
    purpose = models.CharField(max_length=20, choices=LinkPurpose)
    subject = models.UUIDField()  # the id of a claim, an account or an e-mail change
    email = models.EmailField()  # the mailbox it was sent to
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["subject", "purpose"], name="accounts_link_subject")]


class KnownDevice(models.Model):
    """A browser in which an account was logged in, recognised by a cookie and never by its IP address.

    The cookie holds one token per browser, shared by all accounts. The digest covers the account and the token, so the
    rows of two accounts do not reveal that they share a browser.
    """

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="known_devices", db_index=False)
    digest = models.BinaryField(max_length=32)
    label = models.CharField(max_length=DEVICE_LABEL_LENGTH, blank=True)  # blank if the browser is not recognised
    first_seen_at = models.DateTimeField(default=timezone.now)
    last_seen_at = models.DateTimeField(default=timezone.now)

    class Meta:
        # The foreign key needs no index of its own: the constraint's index begins with the account.
        constraints = [models.UniqueConstraint(fields=["account", "digest"], name="accounts_device_once")]
        indexes = [models.Index(fields=["last_seen_at"], name="accounts_device_seen")]


class SecondFactorKey(models.Model):
    """The key that encrypts an account's second factors.

    Key rotation re-encrypts only this key, and leaves the second factors as they are.
    """

    account = models.OneToOneField(
        Account, primary_key=True, on_delete=models.CASCADE, related_name="second_factor_key"
    )
    key_encrypted = EncryptedField(location=SECOND_FACTOR_KEY_LOCATION)


class PrivacyNotice(models.Model):
    """A published version of the information clause (GDPR art. 13), as examiners were shown it. Rows never change."""

    version = models.CharField(max_length=20, unique=True)  # the day and a number: "2026-11-27/1"
    changes = models.CharField(max_length=1000)  # what is new, in the board's words
    html = models.TextField()  # the clause as the page of the site had it then
    published_at = models.DateTimeField(default=timezone.now)
    published_by = models.UUIDField(null=True)  # the staff account

    class Meta:
        permissions = [("publish_privacynotice", "Can publish a new version of the information clause")]


class PrivacyNoticeReading(models.Model):
    """That an examiner was shown a version of the information clause: in the form of the first login, or later."""

    account = models.ForeignKey(
        Account, on_delete=models.CASCADE, related_name="privacy_notice_readings", db_index=False
    )
    version = models.CharField(max_length=20)  # not a foreign key: the first wording is the program's own
    read_at = models.DateTimeField(default=timezone.now)

    class Meta:
        # The foreign key needs no index of its own: the constraint's index begins with the account.
        constraints = [models.UniqueConstraint(fields=["account", "version"], name="accounts_notice_read_once")]


class Session(AbstractBaseSession):
    """A browser's session, stored under the digest of its key, with what its owner needs to recognise it."""

    account = models.ForeignKey(Account, null=True, on_delete=models.CASCADE, related_name="sessions")
    device = models.CharField(max_length=200, blank=True)  # the browser's label, as in `KnownDevice`
    ip = models.GenericIPAddressField(null=True)  # the client's at log-in
    began_at = models.DateTimeField(default=timezone.now)
    last_seen_at = models.DateTimeField(default=timezone.now)

    @classmethod
    def get_session_store_class(cls) -> type:
        """Return the session engine that uses this table."""
        from egzaminator.accounts.sessions import SessionStore  # noqa: PLC0415 -- the store imports this model

        return SessionStore
