"""Images that staff upload: looked at before they are decoded, and kept without what the camera wrote into them."""

import io
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError
from wagtail.images.fields import WagtailImageField

from egzaminator.panel.uploads import replace_content

# Tells a file by its first bytes and reads no more; nothing else of what Pillow knows is tried on a stranger's bytes.
_FORMATS: Final = ("PNG", "JPEG", "GIF", "WEBP")
_SAVING: Final[dict[str, dict[str, Any]]] = {
    "JPEG": {"quality": 90, "optimize": True},
    "WEBP": {"quality": 90},
    "PNG": {"optimize": False},
    "GIF": {},
}
_JPEG_MODES: Final = ("L", "RGB")
_WITH_ALPHA: Final = "RGBA"


class StillImageField(WagtailImageField):  # type: ignore[misc]  # Wagtail has no types
    """Takes an image of a bounded number of pixels that does not move, and takes all metadata out of it."""

    animated = _("This image moves, and readers could not stop it. Send one that stands still.")
    too_many_pixels = _(
        "This image has more than %(millions)s million pixels. Make it smaller, for example 3000 × 2000 pixels."
    )

    def to_python(self, data: Any) -> Any:
        """Give the file, cleaned in place: Wagtail also keeps what it was sent, if another field is wrong."""
        if isinstance(data, UploadedFile):
            self.check_image_file_size(data)
            self._check_header(data)
            replace_content(data, self._cleaned(data))
        return super().to_python(data)

    def _check_header(self, file: UploadedFile) -> None:
        with self._opened(file) as image:
            if image.width * image.height > self.max_image_pixels:
                raise self._too_large()
            # Many a telephone's JPEG carries a second picture behind the first (MPO), which is not kept.
            if image.format != "MPO" and getattr(image, "is_animated", False):
                raise ValidationError(self.animated, "animated")

    def _cleaned(self, file: UploadedFile) -> bytes:
        try:
            with self._opened(file) as image:
                kind = "JPEG" if image.format == "MPO" else str(image.format)
                return _without_metadata(image, kind)
        except (OSError, SyntaxError, ValueError, EOFError) as error:  # what Pillow raises for damaged data
            raise self._not_an_image() from error

    def _opened(self, file: UploadedFile) -> Image.Image:
        file.seek(0)
        try:
            return Image.open(file, formats=_FORMATS)
        except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
            raise self._too_large() from error
        except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as error:
            raise self._not_an_image() from error

    def _too_large(self) -> ValidationError:
        return ValidationError(
            self.too_many_pixels, "too_many_pixels", {"millions": self.max_image_pixels // 1_000_000}
        )

    def _not_an_image(self) -> ValidationError:
        return ValidationError(self.error_messages["invalid_image"], "invalid_image")


def _without_metadata(image: Image.Image, kind: str) -> bytes:
    """Draw the image anew: turned as its camera says, in the web's colours, without EXIF, XMP, IPTC or comments."""
    turned = _in_srgb(ImageOps.exif_transpose(image))
    if kind == "JPEG" and turned.mode not in _JPEG_MODES:
        turned = turned.convert("RGB")
    if "transparency" in turned.info and kind != "GIF":
        turned = turned.convert(_WITH_ALPHA)
    turned.info = {key: turned.info[key] for key in ("transparency",) if key in turned.info}
    output = io.BytesIO()
    turned.save(output, kind, **_SAVING[kind])
    return output.getvalue()


def _in_srgb(image: Image.Image) -> Image.Image:
    profile = image.info.get("icc_profile")
    if not profile or image.mode not in {"RGB", _WITH_ALPHA}:
        return image
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        return ImageCms.profileToProfile(image, source, ImageCms.createProfile("sRGB")) or image
    except (ImageCms.PyCMSError, OSError):  # a damaged profile: the colours are shown as they are
        return image
