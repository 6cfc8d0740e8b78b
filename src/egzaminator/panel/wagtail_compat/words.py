"""Wagtail's sentences that its Polish catalogue does not translate.

Listed here, they get into our own catalogue, which Django consults first.
"""

from typing import Final

from django.utils.translation import gettext_noop as _

UNTRANSLATED: Final = (
    _("The page could not be created due to validation errors."),
    _("The page could not be saved due to validation errors."),
    _("The page could not be saved as it is locked."),
    _("There are validation errors, click save to highlight them."),
    _("Correct the validation errors to resume preview (saving will highlight errors)"),
    _("Go to the first error"),
    _("Saving will overwrite a newer version."),
    _("Saved"),
    _("Autosave is paused"),
    _("Autosave is <span>paused</span>"),
    _("Schedule to publish"),
    _('This publishing schedule will only take effect after you select the "Schedule to publish" option'),
    _("Once scheduled:"),
    _("Expiry date/time must be in the future."),
    _("Maximum filesize: %(max_upload_size)s."),
)
