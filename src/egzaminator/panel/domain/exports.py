"""Exports of examiners: who may ask for one, whom it holds, and what is recorded of it."""

import datetime
import uuid
from collections.abc import Mapping
from typing import Final

from django.db import transaction
from django.db.models import QuerySet

from egzaminator.accounts.models import Account
from egzaminator.audit.actor import Actor
from egzaminator.audit.domain.events import record_event
from egzaminator.audit.enums import Tag
from egzaminator.mail.catalogue import queue_register_exported
from egzaminator.mailings.domain.postal_letters import people_to_write_to
from egzaminator.mailings.domain.sending import SEND
from egzaminator.mailings.models import Invitation, Mailing, Recipient
from egzaminator.panel.domain import export_people
from egzaminator.panel.domain.examiner_lookup import hit_lookup_limit
from egzaminator.panel.domain.list_keys import refresh_all_list_keys
from egzaminator.panel.domain.looks import record_look
from egzaminator.panel.domain.mailings import VIEW as VIEW_MAILING
from egzaminator.panel.domain.recipient_rows import HEADING as RECIPIENTS_HEADING
from egzaminator.panel.domain.recipient_rows import recipients_in
from egzaminator.panel.errors import ExportsUsedUpError
from egzaminator.rate_limits.domain.counters import Limit, hit
from egzaminator.rate_limits.errors import LimitReachedError
from egzaminator.register.domain import export_rows
from egzaminator.register.domain.exports import start_export
from egzaminator.register.domain.selections import examiners_of
from egzaminator.register.enums import ExportContent, ExportFormat, ExportState
from egzaminator.register.models import HAVE_PESELS, Examiner, Export, Import, Selection
from egzaminator.staff.domain.notifications import mailboxes_of_inspection

EXPORT: Final = "register.export"
EXPORT_PESEL: Final = "register.export_pesel"
# More files than anybody makes in a day's work; they are also what the disk has to hold.
DAILY: Final = Limit("panel.exports", most=20, period=datetime.timedelta(days=1))


def people_of(*, selection: Selection | None) -> QuerySet[Examiner]:
    """Return the query for the examiners of a selection as it is now, or for everybody in the register."""
    if selection is None:
        return Examiner.objects.in_register()
    refresh_all_list_keys()
    return examiners_of(selection)


def may_have(*, member: Account, content: str) -> bool:
    """Return whether a staff member may export this content, or open a file of it, now."""
    needed = {EXPORT}
    if content in HAVE_PESELS:
        needed.add(EXPORT_PESEL)
    elif content == ExportContent.RECIPIENTS:
        needed.add(VIEW_MAILING)
    elif content == ExportContent.LETTERS:
        needed.add(SEND)
    return member.is_staff and member.has_perms(needed)


def columns_of(content: str) -> list[str]:
    """Return the names of the columns that a content has."""
    headings = {
        ExportContent.PEOPLE.value: export_people.HEADING,
        ExportContent.RECIPIENTS.value: RECIPIENTS_HEADING,
        ExportContent.LETTERS.value: ["name", "postal_address"],
    }
    return list(headings.get(content, export_rows.HEADING))


def ask_for_export(
    *,
    export_id: uuid.UUID,
    selection: Selection | None,
    content: ExportContent,
    file_format: ExportFormat,
    reason: str,
    by: Actor,
) -> Export:
    """Record that a staff member wants a file, and start the job that makes it. Return the export.

    `export_id` was chosen when the form was made, so a form that is sent twice makes one file: the second time the
    export is returned as it is, whoever's it is. The inspectors are told of a file with PESELs.

    Raise `ExportsUsedUpError` after 20 files in a day, and `LimitReachedError` at the limit of look-ups.
    """
    columns = {"selection": selection.pk if selection else None, "content": content, "format": file_format}
    return _ask(export_id=export_id, columns=columns, people=people_of(selection=selection), reason=reason, by=by)


def ask_for_recipients(*, export_id: uuid.UUID, mailing: Mailing, state: str, reason: str, by: Actor) -> Export:
    """Record that a staff member wants a file of a mailing's recipients, all or those in a state. Return the export.

    It is asked for like any other (`ask_for_export`), and raises the same.
    """
    columns = {
        "mailing": mailing.pk,
        "recipient_state": state,
        "content": ExportContent.RECIPIENTS,
        "format": ExportFormat.XLSX,
    }
    people = recipients_in(mailing=mailing, state=state)
    return _ask(export_id=export_id, columns=columns, people=people, reason=reason, by=by)


