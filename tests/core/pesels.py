"""Valid PESELs for tests, computed by the rules of the law and not by the code under test."""

import datetime

_MONTHS_ADDED = {18: 80, 19: 0, 20: 20}


def pesel_of(born: datetime.date, ordinal: int) -> str:
    month = born.month + _MONTHS_ADDED[born.year // 100]
    stem = f"{born.year % 100:02}{month:02}{born.day:02}{ordinal:04}"
    weighed = sum(weight * int(digit) for weight, digit in zip((1, 3, 7, 9, 1, 3, 7, 9, 1, 3), stem, strict=True))
    return f"{stem}{-weighed % 10}"
