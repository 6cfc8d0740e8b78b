from django.apps import AppConfig


class OnboardingConfig(AppConfig):
    name = "egzaminator.onboarding"
    label = "onboarding"
