"""The probes of the machine that this process runs on."""

import datetime
import shutil
import socket
import ssl
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from cryptography import x509
from django.conf import settings

from egzaminator.core.probes import Cost, Finding, Level, probe
from egzaminator.runtime.maintenance import is_maintenance_on

_GIB: Final = 1024**3
# Free space below which somebody has to act soon, or at once: a share of the disk, but no more than so much.
_LITTLE: Final = (0.1, 2 * _GIB)
_VERY_LITTLE: Final = (0.02, _GIB // 4)
# Where Debian's PostgreSQL keeps its data, if it is on this machine.
_POSTGRESQL: Final = Path("/var/lib/postgresql")


@probe("disk", needs_database=False, figures={"disk_free_bytes": "Free space on the fullest disk of the service."})
def check_disk() -> Finding:
    """Find out how much room is left where the service and a database on this machine keep their files."""
    folders = [folder for folder in (Path(settings.DATA_DIR), _POSTGRESQL) if folder.exists()]
    usages = [(folder, shutil.disk_usage(folder)) for folder in folders]
    if not usages:
        return Finding(f"{settings.DATA_DIR} does not exist.", Level.WARNING, "Make the folder, or correct DATA_DIR.")
    folder, usage = min(usages, key=lambda one: one[1].free / one[1].total)
    words = f"{usage.free / _GIB:.1f} of {usage.total / _GIB:.1f} GiB are free at {folder}."
    figures = {"disk_free_bytes": usage.free}
    for level, (share, most) in ((Level.CRITICAL, _VERY_LITTLE), (Level.WARNING, _LITTLE)):
        if usage.free < min(usage.total * share, most):
            return Finding(words, level, "Make room: look for old backups and logs, or enlarge the disk.", figures)
    return Finding(words, figures=figures)


@probe("maintenance", needs_database=False)
def check_maintenance() -> Finding:
    """Find out whether the site is closed on purpose."""
    if is_maintenance_on():
        return Finding(
            "The site is closed: every page says so.", Level.WARNING, "Open it: `egzaminator maintenance off`."
        )
    return Finding("The site is open.")


_CONNECT: Final = 3  # seconds
_SOON: Final = 20  # days; certbot renews a certificate when 30 are left
_VERY_SOON: Final = 3
_RENEW: Final = "Renew the certificate (`certbot renew`) and reload nginx."


@probe(
    "certificate",
    cost=Cost.SLOW,
    needs_database=False,
    figures={"certificate_expiry_seconds": "Time until the site's certificate ends."},
)
def check_certificate() -> Finding | None:
    """Find out how long the certificate of the site is valid, from the server that `PUBLIC_BASE_URL` leads to."""
    url = urlsplit(settings.PUBLIC_BASE_URL)
    if url.scheme != "https" or url.hostname is None:
        return None
    try:
        with (
            socket.create_connection((url.hostname, url.port or 443), timeout=_CONNECT) as plain,
            ssl.create_default_context().wrap_socket(plain, server_hostname=url.hostname) as encrypted,
        ):
            certificate = x509.load_der_x509_certificate(encrypted.getpeercert(binary_form=True) or b"")
    except ssl.SSLCertVerificationError as error:
        return Finding(f"Browsers refuse the certificate: {error.verify_message}.", Level.CRITICAL, _RENEW)
    except OSError as error:
        reason = error.strerror or str(error)
        return Finding(
            f"{url.hostname} does not answer over TLS from here: {reason}.",
            Level.WARNING,
            "See whether nginx runs, and whether the name leads to it from this machine (/etc/hosts).",
        )
    left = certificate.not_valid_after_utc - datetime.datetime.now(tz=datetime.UTC)
    figures = {"certificate_expiry_seconds": left.total_seconds()}
    words = f"The certificate is valid for {left.days} days."
    if left.days < _SOON:
        return Finding(words, Level.CRITICAL if left.days < _VERY_SOON else Level.WARNING, _RENEW, figures)
    return Finding(words, figures=figures)
