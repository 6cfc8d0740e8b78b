"""What is read from a request: the client's IP address and its network, and the page to go on to."""

import ipaddress

from django.conf import settings
from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme


def client_ip(request: HttpRequest) -> str:
    """Return the client's IP address in canonical form: IPv4 even if a socket maps it to IPv6, and without a zone.

    Behind `TRUSTED_PROXY_COUNT` proxies, the IP address is the entry of X-Forwarded-For that the outermost trusted
    proxy wrote: that many entries from the right end. Entries further left were written by the client and are
    ignored.

    Return `0.0.0.0` if the IP address is unknown.
    """
    peer = request.META.get("REMOTE_ADDR", "")
    count = settings.TRUSTED_PROXY_COUNT
    if count:
        hops = [hop.strip() for hop in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")]
        if len(hops) >= count:
            peer = hops[-count]
    try:
        ip = ipaddress.ip_address(peer)
    except ValueError:
        # A peer on a Unix socket has no IP address. A proxy can also send something that is not an IP address.
        return "0.0.0.0"  # noqa: S104 -- a placeholder value, no socket is bound to it
    if isinstance(ip, ipaddress.IPv6Address):
        # The zone is chosen by the peer, and PostgreSQL's type inet has no zones.
        ip = ip.ipv4_mapped or ipaddress.IPv6Address(int(ip))
    return str(ip)


def network_of(ip: str) -> str:
    """Return the network that a client's IP address is counted as by rate limits.

    IPv6: the /64 network, which one household or school has. IPv4: the IP address itself.
    """
    parsed = ipaddress.ip_address(ip)
    if isinstance(parsed, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((parsed, 64), strict=False))
    return ip


def safe_next(request: HttpRequest) -> str:
    """Return the requested path of our own site to go on to, or ""."""
    url = request.POST.get("next") or request.GET.get("next") or ""
    is_ours = url_has_allowed_host_and_scheme(url, allowed_hosts=None, require_https=request.is_secure())
    return url if is_ours and url.startswith("/") else ""