def _ask(
    *,
    export_id: uuid.UUID,
    columns: Mapping[str, object],
    people: QuerySet[Examiner] | QuerySet[Recipient],
    reason: str,
    by: Actor,
) -> Export:
    if known := Export.objects.filter(pk=export_id).first():
        return known
    member = Account.objects.get(pk=str(by.account_id))
    hit_lookup_limit(by=by, whom=f"export\0{export_id}")
    _hit_daily(member)
    count = people.count()
    with transaction.atomic():
        export, is_new = Export.objects.get_or_create(pk=export_id, defaults={"owner": member.pk, **columns})
        if is_new:
            details = {**_described(export), "people": count}
            event = record_event(tag=Tag.EXPORT_ASKED, by=by, subject=member.pk, details=details, reason=reason)
            export.reason_id = event.staff_text
            export.save(update_fields=["reason"])
            if export.has_pesels:
                _notify_inspectors(member, count)
            start_export()
    return export


def ask_for_letters(*, export_id: uuid.UUID, invitation: Invitation, reason: str, by: Actor) -> Export:
    """Record that a staff member wants the letters of an invitation, and start the job. Return the export.

    A form that is sent twice makes one file. Raise `ExportsUsedUpError` after 20 files in a day, and
    `LimitReachedError` at the limit of look-ups.
    """
    if known := Export.objects.filter(pk=export_id).first():
        return known
    member = Account.objects.get(pk=str(by.account_id))
    hit_lookup_limit(by=by, whom=f"export\0{export_id}")
    _hit_daily(member)
    people = people_to_write_to(invitation).count()
    with transaction.atomic():
        export, is_new = Export.objects.get_or_create(
            pk=export_id,
            defaults={
                "owner": member.pk,
                "invitation": invitation.pk,
                "content": ExportContent.LETTERS,
                "format": ExportFormat.ZIP,
            },
        )
        if is_new:
            details = {**_described(export), "invitation": str(invitation.pk), "people": people}
            event = record_event(tag=Tag.EXPORT_ASKED, by=by, subject=member.pk, details=details, reason=reason)
            export.reason_id = event.staff_text
            export.save(update_fields=["reason"])
            start_export()
    return export


def ask_for_rows(*, one: Import, by: Actor) -> Export:
    """Start the job that makes a file of an import's rows, with what is wrong in them. Return its export.

    It is recorded like the others. The inspectors are not told, because whoever asks has sent these rows themselves;
    that it is theirs is for the caller to check. While such a file is being made, or is there, it is the same one.

    Raise `ExportsUsedUpError` after 20 files in a day.
    """
    member = Account.objects.get(pk=str(by.account_id))
    with transaction.atomic():
        Import.objects.select_for_update(no_key=True).get(pk=one.pk)  # of two clicks the second waits here
        mine = Export.objects.filter(source=one, owner=member.pk).exclude(state=ExportState.FAILED)
        if known := mine.first():
            return known
        _hit_daily(member)
        export = Export.objects.create(
            owner=member.pk, source=one, content=ExportContent.IMPORT_ROWS, format=ExportFormat.XLSX
        )
        details = {**_described(export), "rows": one.counts["rows"]}
        record_event(tag=Tag.EXPORT_ASKED, by=by, subject=member.pk, details=details)
        start_export()
    return export


def record_download(*, export: Export, by: Actor) -> None:
    """Record that a staff member downloads the file of an export, before it is sent. It points to the same reason."""
    details = {**_described(export), "rows": export.rows}
    record_look(tag=Tag.EXPORT_DOWNLOADED, by=by, subject=export.owner, details=details, reason=export.reason)


def _described(export: Export) -> dict[str, str | list[str] | int]:
    mailing: dict[str, str | list[str] | int] = {"mailing": str(export.mailing)} if export.mailing else {}
    return mailing | {
        "export": str(export.pk),
        "content": export.content,
        "format": export.format,
        "columns": columns_of(export.content),
    }


def _hit_daily(member: Account) -> None:
    try:
        with transaction.atomic():
            hit(limit=DAILY, of=str(member.pk))
    except LimitReachedError:
        raise ExportsUsedUpError from None


def _notify_inspectors(member: Account, people: int) -> None:
    for mailbox in mailboxes_of_inspection():
        queue_register_exported(account_id=member.pk, mailbox=mailbox, name=member.display_name, people=people)
