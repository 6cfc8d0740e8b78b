from egzaminator.kernel.encryption import index_key_fingerprint
from egzaminator.keys.models import IndexKey


def finds_people() -> bool:
    """Tell whether people are found by this process's index key. One query, which waits for nothing."""
    noted = IndexKey.objects.values_list("fingerprint", flat=True)
    return all(fingerprint is not None and bytes(fingerprint) == index_key_fingerprint() for fingerprint in noted)
