"""Certificates for the mail servers of tests, a new one for each."""

import datetime
import secrets
import ssl
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

# Python 3.13 refuses an authority without it, and certificates that do not name its key (RFC 5280, section 4.2.1).
_SIGNS: Final = x509.KeyUsage(
    digital_signature=False,
    content_commitment=False,
    key_encipherment=False,
    data_encipherment=False,
    key_agreement=False,
    key_cert_sign=True,
    crl_sign=True,
    encipher_only=False,
    decipher_only=False,
)


def make_certificate(folder: Path, *, host: str = "localhost", days: int = 1) -> tuple[ssl.SSLContext, Path]:
    """Create a certificate for `host`, valid for so many days (negative: expired), and its authority.

    Return the server's TLS context and the file of the authority, for clients to trust.
    """
    now = datetime.datetime.now(tz=datetime.UTC)
    until = now + datetime.timedelta(days=days)
    since = min(now, until) - datetime.timedelta(days=2)
    authority_key = ec.generate_private_key(ec.SECP256R1())
    authority_name = x509.Name(
        [x509.NameAttribute(NameOID.COMMON_NAME, f"An authority of the tests, {secrets.token_hex(4)}")]
    )
    authority = (
        x509.CertificateBuilder(authority_name, authority_name, authority_key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(since)
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(_SIGNS, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(authority_key.public_key()), critical=False)
        .sign(authority_key, hashes.SHA256())
    )
    key = ec.generate_private_key(ec.SECP256R1())
    certificate = (
        x509.CertificateBuilder(
            authority_name, x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)]), key.public_key()
        )
        .serial_number(x509.random_serial_number())
        .not_valid_before(since)
        .not_valid_after(until)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(authority_key.public_key()), critical=False)
        .sign(authority_key, hashes.SHA256())
    )
    trusted = folder / "authority.pem"
    trusted.write_bytes(authority.public_bytes(Encoding.PEM))
    chain = folder / "server.pem"
    chain.write_bytes(
        certificate.public_bytes(Encoding.PEM) + key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(chain)
    return context, trusted
