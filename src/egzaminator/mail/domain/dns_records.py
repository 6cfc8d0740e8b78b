"""What the domain of our e-mails publishes in DNS, by which other servers judge them: SPF, DKIM, DMARC, MX.

The checks are ours, over dnspython: a few rules about one record each. They say what an administrator has to publish.
"""

import ipaddress
from dataclasses import dataclass
from typing import Final

import dns.exception
import dns.name
import dns.resolver
from dns.rdtypes.ANY.MX import MX
from dns.rdtypes.ANY.TXT import TXT

from egzaminator.core.probes import Finding, Level
from egzaminator.runtime.environment import HIGHEST_PORT

_PORT: Final = 53
_TIMEOUT: Final = 5.0  # seconds for one question, all servers and tries together


class NoAnswerError(Exception):
    """No DNS server answered: that a record is missing is not known."""


@dataclass(frozen=True, slots=True)
class Records:
    """The records that a resolver gives."""

    resolver: dns.resolver.Resolver

    def texts(self, name: str) -> list[str]:
        """Return the TXT records of a name, each in one piece; none if the name does not exist."""
        answer = self._ask(name, "TXT")
        return [b"".join(item.strings).decode("ascii", "replace") for item in answer if isinstance(item, TXT)]

    def mail_servers(self, name: str) -> list[str]:
        """Return the servers that take e-mail for a domain, the preferred first. "." means none (RFC 7505)."""
        found = sorted((item.preference, str(item.exchange)) for item in self._ask(name, "MX") if isinstance(item, MX))
        if not found and (self._ask(name, "A") or self._ask(name, "AAAA")):
            return [name]  # RFC 5321, section 5.1: a domain without MX takes it itself
        return [exchange for _preference, exchange in found]

    def exists(self, name: str) -> bool:
        """Return whether a name, or any below it, exists (RFC 8020)."""
        try:
            self.resolver.resolve(name, "TXT", search=False, raise_on_no_answer=False)
        except dns.resolver.NXDOMAIN:
            return False
        except dns.exception.DNSException as error:
            raise NoAnswerError(name) from error
        return True

    def _ask(self, name: str, kind: str) -> list[object]:
        try:
            answer = self.resolver.resolve(name, kind, search=False, raise_on_no_answer=False)
        except dns.resolver.NXDOMAIN:
            return []
        except dns.exception.DNSException as error:
            raise NoAnswerError(name) from error
        return list(answer.rrset or [])


def make_records(*, server: str | None = None) -> Records:
    """Return the records as this machine sees them, or as the DNS server at "IP" or "IP#PORT" has them.

    Raise `ValueError` if that is not such an address, and `NoAnswerError` if this machine knows no DNS server.
    """
    if server is None:
        try:
            resolver = dns.resolver.Resolver()
        except dns.resolver.NoResolverConfiguration as error:
            raise NoAnswerError("anything") from error
    else:
        host, _, port = server.partition("#")
        resolver = dns.resolver.Resolver(configure=False)
        resolver.nameservers = [str(ipaddress.ip_address(host))]
        resolver.port = int(port or _PORT)
        if not 0 < resolver.port <= HIGHEST_PORT:
            raise ValueError(server)
    resolver.lifetime = _TIMEOUT
    return Records(resolver)


_SPF: Final = "v=spf1"
_MOST_LOOKUPS: Final = 10  # RFC 7208, section 4.6.4
_LOOKING_UP: Final = frozenset(("include", "a", "mx", "ptr", "exists", "redirect"))


def check_spf(records: Records, *, domain: str) -> Finding:
    """Find out whether a domain says which servers send its e-mails (RFC 7208)."""
    found = _spf_of(records, domain)
    if not found:
        return Finding(
            f"{domain} has no SPF record.",
            Level.CRITICAL,
            f'Publish in DNS: {domain} TXT "v=spf1 include:(the name that your mail provider gives) -all"',
        )
    if len(found) > 1:
        return Finding(
            f"{domain} has {len(found)} SPF records, which is as good as none.", Level.CRITICAL, "Leave one."
        )
    terms = found[0].lower().split()[1:]
    try:
        lookups = _count_lookups(records, domain)
    except _BrokenSpfError as error:
        return Finding(
            f"The SPF record of {domain} includes {error.args[0]}, which has none.",
            Level.CRITICAL,
            "Correct the name behind include: or redirect=, or take it out.",
        )
    if lookups > _MOST_LOOKUPS:
        return Finding(
            f"The SPF record of {domain} costs more than {_MOST_LOOKUPS} DNS look-ups; servers stop there.",
            Level.CRITICAL,
            "Take out what no longer sends for the domain, or write IP addresses (ip4:, ip6:).",
        )
    last = next((term for term in terms if term.lstrip("+-~?") == "all" or term.startswith("redirect=")), "")
    if last in {"", "all", "+all", "?all"}:
        return Finding(
            f"The SPF record of {domain} forbids nobody to send in its name.",
            Level.WARNING,
            "End it with -all (or ~all while you watch the DMARC reports).",
        )
    return Finding(f"SPF: {found[0]}")


