from collections.abc import Callable

import pytest

from egzaminator.core.probes import Finding, Level
from egzaminator.mail.domain.dns_records import (
    NoAnswerError,
    Records,
    check_dkim,
    check_dmarc,
    check_return_domain,
    check_spf,
    make_records,
)
from tests.helpers.dns_server import DnsServer

DOMAIN = "konta.oke.example"


def _looking_up(names: int) -> str:
    return f"v=spf1 include:a.example {' '.join(f'a:h{number}.example' for number in range(names))} -all"


SPF = {
    "none": ("", Level.CRITICAL, "konta.oke.example has no SPF record."),
    "another text": (
        f'{DOMAIN}. TXT "v=spf10 -all"',
        Level.CRITICAL,
        "konta.oke.example has no SPF record.",
    ),
    "good": (f'{DOMAIN}. TXT "v=spf1 ip4:192.0.2.1 -all"', Level.OK, "SPF: v=spf1 ip4:192.0.2.1 -all"),
    "in two pieces": (f'{DOMAIN}. TXT "v=spf1 ip4:192.0.2.1" " ~all"', Level.OK, "SPF: v=spf1 ip4:192.0.2.1 ~all"),
    "twice": (
        f'{DOMAIN}. TXT "v=spf1 -all"\n{DOMAIN}. TXT "v=spf1 ~all"',
        Level.CRITICAL,
        "konta.oke.example has 2 SPF records, which is as good as none.",
    ),
    "for everybody": (
        f'{DOMAIN}. TXT "v=spf1 +all"',
        Level.WARNING,
        "The SPF record of konta.oke.example forbids nobody to send in its name.",
    ),
    "without an end": (
        f'{DOMAIN}. TXT "v=spf1 mx"',
        Level.WARNING,
        "The SPF record of konta.oke.example forbids nobody to send in its name.",
    ),
    "by another record": (
        f'{DOMAIN}. TXT "v=spf1 redirect=_spf.relay.example"\n_spf.relay.example. TXT "v=spf1 ip4:192.0.2.1 -all"',
        Level.OK,
        "SPF: v=spf1 redirect=_spf.relay.example",
    ),
    "with a name that has none": (
        f'{DOMAIN}. TXT "v=spf1 include:_spf.relay.example -all"',
        Level.CRITICAL,
        "The SPF record of konta.oke.example includes _spf.relay.example, which has none.",
    ),
    "in a circle": (
        f'{DOMAIN}. TXT "v=spf1 include:a.example -all"\na.example. TXT "v=spf1 include:{DOMAIN} -all"',
        Level.CRITICAL,
        "The SPF record of konta.oke.example includes konta.oke.example, which has none.",
    ),
    "with ten look-ups": (
        f'{DOMAIN}. TXT "{_looking_up(7)}"\na.example. TXT "v=spf1 mx/24 a -all"',
        Level.OK,
        f"SPF: {_looking_up(7)}",
    ),
    "with eleven": (
        f'{DOMAIN}. TXT "{_looking_up(8)}"\na.example. TXT "v=spf1 mx/24 a -all"',
        Level.CRITICAL,
        "The SPF record of konta.oke.example costs more than 10 DNS look-ups; servers stop there.",
    ),
}
# Each of these includes both of the next: there are more than a billion ways to the last.
SPF["without end"] = (
    f'{DOMAIN}. TXT "v=spf1 include:a0.example -all"\n'
    + "".join(
        f'{name}{level}.example. TXT "v=spf1 include:a{level + 1}.example include:b{level + 1}.example -all"\n'
        for level in range(30)
        for name in "ab"
    ),
    Level.CRITICAL,
    "The SPF record of konta.oke.example costs more than 10 DNS look-ups; servers stop there.",
)
LONG_KEY, SHORT_KEY = "A" * 300, "A" * 100
DKIM = {
    "no key at all": ("", None, Level.CRITICAL, "konta.oke.example publishes no DKIM key."),
    "some key": (
        f's1._domainkey.{DOMAIN}. TXT "v=DKIM1; p=x"',
        None,
        Level.OK,
        "konta.oke.example publishes some DKIM key. Name yours to have it checked: --selector NAME.",
    ),
    "another key": (
        f's1._domainkey.{DOMAIN}. TXT "v=DKIM1; p=x"',
        "s2",
        Level.CRITICAL,
        "There is no DKIM key at s2._domainkey.konta.oke.example.",
    ),
    "the key": (
        f's1._domainkey.{DOMAIN}. TXT "v=DKIM1; k=rsa; p={LONG_KEY[:200]}" "{LONG_KEY[200:]}"',
        "s1",
        Level.OK,
        "There is a DKIM key at s1._domainkey.konta.oke.example.",
    ),
    "a short key": (
        f's1._domainkey.{DOMAIN}. TXT "v=DKIM1; p={SHORT_KEY}"',
        "s1",
        Level.CRITICAL,
        "The DKIM key at s1._domainkey.konta.oke.example is too short: servers take no signature by it.",
    ),
    "a short key of the other kind": (
        f's1._domainkey.{DOMAIN}. TXT "v=DKIM1; k=ed25519; p={SHORT_KEY[:44]}"',
        "s1",
        Level.OK,
        "There is a DKIM key at s1._domainkey.konta.oke.example.",
    ),
    "a key that was withdrawn": (
        f's1._domainkey.{DOMAIN}. TXT "v=DKIM1; p="',
        "s1",
        Level.CRITICAL,
        "The DKIM key at s1._domainkey.konta.oke.example is withdrawn.",
    ),
}
_BAD_DMARC = "The DMARC record of konta.oke.example is not valid, which is as good as none."
DMARC = {
    "none": ("", Level.CRITICAL, "konta.oke.example has no DMARC record."),
    "its own": (f'_dmarc.{DOMAIN}. TXT "v=DMARC1; p=reject"', Level.OK, "DMARC of konta.oke.example: p=reject."),
    "of the domain above": (
        '_dmarc.oke.example. TXT "v=DMARC1;p=quarantine"',
        Level.OK,
        "DMARC of oke.example: p=quarantine.",
    ),
    "other for what is below": (
        '_dmarc.oke.example. TXT "v=DMARC1; p=reject; sp=none"',
        Level.WARNING,
        "The DMARC record of oke.example asks for nothing (p=none): forged e-mails in the board's name arrive.",
    ),
    "nearest first": (
        f'_dmarc.oke.example. TXT "v=DMARC1; p=none"\n_dmarc.{DOMAIN}. TXT "v=DMARC1; p=reject"',
        Level.OK,
        "DMARC of konta.oke.example: p=reject.",
    ),
    "not of a whole country": (
        '_dmarc.example. TXT "v=DMARC1; p=reject"',
        Level.CRITICAL,
        f"{DOMAIN} has no DMARC record.",
    ),
    "without a policy": (f'_dmarc.{DOMAIN}. TXT "v=DMARC1; rua=mailto:a@b.example"', Level.CRITICAL, _BAD_DMARC),
    "twice": (
        f'_dmarc.{DOMAIN}. TXT "v=DMARC1; p=reject"\n_dmarc.{DOMAIN}. TXT "v=DMARC1; p=none"',
        Level.CRITICAL,
        _BAD_DMARC,
    ),
}
MX = {
    "none": ("", Level.WARNING, f"No server takes e-mail for {DOMAIN}, where e-mails come back to."),
    "a refusal": (
        f"{DOMAIN}. MX 0 .",
        Level.WARNING,
        f"No server takes e-mail for {DOMAIN}, where e-mails come back to.",
    ),
    "the preferred": (
        f"{DOMAIN}. MX 20 b.example.\n{DOMAIN}. MX 10 a.example.",
        Level.OK,
        f"E-mails come back to {DOMAIN}, taken by a.example.",
    ),
    "the domain itself": (f"{DOMAIN}. A 192.0.2.1", Level.OK, f"E-mails come back to {DOMAIN}, taken by {DOMAIN}."),
}


