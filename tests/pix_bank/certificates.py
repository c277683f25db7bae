"""Certificates for a test, made on the fly: the bank's authority, the bank, its customer, and a stranger it does not know."""

import datetime
import ipaddress
import pathlib

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

VALID_YEARS = 10
PASSWORD = "by letter"


class Authority:
    """Who signs certificates.

    :param name: of the authority.
    """

    def __init__(self, name: str):
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.name = _named(name)
        self.certificate = _sign(self.name, self.name, self.key.public_key(), self.key, [(x509.BasicConstraints(True, None), True)])

    def issue(self, name: str, purpose) -> tuple:
        """A key and a certificate for it."""
        key = ec.generate_private_key(ec.SECP256R1())
        hosts = x509.SubjectAlternativeName([x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
        more = [(hosts, False), (x509.ExtendedKeyUsage([purpose]), False), (x509.BasicConstraints(False, None), True)]
        return key, _sign(_named(name), self.name, key.public_key(), self.key, more)


def make(folder: pathlib.Path) -> dict[str, pathlib.Path]:
    """Write what a bank and its customer need into a folder, as PEM, and the customer's as PKCS #12 too."""
    authority, other = Authority("Bank's authority"), Authority("Another authority")
    written = {"authority": _write(folder / "authority.pem", _pem(authority.certificate))}
    for name, signer, purpose in (
        ("server", authority, ExtendedKeyUsageOID.SERVER_AUTH),
        ("customer", authority, ExtendedKeyUsageOID.CLIENT_AUTH),
        ("stranger", other, ExtendedKeyUsageOID.CLIENT_AUTH),
    ):
        key, certificate = signer.issue(name, purpose)
        secret = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        written[name] = _write(folder / f"{name}.pem", _pem(certificate))
        written[f"{name}_key"] = _write(folder / f"{name}.key", secret)
        locked = serialization.BestAvailableEncryption(PASSWORD.encode())
        written[f"{name}_p12"] = _write(
            folder / f"{name}.p12", pkcs12.serialize_key_and_certificates(b"pix", key, certificate, None, locked)
        )
    return written


def _named(name):
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _sign(subject, issuer, public_key, signing_key, extensions):
    now = datetime.datetime.now(datetime.timezone.utc)
    years = datetime.timedelta(days=365 * VALID_YEARS)
    builder = x509.CertificateBuilder(issuer, subject, public_key, x509.random_serial_number(), now - years, now + years)
    for extension, critical in extensions:
        builder = builder.add_extension(extension, critical)
    return builder.sign(signing_key, hashes.SHA256())


def _pem(certificate):
    return certificate.public_bytes(serialization.Encoding.PEM)


def _write(path, content):
    path.write_bytes(content)
    return path
