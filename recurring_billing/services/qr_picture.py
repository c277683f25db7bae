"""QR codes as vector pictures: sharp at any size on paper, small in the page, and drawn without a graphics library."""

from reportlab.graphics.barcode.qr import QrCodeWidget

QUIET = 2  # white modules around the code; the paper around it is white too


def qr_svg(text: str, level: str = "M") -> bytes:
    """A QR code as SVG: one path of the horizontal runs of dark modules.

    :param level: error correction: L, M, Q or H; M survives a crease or a stain.
    """
    code = QrCodeWidget(text, barLevel=level).qr
    code.make()
    size = code.getModuleCount()
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


def _runs(dark):
    """(start, length) of each run of dark modules in a row."""
    start = None
    for column, is_dark in enumerate([*dark, False]):
        if is_dark and start is None:
            start = column
        elif not is_dark and start is not None:
            yield start, column - start
            start = None
