"""Acts that take two persons."""

import datetime
import uuid
from typing import Final

from django.db import models
from django.db.models import Q
from django.utils import timezone

from egzaminator.accounts.enums import ActKind, ActOutcome
from egzaminator.accounts.models import Account
from egzaminator.audit.models import StaffText
from egzaminator.register.models import Examiner

ACT_LIFETIME: Final = datetime.timedelta(days=7)
# How long an act waits for an objection in a board with one person on duty.
ALONE_AFTER: Final = datetime.timedelta(hours=48)


def act_expiry() -> datetime.datetime:
    """Return when an act requested now becomes too old to be confirmed."""
    return timezone.now() + ACT_LIFETIME


class Act(models.Model):
    """An act that takes two persons: one staff member requests it, another confirms or refuses it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=20, choices=ActKind)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="acts")  # of a joining: it stays
    # Of a joining: the account of the same owner that is closed, and the record that everything is moved to. The other
    # record is the other account's. None: another kind, or deleted since.
    closed_account = models.ForeignKey(Account, null=True, on_delete=models.SET_NULL, related_name="closing_acts")
    kept = models.ForeignKey(Examiner, null=True, on_delete=models.SET_NULL, related_name="+")
    email = models.EmailField(blank=True)  # the mailbox that the account is to be given to, or its corrected address
    reason = models.ForeignKey(StaffText, null=True, on_delete=models.SET_NULL, related_name="+")  # None: deleted since
    # None: an administrator, by command, or a staff member who was deleted since.
    asked_by = models.ForeignKey(Account, null=True, on_delete=models.SET_NULL, related_name="asked_acts")
    is_by_command = models.BooleanField(default=False)  # tells a command from a requester who was deleted since
    asked_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(default=act_expiry)
    # When the act is carried out without a second person, unless a known mailbox objects first. None: never.
    alone_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey(Account, null=True, on_delete=models.SET_NULL, related_name="answered_acts")
    answered_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=10, choices=ActOutcome, blank=True)

    class Meta:
        # What staff do to accounts, here because a permission needs a model. Who has them: staff/roles.py.
        permissions = [
            ("look_up_case", "Can look up a case code"),
            ("look_up_many", "Can look up more people than the help desk"),
            ("freeze_account", "Can freeze an account"),
            ("give_back_account", "Can give a frozen account back, or ask for it"),
            ("reset_second_factor", "Can ask to remove a second factor"),
            ("ask_about_email", "Can have a list asked whether their e-mail addresses are theirs"),
            ("resend_activation", "Can send a form's activation e-mail again"),
            ("correct_claim_email", "Can correct the e-mail address in a form"),
            ("stop_form", "Can stop a form"),
            ("correct_email", "Can ask to correct an account's e-mail address"),
            ("answer_act", "Can confirm or refuse an act by two persons"),
            ("manage_staff", "Can invite, change and end staff accounts"),
            ("issue_data", "Can issue all data that are held about a person"),
            ("ask_deletion", "Can ask to delete an account on its owner's request"),
            ("confirm_deletion", "Can confirm the deletion of an account"),
            ("trace_people", "Can list whose data an account saw"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["account"], condition=Q(outcome=""), name="staff_act_one_waits"),
            models.UniqueConstraint(fields=["closed_account"], condition=Q(outcome=""), name="staff_act_one_closes"),
            models.CheckConstraint(
                condition=Q(kind=ActKind.JOIN) | Q(closed_account__isnull=True, kept__isnull=True),
                name="staff_act_only_joining_has_two",
            ),
            models.CheckConstraint(
                condition=Q(outcome="", answered_at__isnull=True) | (~Q(outcome="") & Q(answered_at__isnull=False)),
                name="staff_act_outcome_is_whole",
            ),
        ]

    @property
    def accounts(self) -> list[Account]:
        """The accounts that the act is about: one or, of a joining, the one that stays and the one that is closed."""
        return [self.account, self.closed_account] if self.closed_account else [self.account]

    @property
    def is_waiting(self) -> bool:
        """Whether a second person can still decide."""
        return not self.outcome and self.expires_at > timezone.now()


def alone_change_start() -> datetime.datetime:
    """Return when a change of the board's setting made now takes effect."""
    return timezone.now() + ALONE_AFTER


class AloneChange(models.Model):
    """A change of the board's setting whether one person may act alone in the panel (staff/domain/alone.py).

    The rows are its history: the newest one that has taken effect and was not cancelled is what holds. Who asked for a
    change is in the audit event.
    """

    is_allowed = models.BooleanField()
    asked_at = models.DateTimeField(default=timezone.now)
    starts_at = models.DateTimeField(default=alone_change_start)
    cancelled_at = models.DateTimeField(null=True)

    class Meta:
        permissions = [("allow_alone", "Can change whether one person may act alone in the panel")]