def found(records: str, check: Callable[[Records], Finding]) -> tuple[Level, str]:
    with DnsServer(records) as server:
        finding = check(make_records(server=server.address))
    assert (finding.level is Level.OK) is (finding.cure == "")
    return finding.level, finding.words


@pytest.mark.parametrize(("records", "level", "words"), SPF.values(), ids=SPF)
def test_spf(records: str, level: Level, words: str) -> None:
    assert found(records, lambda there: check_spf(there, domain=DOMAIN)) == (level, words)


@pytest.mark.parametrize(("records", "selector", "level", "words"), DKIM.values(), ids=DKIM)
def test_dkim(records: str, selector: str | None, level: Level, words: str) -> None:
    assert found(records, lambda there: check_dkim(there, domain=DOMAIN, selector=selector)) == (level, words)


@pytest.mark.parametrize(("records", "level", "words"), DMARC.values(), ids=DMARC)
def test_dmarc(records: str, level: Level, words: str) -> None:
    assert found(records, lambda there: check_dmarc(there, domain=DOMAIN)) == (level, words)


@pytest.mark.parametrize(("records", "level", "words"), MX.values(), ids=MX)
def test_where_emails_come_back_to(records: str, level: Level, words: str) -> None:
    assert found(records, lambda there: check_return_domain(there, domain=DOMAIN)) == (level, words)


def test_a_dns_server_that_does_not_answer_does_not_mean_that_there_is_no_record() -> None:
    with DnsServer("") as server:
        address = server.address
    records = make_records(server=address)
    records.resolver.lifetime = 0.3
    with pytest.raises(NoAnswerError):
        check_spf(records, domain=DOMAIN)
    with pytest.raises(NoAnswerError):
        check_dkim(records, domain=DOMAIN, selector=None)
