"""What the board's staff may do: every role, declared once.

A role is a Django group of the name of its value, and `staff/domain/grants.py` gives it these permissions whenever the
database is migrated. Code asks for a permission, never for a role. Asking for a new one takes two lines: the permission
in the `Meta` of its model, and its name here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Role(TextChoices):
    """What somebody works as. A person may have several roles."""

    ADMINISTRATOR = "administrator", pgettext_lazy("role", "Administrator")
    RECORDS = "ewidencja", pgettext_lazy("role", "Records")
    HELP_DESK = "pomoc", pgettext_lazy("role", "Help desk")
    EDITOR = "redakcja", pgettext_lazy("role", "Editor")
    INSPECTOR = "inspektor", pgettext_lazy("role", "Inspector")

    @property
    def summary(self) -> Promise:
        """One sentence of what the role may do."""
        return ROLES[self].summary

    @property
    def permissions(self) -> frozenset[str]:
        """The names of its permissions, each with the label of its app."""
        return ROLES[self].permissions


@dataclass(frozen=True, slots=True)
class _Declaration:
    summary: Promise
    permissions: frozenset[str]


_HELP_DESK: Final = frozenset(
    {
        "register.view_examiner",  # find one examiner exactly, and see their account, forms and e-mails
        "staff.look_up_case",
        "staff.freeze_account",
        "staff.give_back_account",
        "staff.reset_second_factor",
        "audit.view_stafftext",  # the notes about a person
        "audit.add_stafftext",
        "staff.resend_activation",
        "staff.correct_claim_email",
        "staff.stop_form",
        "staff.correct_email",
        "staff.view_act",  # see what waits for a second person, and the blocked accounts
        "staff.answer_act",
    }
)
# What whoever keeps the register and whoever inspects it see of a person, and the help desk does not.
_WHOLE_PERSON: Final = frozenset({"register.view_pesel", "accounts.view_profile", "audit.view_actor"})
# Nobody has `bulk_delete_page`, so a page with pages below it can't be deleted. The pages that the site needs can't be
# deleted by anybody (cms/domain/needed_pages.py).
_EDITOR: Final = frozenset(
    {
        "wagtailadmin.access_admin",
        "wagtailcore.add_page",
        "wagtailcore.change_page",
        "wagtailcore.publish_page",
        "wagtailimages.add_image",
        "wagtailimages.change_image",
        "wagtailimages.choose_image",
        "wagtaildocs.add_document",
        "wagtaildocs.change_document",
        "wagtaildocs.choose_document",
        "wagtailredirects.add_redirect",
        "wagtailredirects.change_redirect",
        "wagtailredirects.delete_redirect",
        "accounts.publish_privacynotice",
    }
)
ROLES: Final[Mapping[Role, _Declaration]] = {
    Role.ADMINISTRATOR: _Declaration(
        _("Keeps the staff and the settings, and says where security notices go."),
        frozenset(
            {
                "staff.manage_staff",
                "staff.view_act",  # about colleagues: the screens of acts ask for `manage_staff` as well
                "staff.answer_act",
                "audit.view_event",
                "staff.allow_alone",
                "cms.change_contact",
                "cms.change_boardsettings",
                "accounts.publish_privacynotice",
                "wagtailadmin.access_admin",  # the settings are a screen of Wagtail's
                "wagtailimages.add_image",  # the emblem
                "wagtailimages.choose_image",
            }
        ),
    ),
    Role.RECORDS: _Declaration(
        _("Keeps the register, and helps examiners; may look up more people than the help desk."),
        _HELP_DESK
        | _WHOLE_PERSON
        | {
            "staff.look_up_many",
            "register.list_examiners",
            "register.change_examiner",
            "register.export",
            "register.export_pesel",
            "mailings.view_mailing",
            "mailings.send",
            "mailings.stop",
            "register.add_examiner",
            "register.add_import",
            "register.change_scope",
            "register.change_strikeoffground",
            "staff.ask_about_email",
            "staff.confirm_deletion",
            "audit.delete_stafftext",  # a colleague's note; anybody may take back their own
        },
    ),
    Role.HELP_DESK: _Declaration(
        _("Helps one caller at a time: finds them, keeps their form going, freezes the account, asks to give it back."),
        _HELP_DESK,
    ),
    Role.EDITOR: _Declaration(_("Writes and publishes the pages of the site."), _EDITOR),
    Role.INSPECTOR: _Declaration(
        _("The data protection officer: reads everything about everybody, issues data, asks to delete accounts."),
        _WHOLE_PERSON
        | {
            "register.view_examiner",
            "register.list_examiners",
            "audit.view_stafftext",
            "mailings.view_mailing",
            "mailings.stop",  # the one thing that an inspector does: keep what looks wrong from going out
            "staff.view_act",
            "audit.view_event",
            "audit.export_event",
            "audit.view_protection",
            "staff.issue_data",
            "staff.ask_deletion",
            "staff.trace_people",
        },
    ),
}
