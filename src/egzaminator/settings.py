"""Django's settings. Values that differ between installations come from the environment (docs/production.md)."""

import datetime
import os
from pathlib import Path
from urllib.parse import urlsplit

from csp.constants import NONE, SELF
from environs import validate

from egzaminator.runtime import postgres
from egzaminator.runtime.environment import DEFAULT_RETURN_PATH, HIGHEST_PORT, read_environment, require_valid
from egzaminator.runtime.logs import logging_settings

PACKAGE_DIR = Path(__file__).resolve().parent
ROOT_DIR = PACKAGE_DIR.parent.parent
# What a wheel brings along: collected static files and the staff's guides. A source tree does not have it.
_PACKAGED_DIR = PACKAGE_DIR / "packaged"
_IS_PACKAGED = _PACKAGED_DIR.is_dir()

# The environment ------------------------------------------------------------------------------------------------------

_data_dir = Path("/var/lib/egzaminator") if _IS_PACKAGED else ROOT_DIR / "var"
DATA_DIR = Path(os.environ.get("DATA_DIR") or _data_dir).absolute()
_env = read_environment(DATA_DIR)

DEMO = _env.bool("DEMO", False)
# Debug pages show tracebacks with all variables, so they are allowed only with the demo's invented people (`make dev`).
DEBUG = DEMO and _env.bool("DEBUG", False)
SECRET_KEY = _env.str("SECRET_KEY", validate=validate.Length(min=50, error="give it 50 random characters or more"))
ENCRYPTION_KEYS = _env.keys("ENCRYPTION_KEYS")
BLIND_INDEX_KEY = _env.key("BLIND_INDEX_KEY")
PUBLIC_BASE_URL = _env.base_url("PUBLIC_BASE_URL")
MAIL_SERVER = _env.mail_server("EMAIL_URL")
# Bulk e-mails a minute, by all workers together; without it as many as go.
MAIL_RATE = _env.int("MAIL_RATE", None, validate=validate.Range(min=1, max=100_000))
# Where e-mails come back to, and the mailbox in which they are read; None: nobody reads them.
RETURN_PATH = _env.return_path("RETURN_PATH", DEFAULT_RETURN_PATH)
BOUNCE_MAILBOX = _env.imap_mailbox("BOUNCE_MAILBOX_URL", None)
TRUSTED_PROXY_COUNT = _env.int("TRUSTED_PROXY_COUNT", 0, validate=validate.Range(min=0, max=9))
# The minimum length of a password that is the only factor (NIST SP 800-63B-4, section 3.1.1.2); never under 8.
PASSWORD_MIN_LENGTH = _env.int("PASSWORD_MIN_LENGTH", 15, validate=validate.Range(min=8, max=64))
# The idle timeout and the maximum duration of a session. The defaults stay within what NIST SP 800-63B-4, section
# 2.2.3, advises for two factors: one hour idle, 24 hours in total. The idle timeout is at least 30 minutes, because
# filling in a long form may take half an hour.
SESSION_IDLE_MINUTES = _env.int("SESSION_IDLE_MINUTES", 60, validate=validate.Range(min=30, max=240))
SESSION_HOURS = _env.int("SESSION_HOURS", 12, validate=validate.Range(min=4, max=24))
# Retention periods, in days after the end of what is kept. Events are kept for at least two years, the minimum under
# KRI's rule on accountability. No period is longer than ten years: beyond that there is no purpose for keeping personal
# data (GDPR, art. 5(1)(e)).
_TEN_YEARS = 3653
KEEP_EVENTS_DAYS = _env.int("KEEP_EVENTS_DAYS", 731, validate=validate.Range(min=731, max=_TEN_YEARS))
KEEP_STAFF_TEXTS_DAYS = _env.int("KEEP_STAFF_TEXTS_DAYS", 731, validate=validate.Range(min=30, max=_TEN_YEARS))
KEEP_MESSAGES_DAYS = _env.int("KEEP_MESSAGES_DAYS", 365, validate=validate.Range(min=7, max=_TEN_YEARS))
# How long after the last proof an examiner is asked whether the e-mail address is still theirs.
CONFIRM_EMAIL_DAYS = _env.int("CONFIRM_EMAIL_DAYS", 365, validate=validate.Range(min=30, max=_TEN_YEARS))
INVITE_AGAIN_DAYS = _env.int("INVITE_AGAIN_DAYS", 14, validate=validate.Range(min=1, max=365))
KEEP_FORMS_DAYS = _env.int("KEEP_FORMS_DAYS", 7, validate=validate.Range(min=1, max=90))
KEEP_STRUCK_OFF_DAYS = _env.int("KEEP_STRUCK_OFF_DAYS", 731, validate=validate.Range(min=30, max=_TEN_YEARS))
KEEP_DECEASED_DAYS = _env.int("KEEP_DECEASED_DAYS", 180, validate=validate.Range(min=30, max=_TEN_YEARS))
# So long what an import changed is kept, so that it can be undone; then so long, whom an undoing took back.
KEEP_IMPORT_CHANGES_DAYS = _env.int("KEEP_IMPORT_CHANGES_DAYS", 30, validate=validate.Range(min=1, max=365))
# How many people staff who keep the register may look up in ten minutes and in a day. The help desk's limits are fixed
# (panel/domain/examiner_lookup.py).
RECORDS_LOOKUPS_BURST = _env.int("RECORDS_LOOKUPS_BURST", 300, validate=validate.Range(min=60, max=1000))
RECORDS_LOOKUPS_DAILY = _env.int("RECORDS_LOOKUPS_DAILY", 3000, validate=validate.Range(min=500, max=20_000))
# Backups: where they are kept and for how long, the public keys of age that they are encrypted to, and the program of
# the administrator's that copies them away.
BACKUP_DIR = Path(_env.str("BACKUP_DIR", str(DATA_DIR / "backups"))).absolute()
BACKUP_RECIPIENTS = _env.recipients("BACKUP_RECIPIENTS", "")
BACKUP_KEEP_DAYS = _env.int("BACKUP_KEEP_DAYS", 30, validate=validate.Range(min=2, max=365))
BACKUP_COPY_COMMAND = _env.program("BACKUP_COPY_COMMAND", None)
LEAKED_PASSWORDS_FILE = _env.leak_list("LEAKED_PASSWORDS_FILE", None)
# Staff see everybody's data, so a password alone is too weak (OWASP ASVS 5.0, 6.3.3). The demo's passwords are public
# anyway.
STAFF_SECOND_FACTOR = _env.bool("STAFF_SECOND_FACTOR", not DEMO)
# The IP addresses and ports of `manage.py serve`: for pages, and for log-ins (None: the same processes serve both).
BIND = _env.bind("BIND", "127.0.0.1:8000")
BIND_LOGINS = _env.bind("BIND_LOGINS", None)
DEMO_PORT = _env.int("PORT", 8000, validate=validate.Range(min=1, max=HIGHEST_PORT)) if DEMO else 0
_database = _env.database("DATABASE_URL", None)
require_valid(_env)

