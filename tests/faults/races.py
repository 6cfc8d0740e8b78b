"""What the processes of tests of two persons and of deletions do: a use case that stops between reading and writing."""

import uuid
from contextlib import AbstractContextManager
from types import ModuleType
from typing import Any
from unittest import mock

from django.db import transaction

from egzaminator.accounts.domain import email_correction, freezing, passwords
from egzaminator.accounts.domain.email_correction import confirm_correction
from egzaminator.accounts.domain.freezing import freeze_by_link
from egzaminator.accounts.domain.locks import lock_own
from egzaminator.accounts.domain.passwords import reset_password
from egzaminator.accounts.enums import ActKind
from egzaminator.accounts.models import Account
from egzaminator.audit.actor import SYSTEM, Actor
from egzaminator.onboarding.domain import activation
from egzaminator.onboarding.domain.activation import activate_claim
from egzaminator.onboarding.domain.claims import save_claim
from egzaminator.records.domain.joining import join_examiners, show_both
from egzaminator.register.models import Examiner
from egzaminator.staff.domain import act_rows, acts, alone, asking, members
from egzaminator.staff.domain.acts import confirm, refuse
from egzaminator.staff.domain.alone import set_alone
from egzaminator.staff.domain.asking import ask
from egzaminator.staff.domain.members import change_roles, end_member
from egzaminator.staff.roles import Role
from tests.helpers.factories import filled_form, make_grant
from tests.helpers.processes import Meet


def meeting_at(module: ModuleType, name: str, meet: Meet, *, is_before: bool = False) -> AbstractContextManager[object]:
    """Make a function of a module wait for the other process: after it has done its part, or before."""
    original = getattr(module, name)

    def meeting(*args: Any, **named: Any) -> Any:
        if is_before:
            meet()
            return original(*args, **named)
        found = original(*args, **named)
        meet()
        return found

    return mock.patch.object(module, name, meeting)


def account_of(key: str) -> Account:
    return Account.objects.get(pk=key)


def end_other(meet: Meet, *, whom: str, by: str) -> None:
    with meeting_at(members, "_require_another_administrator", meet):
        end_member(member=account_of(whom), by=Actor(uuid.UUID(by)))


def take_role(meet: Meet, *, whom: str, by: str) -> None:
    with meeting_at(members, "_require_another_administrator", meet):
        change_roles(member=account_of(whom), roles=[Role.EDITOR], by=Actor(uuid.UUID(by)))


def confirm_act(meet: Meet, *, act: str, by: str) -> None:
    """Read that nobody has objected, meet, and do it."""
    with meeting_at(acts, "has_objection", meet):
        confirm(act_id=uuid.UUID(act), member=account_of(by))


def confirm_late(meet: Meet, *, act: str, by: str) -> None:
    """Meet, and only then lock the account."""
    with meeting_at(act_rows, "lock_account", meet, is_before=True):
        confirm(act_id=uuid.UUID(act), member=account_of(by))


def refuse_act(meet: Meet, *, act: str, by: str) -> None:
    with meeting_at(acts, "may_refuse", meet):
        refuse(act_id=uuid.UUID(act), member=account_of(by))


def freeze_late(meet: Meet, *, token: str) -> None:
    """Read that the link works, meet, and freeze."""
    with meeting_at(freezing, "find_link", meet):
        freeze_by_link(token=token)


def freeze_first(meet: Meet, *, token: str) -> None:
    """Freeze, and meet before that is committed."""
    with meeting_at(freezing, "restore_email", meet):
        freeze_by_link(token=token)


def prove_mailbox(meet: Meet, *, token: str, name: str) -> None:
    """Use the link to the new mailbox, and meet before the address is set."""
    with meeting_at(email_correction, "use_link", meet):
        confirm_correction(token=token, name=name)


def change_setting(meet: Meet, *, by: str, is_allowed: bool) -> None:
    """Read the setting, meet, and ask for the change."""
    with meeting_at(alone, "alone_setting", meet):
        set_alone(is_allowed=is_allowed, by=Actor(uuid.UUID(by)))


def ask_to_join(meet: Meet, *, staying: str, closed: str, by: str) -> None:
    """Read both records, meet, and only then lock anything. The record of the account that stays is kept."""
    one, other = account_of(staying), account_of(closed)
    assert one.examiner is not None
    assert other.examiner is not None
    joining = asking.Joining(closed=other, kept_id=one.examiner.id, shown=show_both(one.examiner, other.examiner))
    with meeting_at(asking, "lock_both", meet, is_before=True):
        ask(kind=ActKind.JOIN, account=one, joining=joining, reason="Pismo", member=account_of(by))


def confirm_joining(meet: Meet, *, act: str, by: str) -> None:
    """Meet, and only then lock anything."""
    with meeting_at(acts, "lock_changed", meet, is_before=True):
        confirm(act_id=uuid.UUID(act), member=account_of(by))


def join_alone(meet: Meet, *, kept: str, other: str) -> None:
    """Join two records, one of which has no account, as one person may; meet before anything is locked."""
    records = Examiner.objects.get(pk=kept), Examiner.objects.get(pk=other)
    shown = show_both(*records)
    meet()
    join_examiners(kept_id=records[0].id, other_id=records[1].id, shown=shown, reason="Pismo", by=SYSTEM)


def ask_alone(meet: Meet, *, account: str, by: str, email: str) -> None:
    """Read that the setting allows it, meet, and ask."""
    with meeting_at(asking, "may_ask_alone", meet):
        ask(
            kind=ActKind.CORRECT_EMAIL,
            account=account_of(account),
            email=email,
            reason="Rozmowa",
            member=account_of(by),
            is_alone=True,
        )


def confirm_deletion(meet: Meet, *, act: str, by: str) -> None:
    """Lock the record and the account, meet, and delete the account."""
    with meeting_at(acts, "has_objection", meet):
        confirm(act_id=uuid.UUID(act), member=account_of(by))


def reset_late(meet: Meet, *, token: str) -> None:
    """Read that the link to a new password works, meet, and set the password."""
    with meeting_at(passwords, "find_link", meet):
        reset_password(token=token, password="inne-haslo-okno-mgla")


def reset_first(meet: Meet, *, token: str) -> None:
    """Set the password, and meet before that is committed."""
    with meeting_at(passwords, "use_link", meet):
        reset_password(token=token, password="inne-haslo-okno-mgla")


def activate_late(meet: Meet, *, token: str, claim: str) -> None:
    """Read that the activation link works, meet, and activate the form."""
    with meeting_at(activation, "find_link", meet):
        activate_claim(token=token, password=None, proven_claim=uuid.UUID(claim))


def save_form_late(meet: Meet, *, examiner: str) -> None:
    """Meet, and save a form for an examiner who had no account when the first login was accepted."""
    grant = make_grant(Examiner.objects.get(pk=examiner))
    meet()
    save_claim(grant=grant, form=filled_form(Examiner.objects.get(pk=examiner), email="nowa@example.org"))


def use_session(meet: Meet, *, account: str) -> None:
    """Read who is logged in, meet, and bind something to the account, as a page of "My account" does."""
    found = account_of(account)
    meet()
    with transaction.atomic():
        lock_own(account=found)
