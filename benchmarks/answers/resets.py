import itertools
from collections.abc import Callable, Iterator
from functools import partial

from benchmarks.answers.people import People, pesel_digits
from benchmarks.answers.sender import send
from benchmarks.measuring.report import size
from egzaminator.login.domain.password_reset import BY_NAME
from egzaminator.rate_limits.domain.counters import hit
from egzaminator.register.models import Examiner

# More of one name an hour are past the limit.
_REQUESTS_A_NAME = 8
# For the warm-up requests.
_SPARE = size(50, smoke=2)


def requests_for_a_password(people: People, requests: int) -> dict[str, Iterator[Callable[[], float]]]:
    """Create people of every kind who may ask for a new password. Return endless requests for one, by kind."""
    count = requests // _REQUESTS_A_NAME + _SPARE
    waiting = people.examiners(count)
    people.claims(waiting)
    names = {
        "unknown": people.unknown(count),
        "no account": _names(people.examiners(count)),
        "account": _names(people.accounts(count)),
        "blocked": _names(people.accounts(count, is_active=False)),
        "claim": _names(waiting),
        "throttled": _names(people.accounts(count)),
    }
    for name in names["throttled"]:
        for _ in range(BY_NAME.most):
            hit(limit=BY_NAME, of=name)
    return {kind: _all(of_kind) for kind, of_kind in names.items()}


def _names(examiners: list[Examiner]) -> list[str]:
    return [pesel_digits(examiner) for examiner in examiners]


def _all(names: list[str]) -> Iterator[Callable[[], float]]:
    for name in itertools.cycle(names):
        yield partial(send, "/konto/haslo/", {"name": name}, status="302")