_public = urlsplit(PUBLIC_BASE_URL)
_SECURE = _public.scheme == "https"
PUBLIC_HOST = _public.hostname or ""

# Django ---------------------------------------------------------------------------------------------------------------

ALLOWED_HOSTS = [PUBLIC_HOST, "localhost", "127.0.0.1"] if DEMO else [PUBLIC_HOST]
INSTALLED_APPS = [
    "egzaminator.demo",
    "egzaminator.backup",
    "egzaminator.panel",
    "egzaminator.staff",
    "egzaminator.cms",
    "egzaminator.web",
    "egzaminator.data_export",
    "egzaminator.login",
    "egzaminator.mailings",
    "egzaminator.onboarding",
    "egzaminator.accounts",
    "egzaminator.mail",
    "egzaminator.register",
    "egzaminator.rate_limits",
    "egzaminator.key_rotation",
    "egzaminator.stored_files",
    "egzaminator.audit",
    "egzaminator.core",
    "egzaminator.runtime",
    "wagtail.contrib.redirects",
    "wagtail.contrib.settings",
    "wagtail.contrib.typed_table_block",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.users",
    "wagtail.sites",
    "wagtail.snippets",
    "wagtail.embeds",
    "wagtail.search",
    "wagtail.admin",
    "wagtail",
    "modelcluster",
    "taggit",
    "django.forms",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.sitemaps",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "procrastinate.contrib.django",
    "csp",
]
MIDDLEWARE = [
    # These two answer with responses that the middleware below has made, headers included.
    "egzaminator.web.overload.OverloadMiddleware",
    "egzaminator.web.page_cache.PageCacheMiddleware",
    # Before every middleware that answers by itself, so that every response carries every header.
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "egzaminator.web.middleware.PrivatePagesMiddleware",
    "egzaminator.web.health.HealthMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "egzaminator.web.middleware.PlainTextMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "egzaminator.web.maintenance.MaintenanceMiddleware",
    "egzaminator.web.errors.UndecryptableMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "wagtail.contrib.redirects.middleware.RedirectMiddleware",
]
ROOT_URLCONF = "egzaminator.urls"
WSGI_APPLICATION = "egzaminator.wsgi.application"
# Where folders that may not import the editable pages get what staff edit on them.
BOARD_SOURCE = "egzaminator.cms.site_data.current_site_board"
# What makes the content of e-mails that are stored without one (mail/domain/deliver.py).
MAIL_CONTENT_SOURCE = "egzaminator.mailings.domain.contents.make_contents"
SITE_STATE_SOURCE = "egzaminator.cms.site_data.current_site_state"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [PACKAGE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "egzaminator.cms.context_processors.site",
                "egzaminator.mailings.context_processors.unread",
            ]
        },
    }
]
# The project's own field template is in egzaminator/templates/django/forms/.
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

