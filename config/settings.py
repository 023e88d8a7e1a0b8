"""Settings, all of them from the environment and safe when it says nothing.

The file that `ENV_FILE` names is read first, or `.env` beside `manage.py` where it names none; what
the environment itself says wins. `SECRET_KEY` is the one variable that has no default: without it
Django stops and names it.
"""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import environ
from csp.constants import NONE, SELF
from django.templatetags.static import static
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

BASE_DIR = Path(__file__).resolve().parent.parent

env = environ.Env()
environ.Env.read_env(os.environ.get("ENV_FILE") or BASE_DIR / ".env")

SECRET_KEY = env.str("SECRET_KEY")
DEBUG = env.bool("DEBUG", default=False)
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])

INSTALLED_APPS = [
    "unfold",
    "unfold.contrib.filters",
    "unfold.contrib.forms",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "auditlog",
    "bootstrap",
    "csp",
    "django_htmx",
    "django_tasks_db",
    "guardian",
    "mptt",
    "audit",
    "districts",
    "members",
    "cells",
    "elections",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "config.csp.PolicyByPath",
    "config.parameters.WithoutNul",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "config.door.Door",
    "audit.middleware.ActingUser",
    "districts.veil.Veil",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
ASGI_APPLICATION = "config.asgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

# The database --------------------------------------------------------------------------------

_SQLITE = {
    # One writer at a time from the first statement on: what an act has read stays true until it
    # has written, as the lock on a tree's root gives it on PostgreSQL.
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;",
}


def database(url: str) -> dict[str, Any]:
    """Django's settings for the database that `url` names, with what each kind needs."""
    settings: dict[str, Any] = env.db_url_config(url)
    if settings["ENGINE"].endswith("sqlite3"):
        settings.setdefault("OPTIONS", {}).update(_SQLITE)
    else:
        # Compiling a page's queries takes longer than answering them; and what is read through a
        # cursor is read to its end.
        for_pages = "-c jit=off -c cursor_tuple_fraction=1"
        settings.setdefault("OPTIONS", {}).setdefault("options", for_pages)
        settings["CONN_MAX_AGE"] = 60
        settings["CONN_HEALTH_CHECKS"] = True
    return settings


DATABASES = {
    "default": database(env.str("DATABASE_URL", default=f"sqlite:///{BASE_DIR}/var/kartei.sqlite3"))
}
# What limits the tries at the door: all workers, on all machines, count together.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "kartei_cache",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Who logs in ---------------------------------------------------------------------------------

AUTH_USER_MODEL = "members.Account"
AUTHENTICATION_BACKENDS = [
    "config.sessions.Accounts",
    "guardian.backends.ObjectPermissionBackend",
]
ANONYMOUS_USER_NAME = None  # guardian: nobody who has not logged in holds a permission
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
LOGIN_URL = LOGOUT_REDIRECT_URL = reverse_lazy("login")
LOGIN_REDIRECT_URL = reverse_lazy("home")
# Whoever holds an office shows a second factor before anything else opens; off where there is
# nothing to protect, as in a town of made-up people.
SECOND_FACTOR = env.bool("SECOND_FACTOR", default=True)
ACCOUNT_ADAPTER = "members.accounts.adapter.Adapter"
ACCOUNT_EMAIL_VERIFICATION = "none"  # addresses are proved by members.accounts.addresses
ACCOUNT_FORMS = {"reset_password": "members.accounts.forms.ResetPasswordForm"}
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR = "django.contrib.auth.tokens.PasswordResetTokenGenerator"  # noqa: S105
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None  # nobody logs in with it
MFA_ADAPTER = "members.accounts.adapter.FactorAdapter"
MFA_FORMS = {
    "activate_totp": "members.accounts.forms.ActivateCodesForm",
    "authenticate": "members.accounts.forms.CodeOrRecoveryForm",
    "login_webauthn": "members.accounts.forms.PasskeyForm",
    "reauthenticate": "members.accounts.forms.CodeAgainForm",
}
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_TOTP_ISSUER = "Kartei"
MFA_TOTP_TOLERANCE = 1  # periods of 30 seconds, for clocks that go wrong
PASSWORD_RESET_TIMEOUT = 24 * 60 * 60  # seconds
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"  # they name people

# Cookies and headers. HTTPS=off is for trying the program on one's own machine. ----------------

HTTPS = env.bool("HTTPS", default=True)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_ENGINE = "config.sessions"
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
if HTTPS and env.bool("BEHIND_PROXY", default=False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    ALLAUTH_TRUSTED_PROXY_COUNT = 1  # whose word on the client's address the limits believe
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not HTTPS
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

_STRICT = {
    "default-src": [NONE],
    "base-uri": [NONE],
    "connect-src": [SELF],
    "font-src": [SELF],
    "form-action": [SELF],
    "frame-ancestors": [NONE],
    "img-src": [SELF],
    "manifest-src": [SELF],
    "script-src": [SELF],
    "style-src": [SELF],
}
# Bootstrap draws the marks of its lists and boxes as images that stand in its style sheet.
CONTENT_SECURITY_POLICY = {"DIRECTIVES": {**_STRICT, "img-src": [SELF, "data:"]}}
# Unfold's pages hand Alpine.js expressions to evaluate, and it sets style attributes.
ADMIN_CONTENT_SECURITY_POLICY = {
    **_STRICT,
    "script-src": [SELF, "'unsafe-eval'"],
    "style-src-attr": ["'unsafe-inline'"],
}

# Language, time, files -----------------------------------------------------------------------

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("de", "Deutsch")]  # each by its own name
LANGUAGE_COOKIE_SECURE = HTTPS
LANGUAGE_COOKIE_AGE = 365 * 24 * 3600
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = env.str("TIME_ZONE", default="Europe/Berlin")
USE_I18N = True
FORMAT_MODULE_PATH = ["config.formats"]
USE_TZ = True

STATIC_URL = "static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "config.packaged.PackagedFiles",
]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

