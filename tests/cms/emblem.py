"""An emblem as staff might send it, for tests of what pages show."""

import io
from typing import Final

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image
from wagtail.images.models import Image as StoredImage
from wagtail.models import Collection

CAMERA: Final = b"Jan Kowalski, 52.4064N 16.9252E"


def stored_emblem(size: tuple[int, int] = (1200, 900), kind: str = "PNG") -> StoredImage:
    """Return a stored image. It was not sent to the panel, so its metadata are still in it."""
    if not Collection.objects.exists():
        Collection.add_root(name="Root")
    file = io.BytesIO()
    exif = Image.Exif()
    exif[0x013B] = CAMERA.decode()  # the artist
    Image.effect_noise(size, 80).convert("RGB").save(file, kind, exif=exif)
    return StoredImage.objects.create(title="Logo", file=SimpleUploadedFile(f"logo.{kind.lower()}", file.getvalue()))
