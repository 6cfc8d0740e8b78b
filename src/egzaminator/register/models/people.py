"""The register: examiners, scopes, entries and decisions, and what their values were before a correction."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone

from egzaminator.audit.models import StaffText
from egzaminator.core.encrypted_fields import BlindIndexField, EncryptedField, context_of
from egzaminator.core.encryption import decrypt
from egzaminator.core.pesel import Pesel
from egzaminator.core.postal_address import PostalAddress
from egzaminator.core.text import full_name
from egzaminator.core.tokens import new_token
from egzaminator.register.enums import DecisionKind, EntryState, ExamKind, RegisterField

PESEL_PURPOSE = "pesel"
_PESEL_LOCATION = "register.examiner.pesel"
_ADDRESS_LOCATION = "register.examiner.address"
_FORMER_LOCATION = "register.former-value"
# The keys for comparing and sorting carry their own order (core/text.py). The server's collation must not change it.
BY_CODE_POINT = "C"
NAME_LENGTH = 100
NAME_KEY_LENGTH = 2 * NAME_LENGTH + 2
IDENTIFIER_LENGTH = 40
EMAIL_LENGTH = 254  # RFC 5321, section 4.5.3.1.3, minus the angle brackets
CODE_LENGTH = 20
NUMBER_LENGTH = 60
REFERENCE_LENGTH = 100
GROUND_LENGTH = 200
BOARD_LENGTH = 200


def new_salt() -> str:
    """Return 128 random bits as text: the salt of an examiner's passwords."""
    return new_token()


def pesel_context(examiner_id: uuid.UUID) -> str:
    """Return the location that an examiner's encrypted PESEL is bound to."""
    return context_of(_PESEL_LOCATION, examiner_id)


def address_context(examiner_id: uuid.UUID) -> str:
    """Return the location that an examiner's encrypted postal address is bound to."""
    return context_of(_ADDRESS_LOCATION, examiner_id)


class ExaminerManager(models.Manager["Examiner"]):
    """Queries for people."""

    def in_register(self) -> models.QuerySet["Examiner"]:
        """Return the query without the rows that are nobody's record any more: joined into another, or taken back."""
        return self.filter(joined_into=None, taken_back_at=None)


