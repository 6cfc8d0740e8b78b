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
