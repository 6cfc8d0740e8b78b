import itertools
from collections.abc import Callable, Iterator
from functools import partial

from benchmarks.answers.people import People, number_of, pesel_digits
from benchmarks.answers.sender import new_network, send
from benchmarks.measuring.report import size
from egzaminator.login.domain.log_in import FIRST_LOGIN, LOGIN
from egzaminator.rate_limits.domain.attempts import Attempt, record_attempt
from egzaminator.register.enums import EntryState
from egzaminator.register.models import Examiner

# With more attempts at one person from anywhere, the next one would have to wait (backoff).
_ATTEMPTS_A_PERSON = 4
# For the warm-up requests.
_SPARE = size(50, smoke=2)
_WRONG = "nobody's password here"


def refused_log_ins(people: People, requests: int) -> dict[str, Iterator[Callable[[], float]]]:
    """Create people of every kind whose log-in is refused. Return endless attempts to log in, by kind."""
    count = requests // _ATTEMPTS_A_PERSON + _SPARE
    waiting, crowded = people.examiners(count), people.examiners(count)
    people.claims(waiting)
    people.claims(crowded, 20)
    blocked, throttled = people.accounts(count, is_active=False), people.examiners(count)
    return {
        "unknown": _all(people.unknown(count)),
        "wrong number": _each(people.examiners(count)),
        "struck off": _each(people.examiners(count, state=EntryState.STRUCK_OFF), with_number=True),
        "taken": _each(people.accounts(count), with_number=True),
        "wrong password": _each(people.accounts(count)),
        "blocked": _each(blocked),
        "one claim": _each(waiting),
        "twenty claims": _each(crowded),
        "throttled number": _throttled(throttled, FIRST_LOGIN.daily.most),
        "throttled password": _throttled(people.accounts(count), LOGIN.burst.most),
    }


def _all(names: list[str], secret: str = _WRONG) -> Iterator[Callable[[], float]]:
    for name in itertools.cycle(names):
        yield partial(send, "/konto/logowanie/", {"name": name, "secret": secret}, status="302")


def _each(examiners: list[Examiner], *, with_number: bool = False) -> Iterator[Callable[[], float]]:
    for examiner in itertools.cycle(examiners):
        name = pesel_digits(examiner)
        form = {"name": name, "secret": number_of(name) if with_number else _WRONG}
        yield partial(send, "/konto/logowanie/", form, status="302")


def _throttled(examiners: list[Examiner], most: int) -> Iterator[Callable[[], float]]:
    for examiner in itertools.cycle(examiners):
        network = new_network()
        attempt = Attempt(account_key=str(examiner.id), client_key=network)
        for _ in range(most):
            record_attempt(limits=LOGIN, attempt=attempt)
        form = {"name": pesel_digits(examiner), "secret": _WRONG}
        yield partial(send, "/konto/logowanie/", form, network=network, status="302")
