"""The tags of audit events, and the reasons why a log-in was refused."""

from typing import Final

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Tag(TextChoices):
    """The tag of an audit event: everything that is recorded. Examiners read the labels in their own history."""

    REGISTER_IMPORTED = "register.imported", _("A register file was read")
    IMPORT_UPLOADED = "import.uploaded", _("Staff uploaded a register file")
    IMPORT_ASKED = "import.asked", _("Staff asked for an uploaded register file to be applied")
    IMPORT_GIVEN_UP = "import.given-up", _("Staff gave an uploaded register file up")
    IMPORT_UNDO_ASKED = "import.undo-asked", _("Staff asked for an import to be undone")
    IMPORT_UNDONE = "import.undone", _("An import was undone")
    IMPORT_TOOK_BACK = "import.took-back", _("The board took the record back with the import that it came by")
    IMPORT_RETURNED = "import.returned", _("The board undid an import: the record is again as it was before it")
    FIRST_LOGIN_ACCEPTED = "first-login.accepted", _("First login: the number was right")
    CLAIM_SAVED = "claim.saved", _("The account form was saved")
    CLAIM_EMAIL_CORRECTED = "claim.email-corrected", _("The e-mail address in the form was corrected")
    CLAIM_MAIL_RESENT = "claim.mail-resent", _("The activation e-mail was sent again")
    CLAIM_STOPPED = "claim.stopped", _("The form was stopped from a mailbox the register knows")
    CLAIM_RESENT_BY_STAFF = "claim.resent-by-staff", _("Staff sent the activation e-mail again")
    CLAIM_CORRECTED_BY_STAFF = "claim.corrected-by-staff", _("Staff corrected the e-mail address in the form")
    CLAIM_STOPPED_BY_STAFF = "claim.stopped-by-staff", _("Staff stopped the form")
    CLAIM_OPENED = "claim.opened", _("Somebody looked at the state of the form after giving its password")
    CLAIM_PROVEN = "claim.proven", _("The right password of the form was given")
    CLAIM_REFUSED = "claim.refused", _("A wrong password was given on the page of the form's state")
    ACTIVATION_REFUSED = "activation.refused", _("The activation link was opened, but the password was wrong")
    ACCOUNT_ACTIVATED = "account.activated", _("The account was activated")
    ACCOUNT_FROZEN = "account.frozen", _("The account was frozen from a link in an e-mail")
    LOGIN_SUCCEEDED = "login.succeeded", _("Logged in")
    LOGIN_REFUSED = "login.refused", _("A login was refused")
    LOGIN_BLOCKED = "login.blocked", _("The right password was given, but the account is blocked")
    DEVICE_NEW = "device.new", _("A new device at the log-in")
    SESSIONS_ENDED = "sessions.ended", _("Other devices were logged out")
    PASSWORD_ACCEPTED = "login.password-accepted", _("The right password was given")
    PASSKEY_REFUSED = "login.passkey-refused", _("A login by passkey was refused")
    SECOND_FACTOR_REFUSED = "second-factor.refused", _("A wrong code or passkey was given")
    SECOND_FACTOR_ADDED = "second-factor.added", _("A second factor or passkey was added")
    SECOND_FACTOR_REMOVED = "second-factor.removed", _("A second factor or passkey was removed")
    SECOND_FACTOR_RESET = "second-factor.reset", _("The board removed the second factor")
    RECOVERY_CODES_MADE = "recovery-codes.made", _("Recovery codes were made")
    RECOVERY_CODE_USED = "recovery-codes.used", _("A recovery code was used")
    IDENTITY_CONFIRMED = "identity.confirmed", _("You confirmed that it is you")
    IDENTITY_REFUSED = "identity.refused", _("A wrong password or PESEL was given to confirm who it is")
    LOGGED_OUT = "logout", _("Logged out")
    RESET_REQUESTED = "reset.requested", _("A new password was asked for")
    PASSWORD_RESET = "password.reset", _("A new password was set from a link in an e-mail")
    DETAILS_CHANGED = "details.changed", _("Details were changed")
    PASSWORD_CHANGED = "password.changed", _("The password was changed")
    EMAIL_CHANGE_ASKED = "email.change-asked", _("A change of the e-mail address was asked for")
    EMAIL_CHANGE_RESENT = "email.change-resent", _("The e-mail to the new address was sent again")
    EMAIL_CHANGE_CANCELLED = "email.change-cancelled", _("The change of the e-mail address was cancelled")
    EMAIL_CHANGED = "email.changed", _("The e-mail address was changed")
    EMAIL_RESTORED = "email.restored", _("The former e-mail address was taken back")
    EMAIL_HELD = "email.held", _("E-mails come back from the address, so it was put on hold")
    EMAIL_HOLD_ENDED = (
        "email.hold-ended",
        _("The address was confirmed by a link mailed there, and is no longer on hold"),
    )
    EMAIL_CHECK_SENT = "email.check-sent", _("A link was mailed to the address, to see whether e-mails arrive")
    EMAILS_ASKED = "emails.asked", _("Staff had the people of a list asked about their e-mail addresses")
    EMAIL_STILL_USED = "email.still-used", _("The owner confirmed that they use the e-mail address")
    DATA_DOWNLOADED = "data.downloaded", _("All data about the person were downloaded")
    ACCOUNT_FROZEN_BY_STAFF = "account.frozen-by-staff", _("Staff froze the account")
    ACCOUNT_UNFROZEN = "account.unfrozen", _("Staff unfroze the account")
    ACT_ASKED = "act.asked", _("Staff asked for something that takes a second person")
    ACT_CONFIRMED = "act.confirmed", _("A second person of the staff agreed, and it was done")
    ACT_WAITED = "act.waited", _("It was done without a second person, after the waiting time")
    ACT_REFUSED = "act.refused", _("A second person of the staff refused it")
    ACT_WITHDRAWN = "act.withdrawn", _("Whoever of the staff asked for it took it back")
    ACT_LAPSED = "act.lapsed", _("It was not done: nobody agreed in time, or things had changed")
    DELETION_TOLD = "account.deletion-told", _("The owner was told that the account will be deleted")
    MAIL_CAPPED = "mail.capped", _("An e-mail was not sent: too many in one day")
    STAFF_INVITED = "staff.invited", _("A staff account was made")
    STAFF_INVITED_AGAIN = "staff.invited-again", _("The invitation to the panel was sent again")
    STAFF_RENAMED = "staff.renamed", _("The name of the staff account was changed")
    STAFF_ROLES_CHANGED = "staff.roles-changed", _("The roles of the staff account were changed")
    STAFF_ENDED = "staff.ended", _("The staff account was ended")
    BOARD_CONTACT_CHANGED = "board.contact-changed", _("The board's contact data were changed")
    EXAMINER_ADDED = "examiner.added", _("Staff entered the person in the register")
    REVIEWED = "review.done", _("The board dealt with what waited for a check")
    NOTE_ADDED = "note.added", _("Staff wrote a note")
    NOTE_REMOVED = "note.removed", _("Staff removed a note")
    SCOPE_ADDED = "scope.added", _("A scope was added")
    SCOPE_CHANGED = "scope.changed", _("A scope was changed")
    GROUND_ADDED = "ground.added", _("A ground for striking off was added")
    GROUND_CHANGED = "ground.changed", _("A ground for striking off was changed")
    NAMES_CORRECTED = "names.corrected", _("The board corrected the name in the register")
    PESEL_CORRECTED = "pesel.corrected", _("The board corrected the PESEL in the register")
    IDENTIFIER_CORRECTED = "identifier.corrected", _("The board corrected the identifier in the register")
    REGISTER_EMAIL_CORRECTED = (
        "register-email.corrected",
        _("The board corrected the e-mail address that the register knows"),
    )
    REGISTER_ADDRESS_CORRECTED = (
        "register-address.corrected",
        _("The board corrected the postal address that the register knows"),
    )
    ENTRY_ADDED = "entry.added", _("The board added an entry to the register")
    ENTRY_STRUCK_OFF = "entry.struck-off", _("The board struck an entry off the register")
    STRIKE_OFF_WITHDRAWN = "entry.strike-off-withdrawn", _("The board took a strike-off back")
    ENTERED_AGAIN = "entry.entered-again", _("The board made an ended entry active again by a new decision")
    ENTRY_CORRECTED = "entry.corrected", _("The board corrected an entry in the register")
    DECISION_CORRECTED = "decision.corrected", _("The board corrected what the register says of a decision")
    EXAMINER_TRANSFERRED = "examiner.transferred", _("The board wrote down a transfer to another board")
    TRANSFER_WITHDRAWN = "examiner.transfer-withdrawn", _("The board took back a transfer to another board")
    EXAMINERS_JOINED = "examiners.joined", _("The board joined two records of one person in the register")
    ACCOUNT_JOINED = (
        "account.joined",
        _("The board closed one of two accounts of one person, whose records were joined"),
    )
    ALONE_CHANGE_ASKED = "board.alone-change-asked", _("A change of whether one person may act alone was asked for")
    ALONE_CHANGE_CANCELLED = (
        "board.alone-change-cancelled",
        _("The change of whether one person may act alone was cancelled"),
    )
    EXAMINER_DECEASED = "examiner.deceased", _("The board wrote down that the examiner died")
    DEATH_WITHDRAWN = "examiner.death-withdrawn", _("The board took back that the examiner died")
    ACCOUNT_DELETED = "account.deleted", _("The account was deleted when it had been kept long enough")
    PRIVACY_NOTICE_PUBLISHED = "privacy-notice.published", _("A new version of the information clause was published")
    PRIVACY_NOTICE_READ = "privacy-notice.read", _("A new version of the information clause was shown")
    RETENTION_DELETED = "retention.deleted", _("Old data were deleted")
    DATABASE_RESTORED = "database.restored", _("The database was restored from a backup")
    KEYS_ROTATED = "keys.rotated", _("Encryption keys were changed")
    VALUE_UNDECRYPTABLE = "value.undecryptable", _("Stored data could not be read")
    CASE_LOOKED_UP = "case.looked-up", _("Staff looked a case code up")
    EXAMINER_LOOKED_UP = "examiner.looked-up", _("Staff looked at the account to help")
    PESEL_SHOWN = "examiner.pesel-shown", _("Staff had the whole PESEL shown")
    EXAMINERS_LISTED = "examiners.listed", _("Staff looked at a list of examiners")
    JOURNAL_READ = "journal.read", _("Staff read the journal of events")
    JOURNAL_EXPORTED = "journal.exported", _("Staff exported the journal of events")
    EXPORT_ASKED = "export.asked", _("Staff asked for a file of examiners")
    EXPORT_DOWNLOADED = "export.downloaded", _("Staff downloaded a file of examiners")
    MAILING_SAVED = "mailing.saved", _("Staff wrote or changed a message to examiners")
    MAILING_DELETED = "mailing.deleted", _("Staff deleted the draft of a message to examiners")
    MAILING_PREVIEWED = "mailing.previewed", _("Staff looked at a message as it would be for one person")
    MAILING_TESTED = "mailing.tested", _("Staff sent themselves a message to try it out")
    INVITATION_MADE = "invitation.made", _("Staff invited examiners to make their accounts")
    MAILING_PLANNED = "mailing.planned", _("Staff sent or planned a message to examiners")
    MAILING_PAUSED = "mailing.paused", _("The sending of a message to examiners was stopped for now")
    MAILING_RESUMED = "mailing.resumed", _("Staff let a message to examiners be sent on")
    MAILING_CANCELLED = "mailing.cancelled", _("Staff cancelled a message to examiners")
    MAILING_REPEATED = "mailing.repeated", _("Staff sent a message again to whoever it had not reached")
    MAILING_LISTED = "mailing.listed", _("Staff looked at the recipients of a message")
    INFORMATIONAL_TURNED_OFF = "informational.turned-off", _("Informational e-mails were turned off")
    INFORMATIONAL_TURNED_ON = "informational.turned-on", _("Informational e-mails were turned on")
    SALUTATION_CHOSEN = "salutation.chosen", _("The way to be addressed was chosen")
    DATA_ISSUED = "data.issued", _("Staff took out all data about the person")
    TRACES_EXPORTED = "traces.exported", _("Staff exported whose data somebody had seen")
    LOOKUPS_CAPPED = "look-ups.capped", _("Looking people up was refused: too many in a short time")


