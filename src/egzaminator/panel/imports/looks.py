"""The pages of a preview that staff look at. Each is counted as one look-up, and recorded with who was on it."""

from egzaminator.audit.actor import Actor
from egzaminator.audit.enums import Tag
from egzaminator.core.paging import Page
from egzaminator.panel.domain.examiner_lookup import hit_lookup_limit
from egzaminator.panel.domain.looks import record_look
from egzaminator.register.domain.imports.preview import PreviewPart, PreviewRow, preview
from egzaminator.register.models import Import


def look_at_rows(*, of: Import, part: PreviewPart, after: int | None, by: Actor) -> Page[PreviewRow]:
    """Return a page of a preview. Count and record it. Raise `LimitReachedError` at the limit of look-ups.

    Of whom the register does not have there is nothing to record: what the page shows of them the reader has sent.
    """
    hit_lookup_limit(by=by, whom=f"import\0{of.pk}\0{part}\0{after}")
    page = preview(of=of, part=part, after=after)
    people = sorted({str(row.examiner_id) for row in page.rows if row.examiner_id})
    record_look(tag=Tag.EXAMINERS_LISTED, by=by, subject=None, details={"import": str(of.pk), "examiners": people})
    return page
