import sys
from collections.abc import Callable, Iterator
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

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
from egzaminator.mail.domain.render import mailbox_in_ascii, own_domain
from egzaminator.mail.domain.return_path import return_domain
from egzaminator.mail.domain.trial import send_trial
from egzaminator.mail.probes import check_relay_connection
from egzaminator.runtime.health import describe_findings, gravest


class Command(BaseCommand):
    """Check whether e-mails will go out and be believed, and send a test message."""

    help = (
        "Check the mail server's log-in, what DNS says of the domain (SPF, DKIM, DMARC, return path) and, with an "
        "address, send a test message. Exits as `status` does."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the address, the DKIM selector and the DNS server."""
        parser.add_argument("address", nargs="?", help="where a test message goes")
        parser.add_argument("--selector", help="the name of the DKIM key that the mail server signs with")
        parser.add_argument("--dns-server", metavar="IP[#PORT]", help="ask this DNS server and not the machine's own")

    def handle(self, *args: Any, **options: Any) -> None:
        """Write what was found, and exit with the gravest level. Raise `CommandError` for wrong arguments."""
        mailbox = None
        if options["address"] is not None:
            mailbox = mailbox_in_ascii(options["address"])
            if mailbox is None:
                raise CommandError(
                    "E-mail cannot be sent to this address: letters without a place in addresses, or no @."
                )
        try:
            records = make_records(server=options["dns_server"])
        except ValueError:
            raise CommandError("Name the DNS server by its IP address, with #PORT if need be.") from None
        except NoAnswerError:
            raise CommandError("This machine knows no DNS server (/etc/resolv.conf). Name one: --dns-server.") from None
        findings = dict(_find(mailbox, options["selector"], records))
        self.stdout.write(describe_findings(findings))
        sys.exit(gravest(findings.values()))


def _find(mailbox: str | None, selector: str | None, records: Records) -> Iterator[tuple[str, Finding]]:
    yield "relay", check_relay_connection()
    domain = own_domain()
    # Servers ask for SPF of the domain that an e-mail comes back to, and for the others of that in its From line.
    yield "spf", _told(lambda: check_spf(records, domain=return_domain()))
    yield "dkim", _told(lambda: check_dkim(records, domain=domain, selector=selector))
    yield "dmarc", _told(lambda: check_dmarc(records, domain=domain))
    yield "return-path", _told(lambda: check_return_domain(records, domain=return_domain()))
    if mailbox is not None:
        yield "test-message", send_trial(mailbox=mailbox)


def _told(check: Callable[[], Finding]) -> Finding:
    try:
        return check()
    except NoAnswerError as error:
        return Finding(
            f"No DNS server answered about {error}.",
            Level.UNKNOWN,
            "Look whether this machine reaches a DNS server (/etc/resolv.conf), or name one with --dns-server.",
        )
