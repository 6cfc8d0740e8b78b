import datetime
from collections.abc import Sequence

# A date or a time only where a workbook says that it is one; everything else is text.
Cell = str | datetime.date | datetime.time | datetime.timedelta
# The line that a row begins on, counted from 1, and its cells.
Row = tuple[int, Sequence[Cell]]
