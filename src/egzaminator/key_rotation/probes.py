"""The probes of the keys."""

from egzaminator.core.probes import Finding, Level, probe
from egzaminator.key_rotation.domain.encryption_key_proofs import wrong_keys
from egzaminator.key_rotation.domain.index_key import is_index_key_current
from egzaminator.runtime.maintenance import is_maintenance_on


@probe("keys", is_essential=True)
def check_encryption_keys() -> Finding:
    """Find out whether each encryption key opens what was encrypted under its id."""
    wrong = wrong_keys()
    if wrong:
        return Finding(
            f"ENCRYPTION_KEYS has other keys than those of the stored values: {', '.join(wrong)}.",
            Level.CRITICAL,
            "Put the right keys back, and restart the services.",
        )
    return Finding("Each encryption key opens its values.")


@probe("index-key", is_essential=True)
def check_index_key() -> Finding:
    """Find out whether people are found by this process's index key. While the site is closed it may change."""
    if is_maintenance_on() or is_index_key_current():
        return Finding("People are found by the index key.")
    return Finding(
        "BLIND_INDEX_KEY is not the key that people are found by.",
        Level.CRITICAL,
        "Restart the services with the settings of now, or put the old key back (docs/production.md, A new index key).",
    )
