"""The register: examiners, scopes, entries and decisions; and what lists of examiners are found by."""

import json
import uuid
from typing import NamedTuple, Self

from django.db import models
from django.db.models import Q
from django.utils import timezone

from egzaminator.audit.models import StaffText
from egzaminator.core.encrypted_fields import BlindIndexField, EncryptedField, context_of
from egzaminator.core.encryption import decrypt
from egzaminator.core.pesel import Pesel
from egzaminator.core.text import full_name
from egzaminator.core.tokens import new_token
from egzaminator.register.enums import (
    AccountStanding,
    DecisionKind,
    EmailStanding,
    EntryState,
    ExamKind,
    ExportContent,
    ExportFormat,
    ExportState,
    RegisterField,
)
from egzaminator.register.terms import Terms
from egzaminator.stored_files.models import StoredFile

PESEL_PURPOSE = "pesel"
_PESEL_LOCATION = "register.examiner.pesel"
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
SELECTION_NAME_LENGTH = 80
_TERMS_LOCATION = "register.selection.terms"


def new_salt() -> str:
    """Return 128 random bits as text: the salt of an examiner's passwords."""
    return new_token()


def pesel_context(examiner_id: uuid.UUID) -> str:
    """Return the location that an examiner's encrypted PESEL is bound to."""
    return context_of(_PESEL_LOCATION, examiner_id)


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
    # The staff account that typed this e-mail address. None: it came with a register file.
    email_by = models.UUIDField(null=True)
    # The board that the examiner went to, and when. Their entries are `TRANSFERRED` then.
    transferred_to = models.CharField(max_length=BOARD_LENGTH, blank=True)
    transferred_on = models.DateField(null=True)
    # The record that this one was joined into, because both were of one person. Everything of this record stands there;
    # this row remains for whoever knows its id.
    joined_into = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="joined")
    deceased_on = models.DateField(null=True)
    # When the board recorded the death. Retention periods after a death count from this time.
    deceased_marked_at = models.DateTimeField(null=True)
    # All passwords of one examiner (of open claims, then of the account) share this salt. So a login computes one hash
    # and compares it with each of them. With different salts, the time of a login would reveal the number of open
    # claims.
    password_salt = models.CharField(max_length=32, default=new_salt, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        permissions = [
            ("list_examiners", "Can list, search and select examiners"),
            ("view_pesel", "Can have a whole PESEL shown, for a reason"),
        ]
        indexes = [models.Index(fields=["sort_key", "id"], name="register_examiner_order")]
        constraints = [
            models.UniqueConstraint(fields=["identifier_key"], name="register_examiner_identifier"),
            models.CheckConstraint(
                condition=Q(pesel_index__isnull=False) | Q(identifier_key__isnull=False) | Q(joined_into__isnull=False),
                name="register_examiner_is_named",
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
    def pesel(self) -> Pesel | None:
        """The decrypted PESEL, or None for an examiner without one. Raise `UndecryptableError`."""
        if self.pesel_encrypted is None:
            return None
        return Pesel(decrypt(self.pesel_encrypted, context=pesel_context(self.id)))

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


class ListKey(models.Model):
    """A key that lists find an examiner by: one for each facet of their entries and each state that entries of it have.

    The facets are "" (any entry, or none), "kind:…" (an exam kind) and "scope:…" (a scope's id). The rest of the key is
    the same in all keys of an examiner: the standing, and the sort key. So each combination of filters is a range of
    one index, in the register's order, and no list reads more rows than it shows (decision 42).

    The keys are derived from the register and from what stands above it. Triggers write whose keys are due, to
    `ListKeyDue`; `panel/domain/list_keys.py` makes them anew, and is the only writer.
    """

    pk = models.CompositePrimaryKey("examiner", "facet", "entry_state")
    # Without a constraint: its check would take a lock on the examiner's row.
    examiner = models.ForeignKey(
        Examiner, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False, related_name="list_keys"
    )
    facet = models.CharField(max_length=40, db_collation=BY_CODE_POINT)
    entry_state = models.CharField(max_length=12, db_collation=BY_CODE_POINT)  # "": there is no entry
    standing = models.CharField(max_length=40, db_collation=BY_CODE_POINT)
    sort_key = models.CharField(max_length=NAME_KEY_LENGTH, db_collation=BY_CODE_POINT)

    class Meta:
        indexes = [
            models.Index(
                fields=["facet", "entry_state", "standing", "sort_key", "examiner"], name="register_listkey_order"
            )
        ]


class ListKeyDue(models.Model):
    """An examiner whose list keys have to be made anew. Only triggers add rows, so adding one never waits."""

    examiner_id = models.UUIDField()


class Standing(NamedTuple):
    """What lists say of an examiner besides their entries. In keys its parts are joined by a slash."""

    account: AccountStanding
    email: EmailStanding
    voivodeship: str
    """The TERYT code of the examiner's address; "" if they stated none."""

    @classmethod
    def of(cls, key: str) -> Self:
        """Return the standing that a key holds."""
        account, email, voivodeship = key.split("/")
        return cls(AccountStanding(account), EmailStanding(email), voivodeship)


class Selection(models.Model):
    """What a list shows: its filters and search terms. "All that match" is a selection, never a list of ids.

    It never changes, so that whatever is done with a selection is done with what its maker saw. Its maker alone may
    use it, unless it has a name; a selection without one is deleted after a day.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    maker = models.UUIDField()  # the staff account
    name = models.CharField(max_length=SELECTION_NAME_LENGTH, blank=True)
    terms_encrypted = EncryptedField(location=_TERMS_LOCATION)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [
            models.Index(fields=["maker"], name="register_selection_unnamed", condition=Q(name="")),
            models.Index(fields=["created_at"], name="register_selection_created"),
        ]

    @property
    def terms(self) -> Terms:
        """The decrypted filters and search terms. Raise `UndecryptableError`."""
        return Terms(**json.loads(decrypt(self.terms_encrypted, context=terms_context(self.id))))


def terms_context(selection_id: uuid.UUID) -> str:
    """Return the location that a selection's encrypted terms are bound to."""
    return context_of(_TERMS_LOCATION, selection_id)


class Export(models.Model):
    """A file of examiners that a staff member asked for. A job makes it; the row says how far it is.

    It is deleted with its file, a day after it was made; the audit events stay.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.UUIDField()  # the staff account that asked, and alone may open it
    selection = models.UUIDField(null=True)  # whom it holds; None: everybody in the register
    content = models.CharField(max_length=20, choices=ExportContent)
    format = models.CharField(max_length=4, choices=ExportFormat)
    reason = models.ForeignKey(StaffText, null=True, on_delete=models.SET_NULL, related_name="+")  # None: deleted since
    state = models.CharField(max_length=10, choices=ExportState, default=ExportState.WAITING)
    # How often a job began. A job that finds another number was taken for dead, and another one has begun anew.
    attempts = models.PositiveSmallIntegerField(default=0)
    rows = models.PositiveIntegerField(default=0)  # how many the file will have; known when a job has begun
    rows_done = models.PositiveIntegerField(default=0)
    file = models.OneToOneField(StoredFile, null=True, on_delete=models.CASCADE, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now)

    class Meta:
        permissions = [
            ("export", "Can export lists of examiners"),
            ("export_pesel", "Can export examiners with their PESELs"),
        ]
        indexes = [
            models.Index(fields=["owner", "-asked_at"], name="register_export_owner"),
            models.Index(
                fields=["asked_at"],
                name="register_export_due",
                condition=Q(state__in=[ExportState.WAITING, ExportState.RUNNING]),
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state=ExportState.READY, file__isnull=False)
                | (~Q(state=ExportState.READY) & Q(file__isnull=True)),
                name="register_export_file_is_whole",
            ),
        ]

    @property
    def has_pesels(self) -> bool:
        """Whether the file holds PESELs, which takes a permission of its own."""
        return self.content == ExportContent.REGISTER_FILE

    @property
    def is_due(self) -> bool:
        """Whether a job has still to make the file, or is at work on it."""
        return self.state in {ExportState.WAITING, ExportState.RUNNING}
