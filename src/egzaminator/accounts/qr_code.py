from dataclasses import dataclass

import qrcode  # type: ignore[import-untyped]  # its stubs are a package of their own


@dataclass(frozen=True, slots=True)
class QrCode:
    """A QR code as an SVG draws it: the length of its side, and the path of its dark squares."""

    side: int
    path: str


def qr_code(text: str) -> QrCode:
    """Take a text; give its QR code, with the quiet zone of four squares that the standard asks for."""
    code = qrcode.QRCode()
    code.add_data(text)
    matrix = code.get_matrix()
    squares = (
        f"M{column},{row}h1v1h-1z" for row, line in enumerate(matrix) for column, dark in enumerate(line) if dark
    )
    return QrCode(side=len(matrix), path="".join(squares))
