from django.apps import AppConfig


class RateLimitsConfig(AppConfig):
    name = "egzaminator.rate_limits"
    label = "rate_limits"
