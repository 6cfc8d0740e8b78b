"""The forms of mailings."""

import datetime
import re
import uuid
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from egzaminator.core.fields import LineField, ReasonField
from egzaminator.core.fields.day import DayField, TimeOfDayField
from egzaminator.core.pdf_files import PdfFault
from egzaminator.mailings.domain.attachments import LARGEST_BYTES
from egzaminator.mailings.domain.drafts import Written
from egzaminator.mailings.domain.markup import MOST_LETTERS, check, clean
from egzaminator.mailings.enums import MailingKind
from egzaminator.mailings.errors import MarkupError
from egzaminator.mailings.models import SUBJECT_LENGTH, Mailing

_PESEL: Final = re.compile(r"\d{11}")
_MOST_AHEAD: Final = datetime.timedelta(days=90)
_MORNING: Final = datetime.time(8)


class BodyField(forms.CharField):
    """The text of a mailing, cleaned, with its marks and fields checked."""

    widget = forms.Textarea(attrs={"rows": 16})
    default_error_messages = {
        "required": _("Write the text"),
        "max_length": _("Shorten the text to %(limit)d characters; it has %(length)d now"),
    }

    def to_python(self, value: Any) -> str:
        """Return the cleaned text. Raise `ValidationError` for what cannot be sent."""
        raw = "" if value is None else str(value)
        if len(raw) > 2 * MOST_LETTERS:
            raise self._too_long(raw)
        text = clean(raw)
        if len(text) > MOST_LETTERS:
            raise self._too_long(text)
        try:
            check(text)
        except MarkupError as error:
            raise ValidationError(error.message) from None
        return text

    def _too_long(self, text: str) -> ValidationError:
        limits = {"limit": MOST_LETTERS, "length": len(text)}
        return ValidationError(self.error_messages["max_length"], params=limits)


