"""Where somebody's e-mail goes, and why they are left out: the one place that both decide."""

from collections import Counter
from dataclasses import dataclass
from typing import Final

from django.db import connection
from django.db.models import QuerySet

from egzaminator.mailings.enums import LeftOut
from egzaminator.register.models import Examiner

# Whether e-mails came back from the address of `person` (mail/domain/bounces.py).
IS_ON_HOLD: Final = "EXISTS (SELECT FROM mail_emailhold hold WHERE hold.email = lower(person.email))"

# Everybody in the register: the address that an e-mail to them goes to ("" if there is none), and why they are left out
# of a mailing ("" if they are not). Takes `is_informational`. An account's own address is confirmed, so it comes first;
# that of a form that nobody has activated may be a stranger's.
PEOPLE: Final = f"""
SELECT person.id, person.account_id, person.email, person.name,
    CASE
        WHEN person.deceased_on IS NOT NULL THEN '{LeftOut.DECEASED}'
        WHEN person.account_state = 'closed' THEN '{LeftOut.CLOSED}'
        WHEN person.email <> '' AND {IS_ON_HOLD} THEN '{LeftOut.ON_HOLD}'
        WHEN person.informational_off_at IS NOT NULL AND %(is_informational)s THEN '{LeftOut.TURNED_OFF}'
        ELSE ''
    END AS left_out
FROM (
    SELECT examiner.id, account.id AS account_id, account.state AS account_state, examiner.deceased_on,
        COALESCE(account.email, examiner.email) AS email, preference.informational_off_at,
        concat_ws(' ', NULLIF(examiner.first_names, '-'), NULLIF(examiner.surname, '-')) AS name
    FROM register_examiner examiner
    LEFT JOIN accounts_account account ON account.examiner_id = examiner.id
    LEFT JOIN mailings_preference preference ON preference.examiner_id = examiner.id
) person
"""  # noqa: S608 -- built from constants only

_REACH: Final = f"SELECT left_out, email = '', count(*) FROM ({PEOPLE}) person WHERE id IN ({{people}}) GROUP BY 1, 2"  # noqa: S608 -- built from constants only


@dataclass(frozen=True, slots=True)
class Reach:
    """How many people a mailing would go to now."""

    people: int
    without_email: int
    left_out: dict[LeftOut, int]
    """Whom it would leave out, by the reason; the others with an address get an e-mail."""

    @property
    def by_email(self) -> int:
        """How many would get an e-mail."""
        return self.people - self.without_email - sum(self.left_out.values())


def reach_of(people: QuerySet[Examiner], *, is_informational: bool) -> Reach:
    """Return how many of these people a mailing would reach now, in one query."""
    found, values = people.order_by().values("id").query.sql_with_params()
    named = {f"value{index}": value for index, value in enumerate(values)}
    statement = _REACH.format(people=found % tuple(f"%({name})s" for name in named))
    with connection.cursor() as cursor:
        cursor.execute(statement, {"is_informational": is_informational, **named})
        rows = cursor.fetchall()
    left_out = Counter[LeftOut]()
    for reason, _, count in rows:
        if reason:
            left_out[LeftOut(reason)] += count
    return Reach(
        people=sum(count for *_, count in rows),
        without_email=sum(count for reason, has_none, count in rows if has_none and not reason),
        left_out=dict(left_out),
    )