class Examiner(models.Model):
    """A person in the register, identified by PESEL or, for a person without one, by a board-issued identifier."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    pesel_encrypted = EncryptedField(null=True, location=_PESEL_LOCATION)
    pesel_index = BlindIndexField(null=True, unique=True, max_length=32, of="pesel_encrypted", purpose=PESEL_PURPOSE)
    identifier = models.CharField(max_length=IDENTIFIER_LENGTH, blank=True)
    identifier_key = models.CharField(max_length=IDENTIFIER_LENGTH, null=True, db_collation=BY_CODE_POINT)  # noqa: DJ001 -- null: the unique constraint must ignore a missing one
    surname = models.CharField(max_length=NAME_LENGTH)
    first_names = models.CharField(max_length=NAME_LENGTH)
    sort_key = models.CharField(max_length=NAME_KEY_LENGTH, db_collation=BY_CODE_POINT)
    search_key = models.CharField(max_length=NAME_KEY_LENGTH, db_collation=BY_CODE_POINT)
    email = models.EmailField(max_length=EMAIL_LENGTH, blank=True)
    # Since when the register has this e-mail address. None: since before this was recorded.
    email_since = models.DateTimeField(null=True)
    # The staff account that typed this e-mail address or read it in from a file. None: it came with a file that an
    # administrator read in by command.
    email_by = models.UUIDField(null=True)
    # Where letters go as long as there is no account. None: the register knows no address.
    address_encrypted = EncryptedField(null=True, location=_ADDRESS_LOCATION)
    # The board that the examiner went to, and when. Their entries are `TRANSFERRED` then.
    transferred_to = models.CharField(max_length=BOARD_LENGTH, blank=True)
    transferred_on = models.DateField(null=True)
    # The record that this one was joined into, because both were of one person. Everything of this record stands there;
    # this row remains for whoever knows its id.
    joined_into = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="joined")
    # When the import that brought this person was undone. Nobody finds them from then on: the row is only a name that
    # events point to, with its PESEL and identifier as former values, until retention deletes it.
    taken_back_at = models.DateTimeField(null=True)
    deceased_on = models.DateField(null=True)
    # When the board recorded the death. Retention periods after a death count from this time.
    deceased_marked_at = models.DateTimeField(null=True)
    # All passwords of one examiner (of open claims, then of the account) share this salt. So a login computes one hash
    # and compares it with each of them. With different salts, the time of a login would reveal the number of open
    # claims.
    password_salt = models.CharField(max_length=32, default=new_salt, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = ExaminerManager()

    class Meta:
        permissions = [
            ("list_examiners", "Can list, search and select examiners"),
            ("view_pesel", "Can have a whole PESEL shown, for a reason"),
        ]
        indexes = [
            models.Index(fields=["sort_key", "id"], name="register_examiner_order"),
            models.Index(
                fields=["taken_back_at"], name="register_examiner_taken_back", condition=Q(taken_back_at__isnull=False)
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["identifier_key"], name="register_examiner_identifier"),
            models.CheckConstraint(
                condition=Q(pesel_index__isnull=False)
                | Q(identifier_key__isnull=False)
                | Q(joined_into__isnull=False)
                | Q(taken_back_at__isnull=False),
                name="register_examiner_is_named",
            ),
            models.CheckConstraint(
                condition=Q(taken_back_at__isnull=True) | Q(pesel_index__isnull=True, identifier_key__isnull=True),
                name="register_examiner_taken_back_frees_names",
            ),
            models.CheckConstraint(
                condition=Q(transferred_to="", transferred_on__isnull=True)
                | (~Q(transferred_to="") & Q(transferred_on__isnull=False)),
                name="register_examiner_transfer_is_whole",
            ),
            models.CheckConstraint(
                condition=Q(pesel_index__isnull=True, pesel_encrypted__isnull=True)
                | Q(pesel_index__isnull=False, pesel_encrypted__isnull=False),
                name="register_examiner_pesel_is_whole",
            ),
            models.CheckConstraint(
                condition=Q(deceased_on__isnull=True, deceased_marked_at__isnull=True)
                | Q(deceased_on__isnull=False, deceased_marked_at__isnull=False),
                name="register_examiner_death_is_whole",
            ),
        ]

    @property
    def is_in_register(self) -> bool:
        """Whether the row is somebody's record: neither joined into another one nor taken back."""
        return self.joined_into_id is None and self.taken_back_at is None

    @property
    def pesel(self) -> Pesel | None:
        """The decrypted PESEL, or None for an examiner without one. Raise `UndecryptableError`."""
        if self.pesel_encrypted is None:
            return None
        return Pesel(decrypt(self.pesel_encrypted, context=pesel_context(self.id)))

    @property
    def postal_address(self) -> PostalAddress | None:
        """The decrypted postal address that the register knows, or None. Raise `UndecryptableError`."""
        if self.address_encrypted is None:
            return None
        return PostalAddress.from_json(decrypt(self.address_encrypted, context=address_context(self.id)))

    @property
    def name(self) -> str:
        """The first names and surname, as the register has them."""
        return full_name(self.first_names, self.surname)

    @property
    def known_ids(self) -> tuple[uuid.UUID, ...]:
        """The ids that events may know this person by: the record's own, and those of records joined into it."""
        return self.id, *self.joined.values_list("id", flat=True)

    @property
    def name_by_surname(self) -> str:
        """The surname and first names, as lists have them."""
        return full_name(self.surname, self.first_names)


class Scope(models.Model):
    """What an entry authorises to examine: an exam kind with a subject, or with a qualification in an occupation."""

    code = models.CharField(max_length=CODE_LENGTH, unique=True)
    exam_kind = models.CharField(
        max_length=20, choices=ExamKind, blank=True
    )  # "": it came in a file, and waits for one
    name = models.CharField(max_length=200)
    is_retired = models.BooleanField(default=False)
    entry_count = models.PositiveIntegerField(default=0, editable=False)  # kept by triggers on the entries

    class Meta:
        indexes = [models.Index(fields=["code", "id"], name="register_scope_order")]