DATABASES = {"default": postgres.database_settings(DATA_DIR) if _database is None else _database}
# Without these options, a log-in spends a quarter of its time on connecting, on writing values into SQL, and on
# planning.
DATABASES["default"] |= {
    "CONN_MAX_AGE": 60,
    "CONN_HEALTH_CHECKS": True,
    "OPTIONS": DATABASES["default"].get("OPTIONS", {}) | {"server_side_binding": True, "prepare_threshold": 3},
}

# Shared by all processes, because allauth stores used codes in it.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "cache",
        "KEY_FUNCTION": "egzaminator.runtime.cache.hidden_key",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}

LOGGING = logging_settings()

# Accounts -------------------------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.Account"
AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend"]
PASSWORD_HASHERS = ["egzaminator.accounts.hashers.Argon2idHasher"]
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "my-account"

ACCOUNT_ADAPTER = "egzaminator.accounts.adapter.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = "handle"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGIN_TIMEOUT = 10 * 60  # seconds between the password and the second step

MFA_ADAPTER = "egzaminator.accounts.mfa.adapter.MFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
# Always required: without user verification, a challenge could be answered by a passkey as the only factor of a log-in.
MFA_WEBAUTHN_USER_VERIFICATION = "required"
# Accept the code of one period before and one after (RFC 6238, section 5.2): people type slowly, and clocks differ.
MFA_TOTP_TOLERANCE = 1

SESSION_ENGINE = "egzaminator.accounts.sessions"
SESSION_COOKIE_AGE = SESSION_HOURS * 60 * 60  # enforced by the server, independently of the browser's clock
SESSION_IDLE_LIMIT = datetime.timedelta(minutes=SESSION_IDLE_MINUTES)
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_HTTPONLY = True
# Django's default, a cookie, cannot be bound to the host by a `__Host-` name.
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

# Headers --------------------------------------------------------------------------------------------------------------

SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _SECURE
SESSION_COOKIE_NAME = "__Host-session" if _SECURE else "session"
CSRF_COOKIE_NAME = "__Host-csrf" if _SECURE else "csrf"
REFUSAL_COOKIE_NAME = "__Host-refusal" if _SECURE else "refusal"
DEVICE_COOKIE_NAME = "__Host-device" if _SECURE else "device"
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "egzaminator.web.errors.csrf_failure"
SECURE_SSL_REDIRECT = False  # the proxy in front redirects; it is the only way to the application
SECURE_HSTS_SECONDS = 2 * 365 * 24 * 60 * 60 if _SECURE else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = False  # other services of the board may share its domain
# Subdomains and preloading (W005, W021): the reason is above. Redirecting (W008): the proxy does it.
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W008", "security.W021"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if _SECURE else None
# With `no-referrer`, browsers send `Origin: null`, so the log-in box could not recognise requests from our own pages.
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}
# A form has some fifty short fields; a larger request is not a form that a person filled in.
DATA_UPLOAD_MAX_MEMORY_SIZE = 256 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 200
FILE_UPLOAD_HANDLERS = [
    "egzaminator.panel.wagtail_compat.uploads.StaffUploadHandler",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]

# Public pages (Wagtail) -----------------------------------------------------------------------------------------------

