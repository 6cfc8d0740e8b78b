"""The form that asks why an account is to be deleted."""

from egzaminator.panel.forms import ReasonForm


class DeletionForm(ReasonForm):
    """Asks for the reason of deleting an account."""

    prefix = "deletion"