# No request, no form and no person is written to the log: places and counts only. ----------------

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"nobody": {"()": "config.logs.WithoutPeople"}},
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {
        "stderr": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["nobody"]}
    },
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {"django": {"handlers": ["stderr"], "level": "WARNING", "propagate": False}},
}
DEFAULT_EXCEPTION_REPORTER_FILTER = "config.logs.NoPeopleInReports"

# The log: django-auditlog sees the changes, and audit.log writes them. ---------------------------

AUDITLOG_LOGENTRY_MODEL = "audit.Entry"
AUDITLOG_STORE_JSON_CHANGES = True
MIGRATION_MODULES = {"auditlog": None}  # its own table would stay empty

# What takes longer than a page may: done by `manage.py db_worker`. ------------------------------

TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": ["default"]}}

# E-mail: to files under var/mail unless EMAIL_URL names a server (smtp+tls://user:password@host:587).
# The console would write addresses where logs are kept.

globals().update(env.email_url("EMAIL_URL", default=f"filemail:///{BASE_DIR}/var/mail"))
EMAIL_TIMEOUT = 20  # seconds
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env.str("EMAIL_FROM", default="kartei@localhost")

# The statutes' numbers: see audit.rulebook.Statutes for their names and defaults. ----------------

STATUTES: dict[str, int] = env.json("STATUTES", default={})
# Whether strangers can ask to be admitted by the public form.
JOINING = env.bool("JOINING", default=True)
# Days after which what names people is erased: see members.periods.Retention.
RETENTION: dict[str, int] = env.json("RETENTION", default={})
# The work that bureaus share out besides the chair's, the secretary's, the treasurer's, literature
# and trade-union work.
PORTFOLIOS: list[str] = env.list("PORTFOLIOS", default=[])