WAGTAIL_SITE_NAME = "Egzaminator"
WAGTAILADMIN_BASE_URL = PUBLIC_BASE_URL
WAGTAILADMIN_LOGIN_URL = "login"
WAGTAILADMIN_PERMITTED_LANGUAGES = [("pl", "Polski"), ("en", "English")]
WAGTAIL_CONTENT_LANGUAGES = [("pl", "Polski")]
# Staff accounts and passwords are managed by the project itself; all e-mail goes through egzaminator.mail.
WAGTAIL_PASSWORD_MANAGEMENT_ENABLED = WAGTAIL_PASSWORD_RESET_ENABLED = WAGTAIL_EMAIL_MANAGEMENT_ENABLED = False
WAGTAIL_WORKFLOW_ENABLED = WAGTAILADMIN_COMMENTS_ENABLED = False
WAGTAIL_DATE_FORMAT = "%d.%m.%Y"
WAGTAIL_DATETIME_FORMAT = "%d.%m.%Y %H:%M"
# No requests to other hosts, neither from an editor's browser nor from the server.
WAGTAIL_GRAVATAR_PROVIDER_URL = None
WAGTAIL_ENABLE_UPDATE_CHECK = WAGTAIL_ENABLE_WHATS_NEW_BANNER = False
WAGTAILEMBEDS_FINDERS: list[dict[str, str]] = []
WAGTAILIMAGES_EXTENSIONS = ["gif", "jpg", "jpeg", "png", "webp"]
WAGTAILIMAGES_IMAGE_FORM_BASE = "egzaminator.panel.wagtail_compat.upload_forms.ImageForm"
# The size of a telephone's photograph. An image takes four bytes of memory for each pixel while it is processed,
# however small the file is.
WAGTAILIMAGES_MAX_IMAGE_PIXELS = 25_000_000
WAGTAILDOCS_EXTENSIONS = ["docx", "odt", "ods", "pdf", "xlsx"]
WAGTAILDOCS_DOCUMENT_FORM_BASE = "egzaminator.panel.wagtail_compat.upload_forms.DocumentForm"
WAGTAILIMAGES_MAX_UPLOAD_SIZE = WAGTAILDOCS_MAX_UPLOAD_SIZE = 10 * 1024 * 1024
WAGTAILDOCS_SERVE_METHOD = "serve_view"
WAGTAILDOCS_BLOCK_EMBEDDED_CONTENT = False  # Wagtail's own policy is off: `cms.views.document` sets a stricter one
# No shared passwords: a visitor who may not see a page is asked to log in (cms/wagtail_hooks.py).
WAGTAIL_PRIVATE_PAGE_OPTIONS = WAGTAILDOCS_PRIVATE_COLLECTION_OPTIONS = {"SHARED_PASSWORD": False}
# The database cannot stem Polish without extensions, so words are compared as written.
WAGTAILSEARCH_BACKENDS = {"default": {"BACKEND": "wagtail.search.backends.database", "SEARCH_CONFIG": "simple"}}
MEDIA_ROOT = DATA_DIR / "media"
MEDIA_URL = "/media/"

# Language and time ----------------------------------------------------------------------------------------------------

LANGUAGE_CODE = "pl"
LANGUAGES = [("pl", "Polski"), ("en", "English")]
# The second holds what Wagtail's own Polish catalogue lacks.
LOCALE_PATHS = [PACKAGE_DIR / "locale", PACKAGE_DIR / "locale" / "wagtail"]
FORMAT_MODULE_PATH = "egzaminator.formats"
LANGUAGE_COOKIE_NAME = "language"
TIME_ZONE = "Europe/Warsaw"
WAGTAIL_USER_TIME_ZONES = [TIME_ZONE]  # with one there is nothing to choose
USE_TZ = True

# Static files ---------------------------------------------------------------------------------------------------------

STATIC_URL = "/static/"
# The staff's guides, which the panel shows (panel/guides.py), and their pictures.
GUIDES_DIR = _PACKAGED_DIR / "guides" if _IS_PACKAGED else ROOT_DIR / "docs" / "pl"
STATICFILES_DIRS = [PACKAGE_DIR / "static", ("guides", GUIDES_DIR / "obrazy")]
STATIC_ROOT = _PACKAGED_DIR / "static" if _IS_PACKAGED else DATA_DIR / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "egzaminator.web.static_files.JoinedStaticFilesStorage"},
}
WHITENOISE_MAX_AGE = 60 * 60
WHITENOISE_ALLOW_ALL_ORIGINS = False  # no other site needs them
