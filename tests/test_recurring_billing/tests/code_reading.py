"""Payment codes read back from what people see: the printed page, the portal page, the picture in an e-mail."""

import base64
import io
import re

from PIL import Image, ImageDraw
from pypdf import PdfReader
from pypdf.generic import ContentStream

PIXELS_PER_MODULE = 8
ZOOM = 4  # pixels a point of a page
SVG_RUN = re.compile(r"M(\d+) (\d+)h(\d+)v1h-\d+z")


def codes_in(picture) -> list[str]:
    """The texts of the QR codes that a picture shows."""
    import zxingcpp

    return [each.text for each in zxingcpp.read_barcodes(picture) if each.format == zxingcpp.BarcodeFormat.QRCode]


def codes_in_html(html: str) -> list[str]:
    """Of the pictures that a page or a message carries within itself."""
    found = []
    for kind, data in re.findall(r"data:image/(svg\+xml|png);base64,([A-Za-z0-9+/=]+)", html):
        content = base64.b64decode(data)
        found += codes_in(_svg(content.decode()) if kind.startswith("svg") else Image.open(io.BytesIO(content)).convert("L"))
    return found


def codes_in_pdf(pdf: bytes) -> list[str]:
    """Of the pages of a PDF, as they are drawn."""
    reader = PdfReader(io.BytesIO(pdf))
    return [text for page in reader.pages for text in codes_in(_page(page, reader))]


def _svg(svg):
    side = int(re.search(r'viewBox="0 0 (\d+) \1"', svg)[1])
    picture = Image.new("L", (side * PIXELS_PER_MODULE,) * 2, 255)
    draw = ImageDraw.Draw(picture)
    for column, row, length in (map(int, run) for run in SVG_RUN.findall(svg)):
        corner = (column * PIXELS_PER_MODULE, row * PIXELS_PER_MODULE)
        draw.rectangle(
            (*corner, corner[0] + length * PIXELS_PER_MODULE - 1, corner[1] + PIXELS_PER_MODULE - 1),
            fill=0,
        )
    return picture


def _page(page, reader):
    """What a page fills with colours, drawn in order; letters and lines are left out."""
    width, height = float(page.mediabox.width), float(page.mediabox.height)
    picture = Image.new("L", (round(width * ZOOM), round(height * ZOOM)), 255)
    draw = ImageDraw.Draw(picture)
    matrix, grey, stack = (1, 0, 0, 1, 0, 0), 0, []
    path = []
    for operands, operator in ContentStream(page.get_contents(), reader).operations:
        numbers = [float(each) for each in operands if isinstance(each, int | float)]
        if operator == b"q":
            stack.append((matrix, grey))
        elif operator == b"Q" and stack:
            matrix, grey = stack.pop()
        elif operator == b"cm":
            matrix = _times(numbers, matrix)
        elif operator in (b"scn", b"rg") and len(numbers) == 3:
            grey = round(255 * sum(numbers) / 3)
        elif operator == b"m":
            path.append([_place(matrix, *numbers)])
        elif operator == b"l" and path:
            path[-1].append(_place(matrix, *numbers))
        elif operator == b"re":
            left, bottom, wide, high = numbers
            corners = ((left, bottom), (left + wide, bottom), (left + wide, bottom + high), (left, bottom + high))
            path.append([_place(matrix, *corner) for corner in corners])
        elif operator in (b"f", b"f*", b"n", b"S"):
            if operator.startswith(b"f"):
                for shape in path:
                    if len(shape) > 2:
                        draw.polygon([(x * ZOOM, (height - y) * ZOOM) for x, y in shape], fill=grey)
            path = []
    return picture


def _times(inner, outer):
    a, b, c, d, e, f = inner
    return (
        a * outer[0] + b * outer[2],
        a * outer[1] + b * outer[3],
        c * outer[0] + d * outer[2],
        c * outer[1] + d * outer[3],
        e * outer[0] + f * outer[2] + outer[4],
        e * outer[1] + f * outer[3] + outer[5],
    )


def _place(matrix, x, y):
    return matrix[0] * x + matrix[2] * y + matrix[4], matrix[1] * x + matrix[3] * y + matrix[5]