def _entry(
    title: Any,
    icon: str,
    route: str,
    permission: str = "districts.scope.permits",
    *,
    namespace: str = "admin:",
) -> dict[str, Any]:
    """An entry of the admin's menu; it is there for whoever holds a role, or the one it needs."""
    link = reverse_lazy(f"{namespace}{route}")
    return {"title": title, "icon": icon, "link": link, "permission": permission}


def _file(name: str) -> Callable[[Any], str]:
    """One of the office's style sheets or scripts."""
    return lambda request: static(f"kartei/{name}")


_STYLES = (
    *("admin", "acts", "home", "pages", "files", "doubles", "residence", "coverage", "requests"),
    *("polls", "meetings", "unfold"),
)

UNFOLD = {
    "SITE_TITLE": "Kartei",
    "SITE_HEADER": "Kartei",
    "SITE_SUBHEADER": _("Register of members"),
    "SITE_SYMBOL": "account_tree",
    "SITE_URL": None,
    "SHOW_HISTORY": False,  # it stands beside the acts
    "SHOW_VIEW_ON_SITE": False,
    "SHOW_BACK_BUTTON": False,
    # The template adds the languages.
    "ACCOUNT": {"navigation": [{"title": _("My account"), "link": reverse_lazy("mfa_index")}]},
    "SITE_FAVICONS": [{"rel": "icon", "href": lambda request: static("kartei/icon.svg")}],
    # The colours stand in the first.
    "STYLES": [_file(f"{name}.css") for name in _STYLES],
    "SCRIPTS": [_file("focus.js")],
    "GLOBAL_CALLBACK": "districts.home.every_page",
    "DASHBOARD_CALLBACK": "districts.panels.first_page",
    "SIDEBAR": {
        "show_search": False,
        "command_search": False,
        "show_all_applications": False,
        "navigation": [
            {
                "items": [
                    _entry(_("Start"), "home", "index"),
                    _entry(_("Members"), "group", "members_member_changelist"),
                    _entry(_("Units"), "account_tree", "districts_unit_changelist"),
                    _entry(_("Requests"), "inbox", "members_request_changelist"),
                    _entry(_("Meetings"), "event", "elections_meeting_changelist"),
                    _entry(_("Votes"), "how_to_vote", "elections_question_changelist"),
                    _entry(_("Bureaus"), "groups_3", "elections_bureau_changelist"),
                    _entry(
                        *(_("My page"), "person_pin", "my-page", "elections.access.is_member"),
                        namespace="",
                    ),
                    _entry(
                        *(_("My votes"), "ballot", "votes", "elections.access.is_member"),
                        namespace="",
                    ),
                    _entry(
                        *(_("At the door"), "door_open", "tell"),
                        "elections.door_access.tells_anywhere",
                        namespace="",
                    ),
                    _entry(_("Findings"), "fact_check", "findings", namespace=""),
                    _entry(_("Likely duplicates"), "content_copy", "members_member_doubles"),
                ],
            },
            {
                "title": _("Places"),
                "items": [
                    _entry(_("Workplaces"), "factory", "districts_workplace_changelist"),
                    _entry(_("Localities"), "location_on", "districts_locality_changelist"),
                    _entry(_("Coverage"), "hub", "coverage", namespace=""),
                ],
            },
            {
                "title": _("Files"),
                "items": [
                    _entry(
                        *(_("Import"), "upload", "imports", "districts.import_admin.may_import"),
                        namespace="",
                    ),
                    _entry(
                        *(_("Export"), "download", "export", "districts.export_admin.may_export"),
                        namespace="",
                    ),
                ],
            },
            {
                "title": _("To look up"),
                "items": [
                    _entry(_("Registrations"), "how_to_reg", "members_registration_changelist"),
                    _entry(_("Employments"), "work", "members_employment_changelist"),
                    _entry(_("Accounts"), "person", "members_account_changelist"),
                    _entry(_("Roles"), "key", "districts_heldrole_changelist"),
                    _entry(_("Rules"), "gavel", "rules", namespace=""),
                    _entry(_("Log"), "history", "audit_entry_changelist"),
                ],
            },
        ],
    },
}
