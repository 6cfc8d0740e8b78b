from django.db import models


class CacheVersion(models.Model):
    """The cache version of the public pages, in a single row: the number of changes so far."""

    number = models.BigIntegerField(default=0)
