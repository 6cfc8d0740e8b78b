"""Validation of images that staff upload: headers are checked before decoding, and camera metadata is removed."""

import io
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError
from wagtail.images.fields import WagtailImageField

from egzaminator.panel.wagtail_compat.uploads import replace_content

# Pillow recognises these formats by a file's first bytes. None of its other decoders is tried on untrusted bytes.
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
    """A file field that accepts a still image with a bounded number of pixels and removes all its metadata."""

    animated = _("This image moves, and readers could not stop it. Send one that stands still.")
    too_many_pixels = _(
        "This image has more than %(millions)s million pixels. Make it smaller, for example 3000 × 2000 pixels."
    )

    def to_python(self, data: Any) -> Any:
        """Return the uploaded file, cleaned in place. Raise `ValidationError` if it is not accepted.

        It is changed in place, because Wagtail also stores the file that it was sent when another field has an error.
        """
        if isinstance(data, UploadedFile):
            self.check_image_file_size(data)
            self._check_header(data)
            replace_content(data, self._cleaned(data))
        return super().to_python(data)

    def _check_header(self, file: UploadedFile) -> None:
        with self._opened(file) as image:
            if image.width * image.height > self.max_image_pixels:
                raise self._too_large()
            # The JPEG files of many telephones contain a second picture (MPO format). Only the first one is kept.
            if image.format != "MPO" and getattr(image, "is_animated", False):
                raise ValidationError(self.animated, "animated")

    def _cleaned(self, file: UploadedFile) -> bytes:
        try:
            with self._opened(file) as image:
                kind = "JPEG" if image.format == "MPO" else str(image.format)
                return _without_metadata(image, kind)
        except (OSError, SyntaxError, ValueError, EOFError) as error:  # raised by Pillow for damaged data
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
    """Encode the image again: rotated as its camera says, in sRGB colours, without EXIF, XMP, IPTC or comments."""
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
    except (ImageCms.PyCMSError, OSError):  # the profile is damaged, so the colours stay as they are
        return image
