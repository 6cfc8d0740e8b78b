from egzaminator.disclosure.domain.records import Record, record
from egzaminator.register.models import Decision, Entry, Examiner

_PERSON = (
    "identifier", "surname", "first_names", "email", "email_since", "deceased_on", "deceased_marked_at", "created_at",
    "updated_at",
)  # fmt: skip


def register_data(*, examiner: Examiner) -> dict[str, list[Record]]:
    """Return what the register holds about an examiner, by section: the person, entries, decisions.

    Raise `UndecryptableError`.
    """
    pesel = examiner.pesel
    entries = Entry.objects.filter(examiner=examiner).select_related("scope").order_by("entered_on", "number_key")
    decisions = Decision.objects.filter(entry__examiner=examiner).select_related("entry").order_by("decided_on", "id")
    return {
        "person": [
            {
                "pesel": pesel.digits if pesel else "",
                **record(
                    examiner,
                    _PERSON,
                ),
            }
        ],
        "entries": [
            {
                **record(entry, ("number", "state", "entered_on")),
                "scope_code": entry.scope.code,
                "scope_name": entry.scope.name,
                "exam_kind": entry.scope.exam_kind,
            }
            for entry in entries
        ],
        "decisions": [
            {"number": decision.entry.number, **record(decision, ("kind", "reference", "decided_on", "ground"))}
            for decision in decisions
        ],
    }
