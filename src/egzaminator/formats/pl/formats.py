"""Dates as people read them. What they type is read by Django's own formats for Polish: `22.11.2026`, `2026-11-22`."""

DATE_FORMAT = "l, j E Y"
DATETIME_FORMAT = "l, j E Y, H:i"
TIME_FORMAT = "H:i"
SHORT_DATE_FORMAT = "Y-m-d"
SHORT_DATETIME_FORMAT = "Y-m-d H:i"
