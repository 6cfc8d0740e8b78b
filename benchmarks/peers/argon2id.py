"""Django's Argon2id with this project's parameters, without its queue and its threads."""

from django.contrib.auth.hashers import Argon2PasswordHasher

from egzaminator.accounts.hashers import CURRENT


class SameArgon2id(Argon2PasswordHasher):
    """Argon2id at the same cost."""

    time_cost, memory_cost, parallelism = CURRENT
