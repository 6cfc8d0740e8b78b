"""The states of a staff member, and what is told about changes among the staff."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class MemberState(TextChoices):
    """Whether a staff member can log in."""

    INVITED = "invited", pgettext_lazy("staff member", "invited")
    INVITATION_OVER = "invitation-over", pgettext_lazy("staff member", "invitation expired")
    ACTIVE = "active", pgettext_lazy("staff member", "active")
    FROZEN = "frozen", pgettext_lazy("staff member", "blocked")
    ENDED = "ended", pgettext_lazy("staff member", "ended")


class StaffNews(TextChoices):
    """What the administrators are told about a change among the staff."""

    INVITED = "invited", _("Somebody was invited to the panel.")
    INVITED_AGAIN = "invited-again", _("The invitation to the panel was sent again.")
    RENAMED = "renamed", _("The name of a staff account was changed.")
    NEW_EMAIL = "new-email", _("A new work e-mail address was written down. The new mailbox has to confirm it.")
    ROLES = "roles", _("The roles of a staff account were changed.")
    OWN_ROLE = "own-role", _("An administrator gave themselves another role.")
    ENDED = "ended", _("A staff account was ended.")
    FACTOR_ASKED = "factor-asked", _("The removal of a staff account's second factor was asked for.")
    GIVE_BACK_ASKED = "give-back-asked", _("It was asked for that a frozen staff account is given back.")
    GIVEN_BACK = "given-back", _("A frozen staff account was given back.")
    FACTOR_REMOVED = "factor-removed", _("The second factor of a staff account was removed.")
