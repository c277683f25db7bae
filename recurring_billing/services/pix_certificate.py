"""The certificate a bank knows us by: from PEM or PKCS #12 to a connection of ours."""

import os
import re
import ssl
import tempfile
from contextlib import contextmanager
from datetime import date
from typing import NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.serialization import pkcs12

from odoo.exceptions import ValidationError
from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)
UNREADABLE = _lt(
    "The certificate cannot be read with this key and password. Give a PEM certificate with its PEM key, or one PKCS #12 file."
)
APART = _lt("The private key does not belong to the certificate.")


class Identity(NamedTuple):
    """Certificate chain and key as PEM, and the last day of the certificate."""

    chain: bytes
    key: bytes
    until: date


def read_certificate(certificate: bytes, key: bytes, password: str | None, quiet: bool = False) -> Identity | None:
    """Read what an administrator gave.

    :param quiet: give nothing where it cannot be read.
    :raises ValidationError: where it cannot, unless quiet.
    """
    try:
        return _read(certificate, key, (password or "").encode() or None)
    except ValidationError:
        if quiet:
            return None
        raise
    except (ValueError, TypeError) as error:
        if quiet:
            return None
        raise ValidationError(str(UNREADABLE)) from error


def _read(certificate, key, password):
    if b"-----BEGIN" in certificate:
        blocks = re.findall(rb"-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----", certificate, re.DOTALL)
        chain = [x509.load_pem_x509_certificate(block) for block in blocks]
        private = serialization.load_pem_private_key(key or certificate, password if b"ENCRYPTED" in (key or certificate) else None)
    else:
        private, first, others = pkcs12.load_key_and_certificates(certificate, password)
        chain = [first, *others]
    if not private or not chain or not chain[0]:
        raise ValueError
    mine = serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    if chain[0].public_key().public_bytes(*mine) != private.public_key().public_bytes(*mine):
        raise ValidationError(str(APART))
    return Identity(
        b"".join(part.public_bytes(serialization.Encoding.PEM) for part in chain),
        private.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()),
        # Older versions of the library, which Odoo accepts too, know the other name only.
        (getattr(chain[0], "not_valid_after_utc", None) or chain[0].not_valid_after).date(),
    )


def connection_context(identity: Identity, authority: bytes) -> ssl.SSLContext:
    """How to connect to the bank: its certificate is checked, ours is shown.

    :param authority: PEM of the bank's own authority, in addition to those the system trusts.
    """
    context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if authority:
        context.load_verify_locations(cadata=authority.decode())
    with _for_a_moment(identity.chain + identity.key) as path:
        context.load_cert_chain(path)
    return context


@contextmanager
def _for_a_moment(content):
    """A file that only we can read; Python takes certificates from files only."""
    handle, path = tempfile.mkstemp(suffix=".pem")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        yield path
    finally:
        os.unlink(path)