class _BrokenSpfError(Exception):
    pass


def _spf_of(records: Records, domain: str) -> list[str]:
    return [text for text in records.texts(domain) if text.lower() == _SPF or text.lower().startswith(f"{_SPF} ")]


def _count_lookups(records: Records, domain: str) -> int:
    """Return how many look-ups the record of a domain costs, those of included domains among them.

    Count no further than beyond the limit: other people's records could go on without end.
    """
    total = 0
    waiting = [(domain, frozenset[str]())]
    while waiting and total <= _MOST_LOOKUPS:
        name, above = waiting.pop()
        found = _spf_of(records, name)
        if not found or name in above:
            raise _BrokenSpfError(name)
        for term in found[0].lower().split()[1:]:
            mechanism, _, value = term.lstrip("+-~?").replace("=", ":", 1).partition(":")
            total += mechanism.partition("/")[0] in _LOOKING_UP
            if mechanism in {"include", "redirect"} and "%" not in value:  # a macro is known only with an e-mail
                waiting.append((value, above | {name}))
    return total


_LEAST_RSA: Final = 216  # Base64 signs of a public key of 1024 bits (RFC 8301, section 3.2)


def check_dkim(records: Records, *, domain: str, selector: str | None) -> Finding:
    """Find out whether a domain publishes a key for signatures (RFC 6376).

    Only the relay knows its selector. Without it, all that DNS tells is whether any key may be there.
    """
    if selector is None:
        if records.exists(f"_domainkey.{domain}"):
            return Finding(f"{domain} publishes some DKIM key. Name yours to have it checked: --selector NAME.")
        return Finding(
            f"{domain} publishes no DKIM key.",
            Level.CRITICAL,
            "Let your mail provider sign for the domain, and publish the record that it gives (NAME._domainkey).",
        )
    name = f"{selector}._domainkey.{domain}"
    tags = [_tags(text) for text in records.texts(name)]
    keys = [tag["p"] for tag in tags if "p" in tag]
    if not keys:
        return Finding(
            f"There is no DKIM key at {name}.", Level.CRITICAL, "Publish the record that your mail provider gives."
        )
    if not keys[0]:
        return Finding(f"The DKIM key at {name} is withdrawn.", Level.CRITICAL, "Publish the key that signs now.")
    if tags[0].get("k", "rsa") == "rsa" and len(keys[0]) < _LEAST_RSA:
        return Finding(
            f"The DKIM key at {name} is too short: servers take no signature by it.",
            Level.CRITICAL,
            "Let your mail provider make one of 2048 bits.",
        )
    return Finding(f"There is a DKIM key at {name}.")


def check_dmarc(records: Records, *, domain: str) -> Finding:
    """Find out what other servers are asked to do with forged e-mails (RFC 7489).

    A domain without a record of its own has that of the nearest domain above it.
    """
    labels = domain.split(".")
    for start in range(max(len(labels) - 1, 1)):
        holder = ".".join(labels[start:])
        found = [tags for text in records.texts(f"_dmarc.{holder}") if (tags := _tags(text)).get("v") == "DMARC1"]
        if found:
            return _judge_dmarc(found, holder=holder, is_above=start > 0)
    return Finding(
        f"{domain} has no DMARC record.",
        Level.CRITICAL,
        f'Publish in DNS: _dmarc.{domain} TXT "v=DMARC1; p=quarantine; rua=mailto:(a mailbox that somebody reads)"',
    )


def _judge_dmarc(found: list[dict[str, str]], *, holder: str, is_above: bool) -> Finding:
    policy = found[0].get("sp" if is_above and "sp" in found[0] else "p", "").lower()
    if len(found) > 1 or policy not in {"none", "quarantine", "reject"}:
        return Finding(
            f"The DMARC record of {holder} is not valid, which is as good as none.",
            Level.CRITICAL,
            "Leave one record, which begins with v=DMARC1; and has p=quarantine or p=reject.",
        )
    if policy == "none":
        return Finding(
            f"The DMARC record of {holder} asks for nothing (p=none): forged e-mails in the board's name arrive.",
            Level.WARNING,
            "Set p=quarantine once the reports show that the board's own e-mails pass.",
        )
    return Finding(f"DMARC of {holder}: p={policy}.")


def check_return_domain(records: Records, *, domain: str) -> Finding:
    """Find out whether e-mails that come back can reach a server: many refuse a sender that cannot be answered."""
    servers = records.mail_servers(domain)
    if not servers or servers == ["."]:
        return Finding(
            f"No server takes e-mail for {domain}, where e-mails come back to.",
            Level.WARNING,
            f"Publish an MX record of {domain}, or name another domain in RETURN_PATH.",
        )
    return Finding(f"E-mails come back to {domain}, taken by {servers[0].rstrip('.')}.")


def _tags(text: str) -> dict[str, str]:
    """Return the tags of a record such as "v=DMARC1; p=none"."""
    pairs = (part.partition("=") for part in text.split(";"))
    return {name.strip(): "".join(value.split()) for name, separator, value in pairs if separator}
