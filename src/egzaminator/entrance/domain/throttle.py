import datetime
from typing import Final

from egzaminator.entrance.domain.credentials import Credentials
from egzaminator.limits.domain.guess import Counted, GuessLimits
from egzaminator.limits.domain.limit import Limit
from egzaminator.limits.domain.pause import Pause

_DAY: Final = datetime.timedelta(days=1)
_OFTEN: Final = Limit("login.often", most=5, period=datetime.timedelta(minutes=1))
_LONG: Final = "login.long"
# A school's teachers share one address, and all of them log in on the same day.
_CROWD: Final = Limit("login.crowd", most=300, period=datetime.timedelta(hours=1))
_PAUSE: Final = Pause(
    "login.pause",
    free=5,
    longest=datetime.timedelta(seconds=30),
    forgotten_after=datetime.timedelta(hours=1),
)

# As many wrong passwords as NIST SP 800-63B-4 (3.2.2) allows in a row.
LOGIN: Final = GuessLimits(often=_OFTEN, long=Limit(_LONG, most=100, period=_DAY), crowd=_CROWD, pause=_PAUSE)
# Registration numbers are short, and issued one after the other.
FIRST_LOGIN: Final = GuessLimits(often=_OFTEN, long=Limit(_LONG, most=10, period=_DAY), crowd=_CROWD, pause=_PAUSE)


def limits_of(credentials: Credentials) -> GuessLimits:
    """Give what holds for somebody: log-in for whoever has an account, first login for all others, known or not.

    Both count by the same rows, so that nobody can tell which of them it was.
    """
    return FIRST_LOGIN if credentials.account is None else LOGIN


def is_flood(counted: Counted) -> bool:
    """Tell whether a guess waits for its hash behind all others, with those that may be a flood.

    Whoever fills that queue sees which guesses stand in it. So it hangs on nothing but what is counted alike for
    everybody: not on the longer limit, nor on the pause, which other guesses prolong where there is an account.
    """
    return bool(counted.reached & {_OFTEN.name, _CROWD.name}) or counted.from_source > FIRST_LOGIN.long.most
