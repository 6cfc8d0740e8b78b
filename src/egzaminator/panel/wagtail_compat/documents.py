"""Validation of documents that staff upload: few kinds, bounded size, no metadata about authors and programs."""

import io
import shutil
import zipfile
import zlib
from pathlib import PurePath
from typing import Any, Final

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _
from wagtail.documents.fields import WagtailDocumentField

from egzaminator.core.pdf_files import PdfError, PdfFault, clean_pdf
from egzaminator.panel.wagtail_compat.uploads import replace_content

# The words of `PlainDocumentField` for what is wrong with a PDF.
_WORDS: Final = {PdfFault.DAMAGED: "damaged", PdfFault.LOCKED: "locked", PdfFault.TOO_MUCH: "too_much"}
_MOST_PARTS: Final = 5_000
_MOST_BYTES: Final = 200 * 1024 * 1024  # of all parts together, uncompressed
_AT_ONCE: Final = 64 * 1024

_OOXML: Final = "http://schemas.openxmlformats.org"
_EMPTY: Final = {
    "docProps/core.xml": f'<coreProperties xmlns="{_OOXML}/package/2006/metadata/core-properties"/>',
    "docProps/app.xml": f'<Properties xmlns="{_OOXML}/officeDocument/2006/extended-properties"/>',
    "docProps/custom.xml": f'<Properties xmlns="{_OOXML}/officeDocument/2006/custom-properties"/>',
    "meta.xml": (
        '<office:document-meta xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" office:version="1.3"/>'
    ),
}
# The part that an archive of each kind must contain.
_HEART: Final = {"docx": "word/document.xml", "xlsx": "xl/workbook.xml", "odt": "content.xml", "ods": "content.xml"}


class PlainDocumentField(WagtailDocumentField):  # type: ignore[misc]  # Wagtail has no types
    """A file field that accepts the kinds in `WAGTAILDOCS_EXTENSIONS` and removes the document's metadata."""

    wrong_kind = _("Documents of this kind are not taken. Send one of: %(kinds)s.")
    damaged = _("This file is not what its name says, or it is damaged. Open it, save it again, and send it once more.")
    locked = _("This PDF is protected by a password. Save it without one: readers could not open it.")
    too_much = _("This document unpacks to more than can be taken. Send it in parts.")

    def to_python(self, data: Any) -> Any:
        """Return the uploaded file, cleaned in place. Raise `ValidationError` if it is not accepted.

        It is changed in place, because Wagtail also stores the file that it was sent when another field has an error.
        """
        if isinstance(data, UploadedFile):
            self.check_document_file_size(data)
            kind = PurePath(data.name or "").suffix.lower().removeprefix(".")
            if kind not in settings.WAGTAILDOCS_EXTENSIONS:
                kinds = ", ".join(settings.WAGTAILDOCS_EXTENSIONS)
                raise ValidationError(self.wrong_kind, "wrong_kind", {"kinds": kinds})
            content = self._clean_pdf(data) if kind == "pdf" else self._clean_archive(data, _HEART[kind])
            if content is not None:
                replace_content(data, content)
        return super().to_python(data)

    def _clean_pdf(self, file: UploadedFile) -> bytes | None:
        """Return the PDF with no metadata but its title. Return None if it is signed: a change breaks a signature."""
        try:
            # The public pages offer forms to be filled in, whose scripts are of use.
            return clean_pdf(file, keep_active=True)
        except PdfError as error:
            if error.fault is PdfFault.SIGNED:
                return None
            raise ValidationError(getattr(self, _WORDS[error.fault]), _WORDS[error.fault]) from error

    def _clean_archive(self, file: UploadedFile, heart: str) -> bytes:
        """Return an office document with emptied metadata parts. The parts with its content are unchanged."""
        file.seek(0)
        output = io.BytesIO()
        try:
            with zipfile.ZipFile(file) as source, zipfile.ZipFile(output, "w") as target:
                parts = source.infolist()
                if len(parts) > _MOST_PARTS or sum(part.file_size for part in parts) > _MOST_BYTES:
                    raise ValidationError(self.too_much, "too_much")
                if heart not in source.NameToInfo:
                    raise ValidationError(self.damaged, "damaged")
                for part in parts:
                    _copy_part(source, target, part)
        except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, zlib.error) as error:
            raise ValidationError(self.damaged, "damaged") from error
        return output.getvalue()


def _copy_part(source: zipfile.ZipFile, target: zipfile.ZipFile, part: zipfile.ZipInfo) -> None:
    copy = zipfile.ZipInfo(part.filename)  # without time, comment and fields of the operating system
    copy.compress_type = zipfile.ZIP_STORED if part.compress_type == zipfile.ZIP_STORED else zipfile.ZIP_DEFLATED
    if part.filename in _EMPTY:
        target.writestr(copy, f'<?xml version="1.0" encoding="UTF-8"?>\n{_EMPTY[part.filename]}')
        return
    copy.file_size = part.file_size
    with source.open(part) as old, target.open(copy, "w") as new:
        shutil.copyfileobj(old, new, _AT_ONCE)
