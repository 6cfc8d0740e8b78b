"""The inventory of personal data: every model of the program, field by field.

Whoever adds a model or a field classifies it here, in a few lines: tests/panel/protection/test_inventory.py fails until
then. It checks what is said against the program: "Moje dane", the deletion of accounts, retention and key rotation. The
models of libraries, and files, are in `inventory_others.py`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from egzaminator.audit import retention_rules as rules
from egzaminator.audit.retention_rules import Rule

_KEYS: Final = "says which row it is, or which it belongs to"
_WORK: Final = "for the program's own work; says nothing more about the person"
_SECRET: Final = "a secret, or what a secret could be guessed from"  # noqa: S105 -- a reason
_COPY: Final = "made from a field that is shown"
_STAFF: Final = "about staff: who of them did it is not said"
_LAW: Final = "the board keeps the register by law; it is not deleted by time"


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A model that holds data about people. Fields stand in one text, separated by spaces."""

    section: str = ""
    """The list of "Moje dane" that shows it, or "" with the reason in `unseen`."""
    shown: str = ""
    """The fields that are shown: "name", or "name=key" under another key."""
    left_out: Mapping[str, str] = field(default_factory=dict)
    """The fields that are not shown, by the reason."""
    unseen: str = ""
    """Why nothing of it is in "Moje dane"."""
    rules: tuple[Rule, ...] = ()
    """The retention rules that delete rows, or none with the reason in `period`."""
    period: str = ""
    """Why no rule deletes it."""
    stays: str = ""
    """Why the rows of an examiner stay when their account is deleted. "": they go with it."""


@dataclass(frozen=True, slots=True)
class Nobodys:
    """A model that holds nobody's data."""

    why: str
    fields: str


