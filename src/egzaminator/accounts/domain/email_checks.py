"""Doubts about an e-mail address that somebody typed, and an e-mail address made unreadable to others."""

import difflib
from dataclasses import dataclass
from typing import Final

# Local parts of mailboxes that several people at a school read.
_SHARED: Final = frozenset((
    "administracja", "biuro", "dyrekcja", "dyrektor", "info", "kadry", "kancelaria", "kontakt", "lo", "office",
    "poczta", "sekretariat", "sp", "szkola", "szkoła", "technikum", "zespol", "zs",
))  # fmt: skip
# The domains of most Polish mailboxes, and similar spellings that are providers of their own.
_PROVIDERS: Final = (
    "gmail.com", "wp.pl", "onet.pl", "op.pl", "vp.pl", "onet.eu", "onet.com.pl", "poczta.onet.pl", "interia.pl",
    "interia.eu", "interia.com", "poczta.fm", "o2.pl", "tlen.pl", "go2.pl", "gazeta.pl", "outlook.com", "hotmail.com",
    "live.com", "yahoo.com", "icloud.com", "protonmail.com", "proton.me", "edu.pl", "home.pl", "me.com", "mail.com",
    "googlemail.com", "autograf.pl", "buziaczek.pl", "amorki.pl", "spoko.pl", "int.pl", "prokonto.pl", "neostrada.pl",
    "outlook.pl", "hotmail.pl", "yahoo.pl",
)  # fmt: skip
_LIKENESS: Final = 0.85


@dataclass(frozen=True, slots=True)
class Doubt:
    """Why an e-mail address deserves a question.

    `suggestion` is the likely correct address if this one looks mistyped. If it is "", others may read the mailbox too.
    """

    suggestion: str = ""

    @property
    def is_shared(self) -> bool:
        """Whether the doubt is that others read the mailbox too."""
        return not self.suggestion


def suspect_email(email: str) -> Doubt | None:
    """Return why an e-mail address deserves a question, or None if it deserves none.

    The reasons are a mailbox that others seem to read too, and a probable typing error in a provider's domain.
    """
    local, _, domain = email.rpartition("@")
    likely = [] if domain in _PROVIDERS else difflib.get_close_matches(domain, _PROVIDERS, n=1, cutoff=_LIKENESS)
    if likely:  # checked first: the answer "only I read it" would let the typing error through
        return Doubt(suggestion=f"{local}@{likely[0]}")
    name = local.casefold().rstrip("0123456789")
    return Doubt() if name in _SHARED or name.split(".")[0] in _SHARED else None


def mask_email(email: str) -> str:
    """Return an e-mail address in a form that only its owner recognises: `a•••@wp.pl`."""
    local, _, domain = email.rpartition("@")
    return f"{local[:1]}•••@{domain}"
