"""QR codes as pictures: vectors for paper and pages, sharp at any size and small; PNG for e-mail, whose readers show no vectors. Both are
drawn without a graphics library.
"""

import struct
import zlib

from reportlab.graphics.barcode.qr import QrCodeWidget

QUIET = 2  # white modules around the code; the paper around it is white too


def qr_svg(text: str, level: str = "M") -> bytes:
    """A QR code as SVG: one path of the horizontal runs of dark modules.

    :param level: error correction: L, M, Q or H; M survives a crease or a stain.
    """
    code, size = _code(text, level)
    runs = [
        f"M{start + QUIET} {row + QUIET}h{length}v1h-{length}z"
        for row in range(size)
        for start, length in _runs([code.isDark(row, column) for column in range(size)])
    ]
    side = size + 2 * QUIET
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}" shape-rendering="crispEdges">'
        f'<rect width="{side}" height="{side}" fill="#fff"/><path d="{"".join(runs)}"/></svg>'
    ).encode()


def qr_png(text: str, level: str = "M", scale: int = 6) -> bytes:
    """A QR code as PNG: black and white, ``scale`` pixels a module."""
    code, size = _code(text, level)
    side = (size + 2 * QUIET) * scale
    blank = b"\0" + b"\xff" * ((side + 7) // 8)
    rows = [blank] * (QUIET * scale)
    for row in range(size):
        light = [True] * QUIET + [not code.isDark(row, column) for column in range(size)] + [True] * QUIET
        bits = "".join(("1" if each else "0") * scale for each in light)
        bits += "1" * (-len(bits) % 8)
        rows += [b"\0" + int(bits, 2).to_bytes(len(bits) // 8, "big")] * scale
    rows += [blank] * (QUIET * scale)
    header = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)  # one bit a pixel, grey
    chunks = (b"IHDR", header), (b"IDAT", zlib.compress(b"".join(rows), 9)), (b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in chunks
    )


def _code(text, level):
    code = QrCodeWidget(text, barLevel=level).qr
    code.make()
    return code, code.getModuleCount()


def _runs(dark):
    """(start, length) of each run of dark modules in a row."""
    start = None
    for column, is_dark in enumerate([*dark, False]):
        if is_dark and start is None:
            start = column
        elif not is_dark and start is not None:
            yield start, column - start
            start = None
