"""What is read off a request before anything else looks at it."""

import ipaddress

from django.conf import settings
from django.http import HttpRequest


def client_address(request: HttpRequest) -> str:
    """Give the client's IP address in its one canonical form: IPv4 also where a socket maps it to IPv6, no zone.

    Behind TRUSTED_PROXY_COUNT proxies, it is the entry that the outermost trusted proxy wrote: that many from the right
    end of X-Forwarded-For. Whatever stands further left was written by the client, and is ignored.
    """
    peer = request.META.get("REMOTE_ADDR", "")
    count = settings.TRUSTED_PROXY_COUNT
    if count:
        hops = [hop.strip() for hop in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")]
        if len(hops) >= count:
            peer = hops[-count]
    try:
        address = ipaddress.ip_address(peer)
    except ValueError:
        # A peer on a Unix socket has no address; neither has a proxy that wrote nonsense.
        return "0.0.0.0"  # noqa: S104 -- a value, nothing is bound to it
    if isinstance(address, ipaddress.IPv6Address):
        # The zone is the peer's own word, and PostgreSQL's inet knows none.
        address = address.ipv4_mapped or ipaddress.IPv6Address(int(address))
    return str(address)


def network_of(address: str) -> str:
    """Take a client's IP address; give whom it is counted as: of IPv6, the /64 that one household or school has."""
    parsed = ipaddress.ip_address(address)
    if isinstance(parsed, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((parsed, 64), strict=False))
    return address