# Staff saw what is held about a person. Owners read these apart from the rest of their account's history.
LOOKS: Final = frozenset(
    (
        Tag.EXAMINER_LOOKED_UP,
        Tag.EXAMINERS_LISTED,
        Tag.CASE_LOOKED_UP,
        Tag.JOURNAL_READ,
        Tag.JOURNAL_EXPORTED,
        Tag.EXPORT_DOWNLOADED,
        Tag.MAILING_PREVIEWED,
        Tag.MAILING_LISTED,
        Tag.PESEL_SHOWN,
        Tag.DATA_ISSUED,
        Tag.TRACES_EXPORTED,
    )
)


class Refusal(TextChoices):
    """The reason why a log-in was refused or a page was not shown. Only staff see it, by looking up the case code."""

    UNKNOWN = "unknown", _("There is no such PESEL or identifier in the register.")
    NO_MATCH = (
        "no-match",
        _("No account yet, and what was typed is none of the examiner's active registration numbers."),
    )
    STRUCK_OFF = "struck-off", _("The registration number belongs to an entry that was struck off.")
    HAS_ACCOUNT = "has-account", _("The registration number is right, but the account is active: a password is needed.")
    WRONG_PASSWORD = "wrong-password", _("There is an account; the password is wrong.")
    THROTTLED = "throttled", _("Too many attempts in a short time.")
    UNREADABLE = (
        "unreadable",
        _("Stored data cannot be read: changed outside the program, or their key is missing. Tell the administrator."),
    )
