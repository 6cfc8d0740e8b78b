"""A real DNS server for tests: authoritative for one zone, on a UDP port of this machine, without a network."""

import socket
import threading
from typing import Self

import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.zone

_HEADER = """
$TTL 60
@ SOA ns hostmaster 1 60 60 60 60
@ NS ns
ns A 127.0.0.1
"""


class DnsServer:
    """Answers for all names from the text of a zone file, in which names end with a dot. A context manager."""

    def __init__(self, records: str, *, ip: str = "127.0.0.1", port: int = 0) -> None:
        self._zone = dns.zone.from_text(_HEADER + records, origin=".", relativize=False)
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind((ip, port))
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.sendto(b"", self._socket.getsockname())  # which ends the loop
        self._thread.join(10)
        self._socket.close()

    @property
    def address(self) -> str:
        """The server as `check_mail --dns-server` takes it."""
        host, port = self._socket.getsockname()
        return f"{host}#{port}"

    def _serve(self) -> None:
        while True:
            wire, client = self._socket.recvfrom(4096)
            if not wire:
                return
            self._socket.sendto(self._answer(dns.message.from_wire(wire)).to_wire(), client)

    def _answer(self, query: dns.message.Message) -> dns.message.Message:
        response = dns.message.make_response(query)
        response.flags |= dns.flags.AA
        question = query.question[0]
        found = self._zone.get_rrset(question.name, question.rdtype)
        if found is not None:
            response.answer.append(found)
        elif not any(name.is_subdomain(question.name) for name in self._zone):
            response.set_rcode(dns.rcode.NXDOMAIN)
        return response
