"""A minimal site with django-allauth, as its documentation sets it up: log-ins by e-mail, without rate limits.

Run in a process of its own, because Django has one set of settings a process: `python -m benchmarks.peers.allauth_site
PORT USERS PASSWORD`, with PEER_DATABASE, Django's settings of an empty database in JSON.
"""

import json
import os
import secrets
import sys

import django
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.core.management import call_command
from django.http import HttpRequest, HttpResponse
from django.urls import include, path


def email_of(number: int) -> str:
    """Return the e-mail address that a user logs in with."""
    return f"user{number}@example.org"


def configure() -> None:
    """Set up Django with the documented settings of allauth and of Django's deployment checklist."""
    settings.configure(
        SECRET_KEY=secrets.token_urlsafe(50),
        ALLOWED_HOSTS=["localhost"],
        ROOT_URLCONF="benchmarks.peers.allauth_site",
        WSGI_APPLICATION="benchmarks.peers.allauth_site.application",
        DATABASES={"default": json.loads(os.environ["PEER_DATABASE"]) | {"CONN_MAX_AGE": 60}},
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        USE_TZ=True,
        INSTALLED_APPS=[
            "django.contrib.auth",
            "django.contrib.contenttypes",
            "django.contrib.sessions",
            "django.contrib.messages",
            "allauth",
            "allauth.account",
        ],
        MIDDLEWARE=[
            "django.middleware.security.SecurityMiddleware",
            "django.contrib.sessions.middleware.SessionMiddleware",
            "django.middleware.common.CommonMiddleware",
            "django.middleware.csrf.CsrfViewMiddleware",
            "django.contrib.auth.middleware.AuthenticationMiddleware",
            "django.contrib.messages.middleware.MessageMiddleware",
            "django.middleware.clickjacking.XFrameOptionsMiddleware",
            "allauth.account.middleware.AccountMiddleware",
        ],
        TEMPLATES=[
            {
                "BACKEND": "django.template.backends.django.DjangoTemplates",
                "APP_DIRS": True,
                "OPTIONS": {
                    "context_processors": [
                        "django.template.context_processors.request",
                        "django.contrib.auth.context_processors.auth",
                        "django.contrib.messages.context_processors.messages",
                    ]
                },
            }
        ],
        AUTHENTICATION_BACKENDS=["allauth.account.auth_backends.AuthenticationBackend"],
        # The same hash. Its class is a plain subclass of Django's, with the parameters of this project.
        PASSWORD_HASHERS=["benchmarks.peers.argon2id.SameArgon2id"],
        ACCOUNT_LOGIN_METHODS={"email"},
        ACCOUNT_SIGNUP_FIELDS=["email*", "password1*", "password2*"],
        ACCOUNT_EMAIL_VERIFICATION="mandatory",
        ACCOUNT_RATE_LIMITS=False,
        LOGIN_REDIRECT_URL="/",
    )
    django.setup()


def make_users(count: int, password: str) -> None:
    """Create users with verified e-mail addresses."""
    from allauth.account.models import EmailAddress  # noqa: PLC0415 -- needs Django set up
    from django.contrib.auth.hashers import make_password  # noqa: PLC0415 -- needs Django set up
    from django.contrib.auth.models import User  # noqa: PLC0415 -- needs Django set up

    encoded = make_password(password)
    users = User.objects.bulk_create(
        User(username=f"user{number}", email=email_of(number), password=encoded) for number in range(count)
    )
    EmailAddress.objects.bulk_create(
        EmailAddress(user=user, email=user.email, verified=True, primary=True) for user in users
    )


def _home(_request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok")


urlpatterns = [path("", _home), path("accounts/", include("allauth.account.urls"))] if settings.configured else []


def load_application() -> WSGIHandler:
    """Return the WSGI application, called in a worker process."""
    from django.core.wsgi import get_wsgi_application  # noqa: PLC0415 -- needs Django set up

    if not settings.configured:  # in a process that was not forked
        configure()
    return get_wsgi_application()


def main() -> None:
    """Create the users and serve the site, by the same web server as the project's own."""
    port, users, password = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
    configure()
    from django.db import connection  # noqa: PLC0415 -- needs Django set up
    from granian.constants import HTTPModes, Interfaces  # noqa: PLC0415
    from granian.log import LogLevels  # noqa: PLC0415
    from granian.server import Server  # noqa: PLC0415

    from egzaminator.runtime.web_server import THREADS  # noqa: PLC0415

    call_command("migrate", verbosity=0)
    make_users(users, password)
    connection.close()
    server = Server(
        "application",
        address="127.0.0.1",
        port=port,
        interface=Interfaces.WSGI,
        http=HTTPModes.http1,
        workers=1,
        blocking_threads=THREADS,
        log_access=False,
        log_level=LogLevels.error,
    )
    server.serve(target_loader=load_application, wrap_loader=False)


if __name__ == "__main__":
    main()