class MailingForm(forms.Form):
    """Asks for the kind, the subject and the text of a mailing, and knows which version of a draft it shows."""

    use_required_attribute = False
    changed = _(
        "A colleague has changed this message since you opened it. Your text is still here: compare it with theirs, "
        "then save it once more to put it in place of theirs."
    )

    differs = _(
        "Your text is still here. Compare it with the saved draft, then save it once more to put it in place of that "
        "one."
    )

    # Chosen when the form of a new mailing is made: sent twice, it makes one draft.
    mailing_id = forms.UUIDField(widget=forms.HiddenInput, required=False)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    kind = forms.ChoiceField(
        label=_("Kind of message"),
        help_text=_(
            "Official: from the board on duty, by e-mail to everybody. Informational: an examiner may turn the e-mails "
            "off, and still reads the message in “My account”."
        ),
        choices=MailingKind,
        widget=forms.RadioSelect,
    )
    subject = LineField(
        label=_("Subject"),
        max_length=SUBJECT_LENGTH,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": _("Write the subject")},
    )
    body = BodyField(
        label=pgettext_lazy("mailing", "Text"),
        help_text=_(
            "**bold**, “- ” before each line of a list, [text](https://…) for a link, an empty line between "
            "paragraphs. Fields: {imię}, {nazwisko}, {zwrot}, {numery}; the numbers are filled in only in “My account”."
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["initial"] = {"mailing_id": uuid.uuid4(), "kind": MailingKind.OFFICIAL} | kwargs.pop("initial", {})
        super().__init__(*args, **kwargs)

    @classmethod
    def initial_of(cls, mailing: Mailing) -> dict[str, object]:
        """Return what the form of a draft begins with. Raise `UndecryptableError`."""
        return {
            "version": mailing.version,
            "kind": mailing.kind,
            "subject": mailing.subject,
            "body": mailing.body,
        }

    def clean_subject(self) -> str:
        """Return the subject. Raise `ValidationError` if it has a field or may have a PESEL in it."""
        subject: str = self.cleaned_data["subject"]
        if "{" in subject or "}" in subject:
            raise ValidationError(_("Fields are filled in only in the text. Leave the braces out of the subject"))
        if _PESEL.search(subject):
            raise ValidationError(_("Leave out the PESEL and any other number of eleven digits or more"))
        return subject

    @property
    def written(self) -> Written:
        """What the valid form says."""
        return Written(
            kind=MailingKind(self.cleaned_data["kind"]),
            subject=self.cleaned_data["subject"],
            body=self.cleaned_data["body"],
        )


class AttachmentForm(forms.Form):
    """Asks for a PDF to be attached. What went wrong on its way (`fault`) stands at its field.

    `attachment_id` is chosen when the form is shown, so a form that is sent twice attaches one file.
    """

    use_required_attribute = False
    too_large = _("The file is larger than 5 MB. Make it smaller, or publish it on the board's pages and link to it")
    too_many = _("The message has %(most)d attachments already, as many as one may have")
    used_up = _("You have sent very many files today. Attach the next one tomorrow")
    faults: Final = {
        PdfFault.DAMAGED: _("The file is no PDF, or it is damaged. Save it as PDF again"),
        PdfFault.LOCKED: _("This PDF is protected by a password. Save it without one: recipients could not open it"),
        PdfFault.SIGNED: _(
            "This PDF is signed. Its metadata cannot be removed without breaking the signature: publish it on the "
            "board's pages and link to it"
        ),
        PdfFault.TOO_MUCH: _("This PDF holds more than can be taken. Divide it into several files"),
    }

    file = forms.FileField(
        label=_("PDF file"),
        help_text=_("Up to 5 MB, and up to 5 files. The author's name, scripts and files inside it are removed."),
        widget=forms.FileInput(
            attrs={"accept": ".pdf,application/pdf", "data-largest": LARGEST_BYTES, "data-too-large": too_large}
        ),
        error_messages={"required": _("Choose the file"), "empty": faults[PdfFault.DAMAGED]},
    )
    attachment_id = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)

    def __init__(self, *args: Any, fault: str | Promise | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if fault:  # then there is no file
            self.fields["file"].error_messages["required"] = str(fault)

    def clean_file(self) -> UploadedFile:
        """Return the file. Raise `ValidationError` if its name may have a PESEL in it."""
        file: UploadedFile = self.cleaned_data["file"]
        if _PESEL.search(file.name or ""):
            raise ValidationError(
                _("Rename the file: leave out the PESEL and any other number of eleven digits or more")
            )
        return file


class SendForm(forms.Form):
    """Says how many people and which version of a mailing were shown, and asks when it starts if it is planned.

    It has two buttons: one sends it now, whatever stands in the fields, and the other (`LATER`) plans it.
    """

    use_required_attribute = False
    LATER: Final = "later"

    version = forms.IntegerField(widget=forms.HiddenInput)
    people = forms.IntegerField(widget=forms.HiddenInput)
    day = DayField(
        label=_("Day of sending"),
        help_text=_("For example 31.03.2026"),
        required=False,
        widget=forms.DateInput(attrs={"autocomplete": "off", "inputmode": "text"}),
    )
    hour = TimeOfDayField(
        label=_("Hour of sending"),
        help_text=_("For example 10:30. Empty: 8:00."),
        required=False,
    )

    def clean(self) -> dict[str, Any]:
        """Make the moment from the day and the hour, or None for now. Raise `ValidationError` if it cannot be."""
        cleaned = super().clean() or self.cleaned_data
        cleaned["starts_at"] = None
        if self.LATER not in self.data:
            for name in ("day", "hour"):
                self.errors.pop(name, None)
        elif not self.errors:
            cleaned["starts_at"] = self._moment(cleaned["day"], cleaned["hour"])
        return cleaned

    def _moment(self, day: datetime.date | None, hour: datetime.time | None) -> datetime.datetime | None:
        if day is None:
            self.add_error("day", _("Enter the day of sending"))
            return None
        moment = timezone.make_aware(datetime.datetime.combine(day, hour or _MORNING))
        if moment <= timezone.now():
            self.add_error("day", _("This moment is over. Choose a later one"))
        elif moment > timezone.now() + _MOST_AHEAD:
            self.add_error("day", _("Choose a day in the next 90 days"))
        return moment


class ShownForm(forms.Form):
    """Says how many people, and which version of a mailing, the page of an action showed."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    people = forms.IntegerField(widget=forms.HiddenInput, required=False)


class InviteForm(forms.Form):
    """Says which invitation is meant, and how many people the page named."""

    invitation_id = forms.UUIDField(widget=forms.HiddenInput)
    people = forms.IntegerField(widget=forms.HiddenInput, min_value=0)


class LettersForm(forms.Form):
    """Asks why letters of invitation are made."""

    use_required_attribute = False
    used_up = _("You have made 20 files today, which is as many as one may. Make the next one tomorrow.")

    # Chosen when the form is made: sent twice, it makes one file.
    export_id = forms.UUIDField(widget=forms.HiddenInput, required=False)
    reason = ReasonField(help_text=_("For example: letters to be posted on 3 March. The inspector reads it."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["initial"] = {"export_id": uuid.uuid4()} | kwargs.pop("initial", {})
        super().__init__(*args, **kwargs)
