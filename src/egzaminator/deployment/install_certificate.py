"""The certificate of the site, where nginx looks for it."""

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from egzaminator.deployment.commands import run
from egzaminator.deployment.install_answers import CERTBOT
from egzaminator.deployment.machine import make_folder, make_link

FOLDER: Final = Path("/etc/egzaminator/tls")
# nginx's default page and our own site serve the authority's questions from here.
_WEBROOT: Final = "/var/www/html"


def have_certificate(answers: Mapping[str, str]) -> bool:
    """Let nginx's two links lead to the certificate and its key; ask certbot for them first. Return what changed.

    Raise `DeploymentError` if certbot gets none.
    """
    certificate, key = Path(answers["CERTIFICATE"]), Path(answers["CERTIFICATE_KEY"])
    if answers["CERTIFICATE"] == CERTBOT:
        live = Path("/etc/letsencrypt/live") / answers["HOST"]
        certificate, key = live / "fullchain.pem", live / "privkey.pem"
        if not certificate.exists():
            _ask_certbot(answers["HOST"], email=answers["ADMINISTRATOR_EMAIL"])
    make_folder(FOLDER, mode=0o755)
    changed = [make_link(FOLDER / "fullchain.pem", certificate), make_link(FOLDER / "privkey.pem", key)]
    return any(changed)


def _ask_certbot(host: str, *, email: str) -> None:
    if shutil.which("certbot") is None:
        run(
            *("apt-get", "install", "-qq", "--yes", "--no-install-recommends", "certbot"),
            otherwise="Certbot cannot be installed. When it can, start this again.",
        )
    run(
        *("certbot", "certonly", "--non-interactive", "--agree-tos", "--email", email, "--domain", host),
        *("--webroot", "--webroot-path", _WEBROOT, "--deploy-hook", "systemctl reload nginx"),
        otherwise=_CERTBOT_CURE.format(host=host),
    )


_CERTBOT_CURE: Final = """\
There is no certificate yet. The authority has to reach this machine by http://{host}/: look at the DNS records A and
AAAA of the host, and whether a firewall lets port 80 through. Then start this again. With a certificate of your own,
answer CERTIFICATE and CERTIFICATE_KEY with its files."""
