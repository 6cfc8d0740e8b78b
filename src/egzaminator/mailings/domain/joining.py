"""The mailings of two records that are joined into one."""

from egzaminator.mailings.models import Invited, Preference, Recipient
from egzaminator.register.models import Examiner


def move_mailings(*, kept: Examiner, other: Examiner) -> None:
    """Move what `other` was written to, and has chosen, to the record that stays, in the caller's transaction.

    Of a mailing to both, the one to the record that stays is kept. An e-mail that still waits for the other is taken
    out of the queue when its turn comes (contents.py).
    """
    own = Recipient.objects.filter(examiner=kept).values("mailing")
    Recipient.objects.filter(examiner=other).exclude(mailing__in=own).update(examiner=kept)
    Recipient.objects.filter(examiner=other).delete()
    invited = Invited.objects.filter(examiner=kept).values("invitation")
    Invited.objects.filter(examiner=other).exclude(invitation__in=invited).update(examiner=kept)
    Invited.objects.filter(examiner=other).delete()
    chosen = Preference.objects.filter(examiner=other)
    if not Preference.objects.filter(examiner=kept).exists():
        chosen.update(examiner=kept)
    chosen.delete()