class Entry(models.Model):
    """An examiner's entry for one scope, under one registration number."""

    examiner = models.ForeignKey(Examiner, on_delete=models.PROTECT, related_name="entries")
    scope = models.ForeignKey(Scope, on_delete=models.PROTECT, related_name="entries")
    number = models.CharField(max_length=NUMBER_LENGTH)  # as issued
    number_key = models.CharField(max_length=NUMBER_LENGTH, db_collation=BY_CODE_POINT)  # as compared
    state = models.CharField(max_length=12, choices=EntryState, default=EntryState.ACTIVE)
    entered_on = models.DateField(null=True)  # null: the register file had only the strike-off

    class Meta:
        constraints = [models.UniqueConstraint(fields=["number_key"], name="register_entry_number")]

    @property
    def is_active(self) -> bool:
        """Whether the entry authorises to examine, and its number to log in for the first time."""
        return self.state == EntryState.ACTIVE


class Decision(models.Model):
    """An administrative decision of the board's director on an entry."""

    # The index of the unique constraint begins with `entry`, so a second one is not needed.
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="decisions", db_index=False)
    kind = models.CharField(max_length=12, choices=DecisionKind)
    reference = models.CharField(max_length=REFERENCE_LENGTH)
    decided_on = models.DateField()
    ground = models.CharField(max_length=GROUND_LENGTH, blank=True)
    # When staff took the decision back, because it had been written down by mistake. It has no effect since.
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["entry", "kind", "reference"], name="register_decision_once"),
        ]


class StrikeOffGround(models.Model):
    """A ground that staff choose from when they strike an entry off.

    A decision keeps the text of its ground, so that it stays what it was when the list changes.
    """

    text = models.CharField(max_length=GROUND_LENGTH, unique=True)
    is_retired = models.BooleanField(default=False)  # no longer offered


def former_context(value_id: uuid.UUID) -> str:
    """Return the location that an encrypted former value is bound to."""
    return context_of(_FORMER_LOCATION, value_id)


class FormerValue(models.Model):
    """A value that the register had about a person until staff corrected it, or joined two records of one person.

    A former PESEL or identifier finds the person for staff. Nobody logs in with it.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    examiner = models.ForeignKey(Examiner, on_delete=models.PROTECT, related_name="former_values")
    # What else it is a value of. None: of the person alone.
    entry = models.ForeignKey(Entry, null=True, on_delete=models.PROTECT, related_name="former_values")
    decision = models.ForeignKey(Decision, null=True, on_delete=models.PROTECT, related_name="former_values")
    field = models.CharField(max_length=12, choices=RegisterField)
    value_encrypted = EncryptedField(location=_FORMER_LOCATION)
    # Of a PESEL and of an identifier.
    pesel_index = BlindIndexField(null=True, max_length=32, of="value_encrypted", purpose=PESEL_PURPOSE)
    identifier_key = models.CharField(max_length=IDENTIFIER_LENGTH, null=True, db_collation=BY_CODE_POINT)  # noqa: DJ001 -- null: the index leaves them out
    replaced_at = models.DateTimeField(default=timezone.now)
    replaced_by = models.UUIDField(null=True)  # the staff account
    reason = models.ForeignKey(StaffText, null=True, on_delete=models.SET_NULL, related_name="+")  # None: deleted since

    class Meta:
        indexes = [
            models.Index(fields=["pesel_index"], name="register_former_pesel", condition=Q(pesel_index__isnull=False)),
            models.Index(
                fields=["identifier_key"], name="register_former_identifier", condition=Q(identifier_key__isnull=False)
            ),
        ]

    @property
    def value(self) -> str:
        """The decrypted value: a text, or a date as 2026-11-22. Raise `UndecryptableError`."""
        return decrypt(self.value_encrypted, context=former_context(self.id))

    @property
    def shown(self) -> str:
        """The value as staff see it: a PESEL is masked. Raise `UndecryptableError`."""
        return Pesel(self.value).masked if self.field == RegisterField.PESEL else self.value
