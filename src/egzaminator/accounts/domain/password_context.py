from egzaminator.accounts.models import Account
from egzaminator.accounts.passwords import is_guessable
from egzaminator.audit.domain.events import undecryptable_recorded
from egzaminator.register.models import Examiner


def context_words(*, examiner: Examiner) -> list[str]:
    """Return what an examiner's password must not be made of: their numbers and names.

    Raise `UndecryptableError` if the PESEL cannot be decrypted.
    """
    pesel = examiner.pesel
    words = [examiner.identifier, examiner.surname, *examiner.first_names.split()]
    if pesel is not None:
        words.append(pesel.digits)
    words += examiner.entries.values_list("number", flat=True)
    return [word for word in words if word]


def check_for_personal_password(*, account: Account, password: str) -> None:
    """Record whether an examiner's password is made of the owner's data in the register, once per password.

    An owner with such a password is asked to change it, in "My account". `account` was read before the password was
    compared, and `password` is the one that fits it. Staff accounts are skipped.
    """
    if account.has_personal_password is not None or account.examiner is None:
        return
    with undecryptable_recorded():
        words = [account.email, *context_words(examiner=account.examiner)]
        account.has_personal_password = is_guessable(password, context_words=words)
        Account.objects.filter(pk=account.pk, password=account.password).update(
            has_personal_password=account.has_personal_password
        )
