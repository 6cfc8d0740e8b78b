from egzaminator.register.models import Examiner


def context_words(*, examiner: Examiner) -> list[str]:
    """Give what a password of an examiner must not be made of: their numbers and names. Raises UndecryptableError."""
    pesel = examiner.pesel
    words = [examiner.identifier, examiner.surname, *examiner.first_names.split()]
    if pesel is not None:
        words.append(pesel.digits)
    words += examiner.entries.values_list("number", flat=True)
    return [word for word in words if word]
