"""Register files that staff read in by browser: uploaded, checked and applied, without the jobs' processes."""

import io
import uuid

from egzaminator.audit.actor import Actor
from egzaminator.panel.domain.own_rows import own_rows
from egzaminator.register.domain.imports.apply import apply_import
from egzaminator.register.domain.imports.browser import ask_to_apply, begin_import
from egzaminator.register.domain.imports.check import check_import
from egzaminator.register.domain.imports.preview import PreviewPart, PreviewRow, preview
from egzaminator.register.enums import ImportState
from egzaminator.register.models import Import
from egzaminator.stored_files.domain.files import write_file
from tests.register.files import csv_file

OFFICER = Actor(uuid.UUID(int=77))


def upload(file: io.BytesIO, *, by: Actor = OFFICER, name: str = "decyzje.csv") -> Import:
    assert by.account_id is not None
    stored = write_file(owner=by.account_id, purpose="import", name="import", content=[file.getvalue()])
    return begin_import(import_id=uuid.uuid4(), file=stored, name=name, by=by)


def now(one: Import) -> Import:
    return Import.objects.select_related("file", "parsed").get(pk=one.pk)


def checked(*rows: dict[str, str], by: Actor = OFFICER) -> Import:
    one = upload(csv_file(*rows), by=by)
    check_import(own_rows=own_rows)
    one = now(one)
    assert one.state == ImportState.CHECKED
    return one


def apply(one: Import, *, by: Actor = OFFICER) -> Import:
    ask_to_apply(one=one, by=by)
    apply_import(may_apply=lambda _: True, own_rows=own_rows)
    return now(one)


def applied(*rows: dict[str, str], by: Actor = OFFICER) -> Import:
    one = apply(checked(*rows, by=by), by=by)
    assert one.state == ImportState.APPLIED
    return one


def part(one: Import, which: PreviewPart) -> list[PreviewRow]:
    return preview(of=now(one), part=which).rows
