"""The retention rules: what is deleted, how long after what, why, by which job. Each is declared once, here.

The code that deletes takes its period from the rule, the job records its runs under the rule's name
(domain/retention.py), and the inspector's screen shows the rule with its runs (panel/protection/periods.py).
"""

import datetime
from dataclasses import dataclass
from typing import Final

from django.conf import settings
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

_DAY: Final = datetime.timedelta(days=1)
_HOUR: Final = datetime.timedelta(hours=1)
_MINUTE: Final = datetime.timedelta(minutes=1)
_TEN_MINUTES: Final = datetime.timedelta(minutes=10)
_AT_ONCE: Final = datetime.timedelta()


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A retention rule."""

    name: str
    """The name that its runs, the log and events know it by."""
    what: Promise
    since: Promise
    """What the period is counted from, as words that follow the period. With no period they stand alone."""
    why: Promise
    fixed: datetime.timedelta = _AT_ONCE
    """The period, unless a setting says it."""
    setting: str = ""
    """The setting that says the period in days."""
    task: str
    """The name of the job that deletes."""
    every: datetime.timedelta = _DAY
    """How often the job runs."""
    is_recorded: bool = False
    """Whether a run that deleted something is an audit event too: for what people may ask about later."""

    @property
    def period(self) -> datetime.timedelta:
        """How long it is kept."""
        return datetime.timedelta(days=getattr(settings, self.setting)) if self.setting else self.fixed

    @property
    def before(self) -> datetime.datetime:
        """What began at this moment, or earlier, is deleted now."""
        return timezone.now() - self.period

    @property
    def kept(self) -> str:
        """The period in words, in the active language: "7 days from the end of the form"."""
        if not self.period:
            return str(self.since)
        days, hours = self.period.days, self.period.seconds // 3600 + self.period.days * 24
        if self.period <= _DAY:
            length = ngettext("%(count)d hour", "%(count)d hours", hours) % {"count": hours}
        else:
            length = ngettext("%(count)d day", "%(count)d days", days) % {"count": days}
        return f"{length} {self.since}"


EVENTS: Final = Rule(
    name="events",
    what=_("Events in the journal"),
    since=_("from the event"),
    why=_("Who did what has to be answerable for two years at least (the regulation on the KRI)."),
    setting="KEEP_EVENTS_DAYS",
    task="audit.delete_old",
    is_recorded=True,
)
STAFF_TEXTS: Final = Rule(
    name="staff-texts",
    what=_("Reasons and notes that the staff typed"),
    since=_("from when it was typed, or with the account if that is deleted sooner"),
    why=_("They explain an act as long as somebody may ask about it."),
    setting="KEEP_STAFF_TEXTS_DAYS",
    task="audit.delete_old",
    is_recorded=True,
)
RUNS: Final = Rule(
    name="retention-runs",
    what=_("The history of deletions"),
    since=_("from the day of the run"),
    why=_("It shows that data are deleted in time, as long as the events do."),
    setting="KEEP_EVENTS_DAYS",
    task="audit.delete_old",
)
UNDECRYPTABLE_VALUES: Final = Rule(
    name="undecryptable-values",
    what=_("Notes of which stored data could not be read"),
    since=_("from when they were last met, once somebody has dealt with them"),
    why=_("Until then one can see whether they were put right. They hold the place of the data, not the data."),
    fixed=90 * _DAY,
    task="audit.delete_old",
)
EMAILS: Final = Rule(
    name="emails",
    what=_("Records of e-mails: to whom, when, what the server said, and the kept copies"),
    since=_("from when the e-mail was made, once it was delivered or refused"),
    why=_("They show what was sent to whom. An e-mail's content is erased when it is delivered or refused."),
    setting="KEEP_MESSAGES_DAYS",
    task="mail.delete_old_emails",
    is_recorded=True,
)
MAILINGS: Final = Rule(
    name="mailings",
    what=_("Messages and invitations to many examiners, with their recipients and attachments, and drafts"),
    since=_(
        "from when the message was sent or cancelled; of one that was stopped, from its start; of a draft or an "
        "invitation, from when it was made"
    ),
    why=_("They show what was written to whom. Until then each recipient can read it in “My account”."),
    setting="KEEP_MESSAGES_DAYS",
    task="mailings.delete_old",
    is_recorded=True,
)
BOUNCE_REPORTS: Final = Rule(
    name="bounce-reports",
    what=_("Reports of e-mails that came back, in the mailbox for them; what was not understood is kept like e-mails"),
    since=_("from when the report arrived"),
    why=_("What they say is recorded with the e-mail. Until then it can be looked up how the service came by it."),
    fixed=30 * _DAY,
    task="accounts.read_bounces",
    every=_MINUTE,
)
FINISHED_JOBS: Final = Rule(
    name="finished-jobs",
    what=_("Finished jobs of the program"),
    since=_("from the end of the job"),
    why=_("They help to find the cause of a failure. They hold nobody's data."),
    fixed=_DAY,
    task="mail.delete_finished_jobs",
)
FORMS: Final = Rule(
    name="forms",
    what=_("Forms of a first log-in, with all that was typed"),
    since=_("from the end of the form: it was activated, stopped, or not activated for 30 days"),
    why=_("Until then the examiner and the help desk can see how the form ended."),
    setting="KEEP_FORMS_DAYS",
    task="onboarding.end_claims",
    is_recorded=True,
)
HOLDS: Final = Rule(
    name="holds",
    what=_("Notes that e-mails come back from an address"),
    since=_("when a link mailed there is used, or nobody has the address any more"),
    why=_("Nobody writes to a mailbox in vain as long as the address is somebody's."),
    task="onboarding.end_claims",
)
STRUCK_OFF: Final = Rule(
    name="accounts-struck-off",
    what=_("Accounts of examiners without an active entry, with the details that they gave"),
    since=_("from the decision on the last strike-off or from the transfer; the owner is told 30 days before"),
    why=_("The account has no purpose any more. The register's own record stays."),
    setting="KEEP_STRUCK_OFF_DAYS",
    task="accounts.delete_ended_accounts",
)
DECEASED: Final = Rule(
    name="accounts-deceased",
    what=_("Accounts of examiners who died, with the details that they gave"),
    since=_("from when the death was recorded"),
    why=_("The account has no purpose any more, and a death recorded by mistake can be taken back until then."),
    setting="KEEP_DECEASED_DAYS",
    task="accounts.delete_ended_accounts",
)
FORMER_STAFF: Final = Rule(
    name="accounts-former-staff",
    what=_("Accounts of former staff"),
    since=_("from when the account was ended"),
    why=_("The journal names its owner as long as it holds events of theirs."),
    setting="KEEP_EVENTS_DAYS",
    task="accounts.delete_ended_accounts",
)
ACTS: Final = Rule(
    name="acts",
    what=_("Acts that took two persons"),
    since=_("from the answer"),
    why=_("They are kept as long as the events about them."),
    setting="KEEP_EVENTS_DAYS",
    task="staff.delete_old_acts",
)
SESSIONS: Final = Rule(
    name="sessions",
    what=_("Sessions: the browser and the IP address of a log-in"),
    since=_("when the session has ended"),
    why=_("Who is not logged in needs no session."),
    task="accounts.delete_ended",
)
LINKS: Final = Rule(
    name="links",
    what=_("Mailed links"),
    since=_("from when the link stopped working"),
    why=_("Until then an old link can still say why it does not work."),
    fixed=30 * _DAY,
    task="accounts.delete_ended",
)
DEVICES: Final = Rule(
    name="devices",
    what=_("Known devices"),
    since=_("from the last log-in in that browser"),
    why=_("A log-in from a new device is told to the owner; the browser keeps its cookie as long."),
    fixed=365 * _DAY,
    task="accounts.delete_ended",
)
EMAIL_CHANGES: Final = Rule(
    name="email-changes",
    what=_("Changes of e-mail address that were not completed"),
    since=_("from when the request expired"),
    why=_("Until then the owner sees what was asked for. Completed changes stay with the account."),
    fixed=30 * _DAY,
    task="accounts.delete_ended",
)
CACHE_ENTRIES: Final = Rule(
    name="cache-entries",
    what=_("Entries of the cache"),
    since=_("when the entry has expired"),
    why=_("They only save the program work."),
    task="accounts.delete_ended",
)
SELECTIONS: Final = Rule(
    name="selections",
    what=_("Selections of the lists without a name: filters and what was searched for"),
    since=_("from the last use"),
    why=_("They serve for the lists of one day. One with a name stays until it is deleted by hand."),
    fixed=_DAY,
    task="panel.delete_selections",
    every=_HOUR,
)
STORED_FILES: Final = Rule(
    name="stored-files",
    what=_("Files that jobs make and people upload, but for attachments of messages"),
    since=_("from when the file was ready"),
    why=_("They are copies of other data, for one person and one purpose."),
    fixed=_DAY,
    task="stored_files.delete_expired",
    every=_TEN_MINUTES,
)
EXPORTS: Final = Rule(
    name="exports",
    what=_("Requests for an export that has no file"),
    since=_("from the request"),
    why=_("Those with a file go with the file."),
    fixed=_DAY,
    task="register.tidy_exports",
    every=_TEN_MINUTES,
)
IMPORTS: Final = Rule(
    name="imports",
    what=_("Rows of an uploaded register file that nobody applied"),
    since=_("from the upload"),
    why=_("Who wants to read them in decides on the same day; applied or given up, they go at once."),
    fixed=_DAY,
    task="register.tidy_imports",
    every=_TEN_MINUTES,
)
IMPORT_CHANGES: Final = Rule(
    name="import-changes",
    what=_("What applied register files changed, from and to"),
    since=_("from when the file was applied, or its import undone"),
    why=_("So long an import can be undone."),
    setting="KEEP_IMPORT_CHANGES_DAYS",
    task="register.end_undoing",
)
TAKEN_BACK: Final = Rule(
    name="taken-back",
    what=_("People whom the undoing of an import took back"),
    since=_("from the undoing"),
    why=_("Nobody finds them. So long the data protection officer can say what was held about them."),
    setting="KEEP_IMPORT_CHANGES_DAYS",
    task="register.end_undoing",
    is_recorded=True,
)
IMPORT_RECORDS: Final = Rule(
    name="import-records",
    what=_("The list of imports, and whose data each of them wrote"),
    since=_("from the upload"),
    why=_("It answers who read in what, as long as the events do."),
    setting="KEEP_EVENTS_DAYS",
    task="register.end_undoing",
)
COUNTERS: Final = Rule(
    name="counters",
    what=_("Counters of attempts"),
    since=_("when the counter's time is over"),
    why=_("They keep strangers from guessing. They hold no names and no addresses, only their digests."),
    task="rate_limits.delete_ended_counters",
    every=_HOUR,
)
# In the order of the screen: first what people ask about.
RULES: Final = (
    FORMS,
    STRUCK_OFF,
    DECEASED,
    EMAILS,
    MAILINGS,
    BOUNCE_REPORTS,
    HOLDS,
    EVENTS,
    STAFF_TEXTS,
    UNDECRYPTABLE_VALUES,
    ACTS,
    EMAIL_CHANGES,
    LINKS,
    SESSIONS,
    DEVICES,
    FORMER_STAFF,
    SELECTIONS,
    STORED_FILES,
    EXPORTS,
    IMPORTS,
    IMPORT_CHANGES,
    TAKEN_BACK,
    IMPORT_RECORDS,
    COUNTERS,
    CACHE_ENTRIES,
    FINISHED_JOBS,
    RUNS,
)


def find_rule(name: str) -> Rule | None:
    """Return the rule of a name, or None: runs and events may name a rule of an earlier version."""
    return next((rule for rule in RULES if rule.name == name), None)
