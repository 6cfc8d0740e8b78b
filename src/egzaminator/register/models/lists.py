"""What lists of examiners are found by, and what staff choose to list."""

import json
import uuid
from typing import NamedTuple, Self

from django.db import models
from django.db.models import Q
from django.utils import timezone

from egzaminator.core.encrypted_fields import EncryptedField, context_of
from egzaminator.core.encryption import decrypt
from egzaminator.register.enums import AccountStanding, EmailStanding
from egzaminator.register.models.people import BY_CODE_POINT, NAME_KEY_LENGTH, Examiner
from egzaminator.register.terms import Terms

SELECTION_NAME_LENGTH = 80
_TERMS_LOCATION = "register.selection.terms"


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
