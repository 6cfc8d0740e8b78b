from egzaminator.accounts.domain.factors import factors_of
from egzaminator.accounts.models import Account, Details, KnownDevice, Session
from egzaminator.disclosure.domain.records import Record, record

_ACCOUNT = (
    "email", "language", "is_active", "state", "barred_by", "barred_at", "deletion_told_at", "created_at", "last_login",
)  # fmt: skip
_DETAILS = [field.name for field in Details._meta.fields]  # noqa: SLF001 -- public, by Django


def account_data(*, account: Account) -> dict[str, list[Record]]:
    """Return an account's data by section, without anything that would open the account.

    Passwords, keys, tokens and their digests are left out. Raise `UndecryptableError`.
    """
    sessions = Session.objects.filter(account=account).defer("session_data").order_by("began_at")
    devices = KnownDevice.objects.filter(account=account).order_by("first_seen_at")
    return {
        "account": [record(account, _ACCOUNT)],
        "details": [record(account.profile, _DETAILS)],
        "changed_details": [
            record(change, ("field", "old", "new", "at")) for change in account.profile_changes.order_by("at", "id")
        ],
        "changed_addresses": [
            record(change, ("old", "new", "asked_at", "closed_at", "outcome"))
            for change in account.address_changes.order_by("asked_at", "id")
        ],
        "acts": [
            record(act, ("kind", "email", "reason", "asked_at", "alone_at", "answered_at", "outcome"))
            for act in account.acts.order_by("asked_at", "id")
        ],
        "second_factors": _second_factors(account),
        "sessions": [record(session, ("device", "address", "began_at", "last_seen_at")) for session in sessions],
        "devices": [record(device, ("label", "first_seen_at", "last_seen_at")) for device in devices],
    }


def _second_factors(account: Account) -> list[Record]:
    factors = factors_of(account=account)
    app = [{"kind": "app", "name": "", "added_at": factors.app_added_at, "used_at": None}]
    passkeys = [{"kind": "passkey", **record(key, ("name", "added_at", "used_at"))} for key in factors.passkeys]
    return [*(app if factors.app_added_at else []), *passkeys]
