"""The download of an attachment."""

from django.http import StreamingHttpResponse
from django.utils.http import content_disposition_header

from egzaminator.mailings.domain.attachments import pieces_of
from egzaminator.mailings.models import Attachment


def attachment_response(attachment: Attachment) -> StreamingHttpResponse:
    """Return a PDF that browsers save, and show only without any right of the site's own."""
    response = StreamingHttpResponse(pieces_of(attachment), content_type="application/pdf")
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=attachment.name) or ""
    response["Content-Length"] = str(attachment.file.size)
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "no-store"
    return response
