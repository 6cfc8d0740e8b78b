"""The path of the link that turns informational e-mails off, as forgiving as the other mailed links."""

from egzaminator.accounts.link_paths import MailedTokenConverter


class UnsubscribeTokenConverter(MailedTokenConverter):
    """Match the rest of a path: the examiner's id, signed (domain/unsubscribe.py), and the characters around it."""

    complete = r"[0-9a-f]{32}:[A-Za-z0-9_-]{43}"