_ACCOUNTS: Final = (rules.STRUCK_OFF, rules.DECEASED, rules.FORMER_STAFF)
INVENTORY: Final[Mapping[str, Held | Nobodys]] = {
    "accounts.Account": Held(
        section="account",
        shown="email language state barred_by barred_at is_active deletion_notified_at created_at last_login "
        "email_confirmed_at",
        left_out={
            _KEYS: "id handle examiner",
            _WORK: "email_asked_at email_postponed not_me_since",
            _SECRET: "password has_personal_password first_session_hash renewed_session_hash",
            "of staff alone": "name is_superuser invited_by groups user_permissions",
        },
        rules=_ACCOUNTS,
    ),
    "accounts.Profile": Held(
        section="details",
        shown=(
            "first_name middle_names surname birthplace country street house_number flat_number postal_code locality "
            "voivodeship phone has_correspondence_address correspondence_country correspondence_street "
            "correspondence_house_number correspondence_flat_number correspondence_postal_code correspondence_locality "
            "employment workplace_name workplace_address workplace_rspo subjects"
        ),
        left_out={
            _KEYS: "account",
            _WORK: "changed_since surname_differs_since residence_accepted",
            "a copy of the register's surname, which is shown": "accepted_surname",
        },
        rules=_ACCOUNTS,
    ),
    "accounts.ProfileChange": Held(
        section="changed_details",
        shown="field old new at reviewed_at",
        left_out={_KEYS: "id account"},
        rules=_ACCOUNTS,
    ),
    "accounts.EmailChange": Held(
        section="changed_emails",
        shown="old new asked_at closed_at outcome is_by_board",
        left_out={_KEYS: "id account", _WORK: "expires_at sends last_sent_at"},
        rules=(rules.EMAIL_CHANGES, *_ACCOUNTS),
    ),
    "accounts.PrivacyNoticeReading": Held(
        section="privacy_notices", shown="version read_at", left_out={_KEYS: "id account"}, rules=_ACCOUNTS
    ),
    "accounts.KnownDevice": Held(
        section="devices",
        shown="label first_seen_at last_seen_at",
        left_out={_KEYS: "id account", _SECRET: "digest"},
        rules=(rules.DEVICES,),
    ),
    "accounts.Session": Held(
        section="sessions",
        shown="device ip began_at last_seen_at",
        left_out={_SECRET: "session_key session_data", _KEYS: "account", _WORK: "expire_date"},
        rules=(rules.SESSIONS,),
    ),
    "accounts.Link": Held(
        section="links",
        shown="purpose email created_at expires_at used_at withdrawn_at",
        left_out={_SECRET: "digest", _KEYS: "subject"},
        rules=(rules.LINKS,),
    ),
    "accounts.SecondFactorKey": Held(unseen=_SECRET, left_out={_SECRET: "account key_encrypted"}, rules=_ACCOUNTS),
    "accounts.PrivacyNotice": Nobodys("the board's own text", "id version changes html published_at published_by"),
    "onboarding.Claim": Held(
        section="forms",
        shown="email details_encrypted=details privacy_notice_version created_at expires_at closed_at outcome",
        left_out={
            _KEYS: "id grant_id examiner entry",
            _SECRET: "password",
            _WORK: "language surname_differs needs_review corrections sends last_sent_at needs_notice",
        },
        rules=(rules.FORMS,),
    ),
    "mail.Email": Held(
        section="emails",
        shown="kind email subject state created_at accepted_at",
        left_out={
            _KEYS: "id related_id message_id",
            "erased when the e-mail is delivered; the copy that is kept is shown": "content",
            _COPY: "recipient_name",
            _SECRET: "link_digests",
            _WORK: "priority attempts due_at leased_until lease reply_code reply_text cause tried_since expires_at",
        },
        rules=(rules.EMAILS,),
    ),
    "mail.SentCopy": Held(
        section="emails", shown="text_encrypted=text", left_out={_KEYS: "email"}, rules=(rules.EMAILS,)
    ),
    "mail.BulkPace": Nobodys("how many e-mails were sent in the present minute", "id began_at taken"),
    "mailings.Mailing": Held(
        unseen="shown with each of its recipients",
        left_out={
            "shown with each of its recipients": "kind subject body_encrypted started_at",
            _KEYS: "id",
            _COPY: "body_index",
            _STAFF: "author sender",
            "what staff searched for": "terms_encrypted",
            _WORK: "state version created_at starts_at ended_at people counts",
        },
        rules=(rules.MAILINGS,),
        stays="about many people; what is an examiner's own is their row of it",
    ),
    "mailings.Recipient": Held(
        section="mailings",
        shown="state left_out read_at=first_read_at",
        left_out={_KEYS: "id mailing examiner email_id", _WORK: "rounds"},
        rules=(rules.MAILINGS,),
        stays="it shows what the board wrote to whom, also without an account",
    ),
    "mailings.Invitation": Held(
        unseen="shown with each person whom it was for",
        left_out={"shown with each person whom it was for": "made_at", _KEYS: "id", _STAFF: "author"},
        rules=(rules.MAILINGS,),
        stays="about many people; what is an examiner's own is their row of it",
    ),
    "mailings.Invited": Held(
        section="invitations",
        shown="way is_left_out",
        left_out={_KEYS: "id invitation examiner email_id"},
        rules=(rules.MAILINGS,),
        stays="it shows whom the board wrote to, also without an account",
    ),
    "mailings.Attachment": Held(
        section="mailings",
        shown="name=attachments",
        left_out={_KEYS: "id mailing file", _WORK: "added_at"},
        rules=(rules.MAILINGS,),
        stays="about many people; each recipient reads it with the message",
    ),
    "mailings.Preference": Held(
        section="mailing_preferences",
        shown="salutation informational_off_at",
        left_out={_KEYS: "examiner"},
        period="what somebody does not want stays unwanted",
        stays="it holds for whoever has no account, too",
    ),
    "mail.Bounce": Held(
        section="emails",
        shown="kind=report reported_at reply_text=report_words",
        left_out={_KEYS: "message", _COPY: "email", _WORK: "reply_code cause"},
        rules=(rules.EMAILS,),
    ),
    "mail.EmailHold": Held(
        section="account",
        shown="since=email_held_since",
        left_out={_COPY: "email", _KEYS: "id bounce"},
        rules=(rules.HOLDS,),
        stays="about a mailbox that others may have; goes the night after nobody has it",
    ),
    "mail.BounceAlarm": Nobodys(
        "what the mail server said of the board; cleaned of addresses", "trouble reply began_at"
    ),
    "mail.BounceMailbox": Nobodys("when the mailbox was last read", "id read_at not_understood"),
    "mail.Outage": Nobodys("what the mail server said of the board; cleaned of addresses", "id trouble reply began_at"),
    "staff.Act": Held(
        section="acts",
        shown="kind email reason asked_at alone_at answered_at outcome",
        left_out={
            _KEYS: "id account closed_account kept",
            _STAFF: "asked_by is_by_command answered_by",
            _WORK: "expires_at",
        },
        rules=(rules.ACTS,),
    ),
    "staff.AloneChange": Nobodys("a setting of the board", "id is_allowed asked_at starts_at cancelled_at"),
    "audit.StaffText": Held(
        section="staff_texts",
        shown="text_encrypted=text created_at",
        left_out={_KEYS: "id subject", _STAFF: "author"},
        rules=(rules.STAFF_TEXTS,),
    ),
    "audit.Event": Held(
        section="events",
        shown="tag at ip details",
        left_out={
            _KEYS: "id subject case_code",
            _STAFF: "actor",
            "shown among what the staff typed": "staff_text",
        },
        rules=(rules.EVENTS,),
        stays="who did what has to be answerable for two years; no content stands in an event",
    ),
    "audit.ShownPeople": Held(
        section="lists",
        shown="at",
        left_out={_KEYS: "id file", "the others in the file are other people": "people"},
        rules=(rules.EVENTS,),
        stays="kept as long as the events that it completes",
    ),
    "audit.UndecryptableValue": Held(
        unseen="which row has a damaged value: what it was, nobody can read",
        left_out={_KEYS: "id location row", _WORK: "last_at times needs_review"},
        rules=(rules.UNDECRYPTABLE_VALUES,),
        stays="says which value is damaged, not whose",
    ),
    "audit.RetentionDay": Nobodys("counts of what was deleted", "id rule day runs deleted last_at last_deleted"),
    "register.Examiner": Held(
        section="person",
        shown=(
            "pesel_encrypted=pesel identifier surname first_names email email_since address_encrypted=postal_address "
            "transferred_to transferred_on deceased_on deceased_marked_at taken_back_at created_at updated_at"
        ),
        left_out={
            _KEYS: "id joined_into",
            _COPY: "pesel_index identifier_key sort_key search_key",
            _STAFF: "email_by",
            _SECRET: "password_salt",
        },
        period=_LAW,
        stays=_LAW,
    ),
    "register.Entry": Held(
        section="entries",
        shown="number state entered_on scope=scope_code",
        left_out={_KEYS: "id examiner", _COPY: "number_key"},
        period=_LAW,
        stays=_LAW,
    ),
    "register.Decision": Held(
        section="decisions",
        shown="entry=number kind reference decided_on ground withdrawn_at",
        left_out={_KEYS: "id"},
        period=_LAW,
        stays=_LAW,
    ),
    "register.FormerValue": Held(
        section="former_values",
        shown="entry=number field value_encrypted=value replaced_at",
        left_out={
            _KEYS: "id examiner decision",
            _COPY: "pesel_index identifier_key",
            _STAFF: "replaced_by",
            "shown among what the staff typed": "reason",
        },
        period=_LAW,
        stays=_LAW,
    ),
    "register.Import": Held(
        unseen="about a file and who uploaded it; whose data it wrote is shown by person",
        left_out={
            _KEYS: "id file parsed",
            _STAFF: "uploader undone_by undo_reason",
            "may name people of the file, for who uploaded it": "report_encrypted",
            _SECRET: "digest",
            _WORK: "state attempts percent counts uploaded_at checked_at asked_at undone_at applied_at",
        },
        rules=(rules.IMPORT_RECORDS,),
        stays="of the staff",
    ),
    "register.ImportRow": Held(
        unseen="a file that nobody has applied: what it says is in no record yet",
        left_out={
            _KEYS: "id source line examiner_id",
            "as the file has it": "shown_encrypted",
            _WORK: "outcome is_apart is_ticked is_moved",
        },
        rules=(rules.IMPORTS,),
        stays="gone within a day",
    ),
    "register.ImportedPerson": Held(
        section="imports",
        shown="source=applied_at is_new undo_outcome changes_encrypted=former_surname",
        left_out={_KEYS: "id examiner_id"},
        rules=(rules.IMPORT_CHANGES, rules.IMPORT_RECORDS),
        stays="kept as long as the events that it completes",
    ),
    "register.ListKey": Held(
        unseen="a copy of the name's sort key, of the account's state and of the voivodeship, which are all shown",
        left_out={_COPY: "examiner facet entry_state standing sort_key"},
        period="made anew whenever what it is made from changes",
        stays="of the register's record; the account's part is taken out at once",
    ),
    "register.ListKeyDue": Held(
        unseen="whose list keys are to be made anew",
        left_out={_KEYS: "id examiner_id"},
        period="empty within a minute",
        stays="of the register's record; empty within a minute",
    ),
    "register.Selection": Held(
        unseen="what staff searched for, which may be a surname; it does not say whose",
        left_out={_KEYS: "id", _STAFF: "maker", "a search": "name terms_encrypted", _WORK: "created_at"},
        rules=(rules.SELECTIONS,),
        stays="leads to no account; one with a name stays until it is deleted by hand",
    ),
    "register.Export": Held(
        unseen="about who asked for a file; whoever is in it is not said",
        left_out={
            _KEYS: "id invitation selection mailing source file",
            _STAFF: "owner reason",
            _WORK: "content recipient_state format state attempts rows rows_done asked_at",
        },
        rules=(rules.EXPORTS, rules.STORED_FILES),
        stays="of the staff",
    ),
    "register.Scope": Nobodys("a list of the board", "id code exam_kind name is_retired entry_count"),
    "register.StrikeOffGround": Nobodys("a list of the board", "id text is_retired"),
    "stored_files.StoredFile": Held(
        unseen="copies of what is shown, for the board's own use",
        left_out={_KEYS: "id purpose name", _STAFF: "owner", _WORK: "size completed_at expires_at"},
        rules=(rules.STORED_FILES, rules.MAILINGS),
        stays="gone within a day, or, attached to a message, with it",
    ),
    "stored_files.Piece": Held(
        unseen="copies of what is shown, for the board's own use",
        left_out={_KEYS: "id file", _COPY: "content"},
        rules=(rules.STORED_FILES, rules.MAILINGS),
        stays="gone within a day, or, attached to a message, with it",
    ),
    "login.ResetRequest": Held(
        unseen="a login name as typed, by whoever typed it, until the worker answers it",
        left_out={_KEYS: "id", "as typed": "name_encrypted ip", _WORK: "language is_over_limit created_at"},
        period="deleted when it is answered, within a minute",
        stays="gone within a minute",
    ),
    "rate_limits.Counter": Held(
        unseen="counted by digests with a key: nobody reads from it whose it is",
        left_out={_SECRET: "key", _WORK: "count ends_at"},
        rules=(rules.COUNTERS,),
        stays="gone within a day",
    ),
    "rate_limits.BackoffState": Held(
        unseen="counted by digests with a key: nobody reads from it whose it is",
        left_out={_SECRET: "key", _WORK: "count refused open_at ends_at"},
        rules=(rules.COUNTERS,),
        stays="gone within a day",
    ),
    "key_rotation.EncryptionKeyProof": Nobodys("which encryption key each id stands for", "key_id proof"),
    "key_rotation.IndexKey": Nobodys("which key the blind indexes are made with", "id fingerprint"),
    "web.CacheVersion": Nobodys("which version of the pages is kept", "id number"),
}
# Binary columns that key rotation leaves alone.
NOT_ROTATED: Final[Mapping[str, str]] = {
    "register.Import.digest": "a digest with the key of the blind indexes, of a whole file",
    "accounts.KnownDevice.digest": "the digest of a random token",
    "accounts.Link.digest": "the digest of a random token",
    "rate_limits.Counter.key": "a digest with the key of the blind indexes; ends within a day",
    "rate_limits.BackoffState.key": "a digest with the key of the blind indexes; ends within a day",
    "key_rotation.EncryptionKeyProof.proof": "an empty text, which proves the key that encrypted it",
    "key_rotation.IndexKey.fingerprint": "tells the keys of the blind indexes apart",
}
