"""Files that strangers send as receipts: what they really are, whatever they are called."""

PDF, JPEG, PNG, WEBP = "application/pdf", "image/jpeg", "image/png", "image/webp"
ENDINGS = {PDF: "pdf", JPEG: "jpg", PNG: "png", WEBP: "webp"}
LARGEST = 12 * 1024 * 1024
"""Bytes: a photo of a phone fits, with all its pixels."""


def kind_of(content: bytes) -> str | None:
    """The media type of a receipt by its first bytes; None for what is no picture and no PDF.

    >>> kind_of(b"%PDF-1.7 ...")
    'application/pdf'
    >>> kind_of(b"<html><script>") is None
    True
    """
    if content.startswith(b"%PDF-"):
        return PDF
    if content.startswith(b"\xff\xd8\xff"):
        return JPEG
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return PNG
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return WEBP
    return None
