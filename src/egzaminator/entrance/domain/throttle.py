import datetime
from typing import Final

from egzaminator.entrance.domain.credentials import Credentials
from egzaminator.limits.domain.guess import Counted, GuessLimits
from egzaminator.limits.domain.limit import Limit
from egzaminator.limits.domain.pause import Pause

_DAY: Final = datetime.timedelta(days=1)
_OFTEN: Final = Limit("login.often", most=5, period=datetime.timedelta(minutes=1))
_LONG: Final = "login.long"
# Persons new to one network. A school's teachers share one IP address, and all of them log in on the same day.
_CROWD: Final = Limit("login.crowd", most=300, period=datetime.timedelta(hours=1))
_PAUSE: Final = Pause(
    "login.pause",
    free=5,
    longest=datetime.timedelta(seconds=30),
    forgotten_after=datetime.timedelta(hours=1),
)

# The daily limit is the number of consecutive wrong passwords that NIST SP 800-63B-4 (3.2.2) allows.
LOGIN: Final = GuessLimits(often=_OFTEN, long=Limit(_LONG, most=100, period=_DAY), crowd=_CROWD, pause=_PAUSE)
# The daily limit is lower, because registration numbers are short and issued in sequence.
FIRST_LOGIN: Final = GuessLimits(often=_OFTEN, long=Limit(_LONG, most=10, period=_DAY), crowd=_CROWD, pause=_PAUSE)


def limits_of(credentials: Credentials) -> GuessLimits:
    """Return the rate limits of an attempt: those of a log-in if there is an account, else of a first login.

    Unknown names get those of a first login as well. Both count in the same rows, so that nobody can tell which of them
    applied.
    """
    return FIRST_LOGIN if credentials.account is None else LOGIN


def is_flood(counted: Counted) -> bool:
    """Return whether an attempt waits for its hash behind all others, with those that may be a flood.

    Whoever fills that queue can see which attempts stand in it (side channel). So the answer depends only on what is
    counted alike for every name. It does not depend on the daily limit, which is higher where there is an account, nor
    on the backoff, which other people's attempts extend where there is one.
    """
    return bool(counted.reached & {_OFTEN.name, _CROWD.name}) or counted.from_source > FIRST_LOGIN.long.most
