"""Settings common to every place. What differs comes from the environment."""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy

from config.logging import configure
from config.rights import RIGHTS
from core.mail.server import BadServerError, server_of
from core.tenancy.limits import Limits
from core.tenancy.share import Share

PLATFORM = Path(__file__).resolve().parents[2]

SECRET_KEY = os.environ.get("SECRET_KEY", "")
# Former keys, while they are being replaced: they open what they closed and close nothing new.
SECRET_KEY_FALLBACKS = [key for key in os.environ.get("SECRET_KEY_FALLBACKS", "").split(",") if key]
PERSON_KEY_PEPPER = os.environ.get("PERSON_KEY_PEPPER", "")
# The former pepper, given to rotate_pepper alone.
PERSON_KEY_PEPPER_FORMER = os.environ.get("PERSON_KEY_PEPPER_FORMER", "")
DEBUG = False

# --- Hosts -----------------------------------------------------------------------------------------------------------
BASE_DOMAIN = os.environ.get("BASE_DOMAIN", "localhost")
BASE_PORT = os.environ.get("BASE_PORT", "")
ALLOWED_HOSTS = [f".{BASE_DOMAIN}"]
REGION_LABEL = "region"
# Dotted path of a callable without arguments, called after the list of schools changed; empty: nobody listens.
SCHOOLS_LISTENER = ""

# --- The door --------------------------------------------------------------------------------------------------------
# Which login this process has: "app" takes roles, "migrator" owns everything (migrations and provisioning only).
DOOR_LOGIN = os.environ.get("DOOR_LOGIN", "app")
DOOR_APP_LOGIN = "app"
DOOR_RIGHTS = RIGHTS
# What a session may take, by the kind of its process, in seconds (0: no limit). A page gives up before gunicorn's
# 30 seconds end its process, and before a migration that waits for the same lock does.
DOOR_LIMITS = {
    "web": Limits(statement=20, lock=5, idle_in_transaction=30, slow=0.5),
    "worker": Limits(statement=300, lock=30, idle_in_transaction=600, slow=5),
    "sweeper": Limits(statement=60, lock=30, idle_in_transaction=120, slow=5),
    "metrics": Limits(statement=5, lock=1, idle_in_transaction=10, slow=1),
    "command": Limits(statement=300, lock=60, idle_in_transaction=0, slow=5),
    # A change of a table that waits lets everybody behind it wait: it gives up first, and is tried again.
    "migrator": Limits(statement=0, lock=4, idle_in_transaction=0, slow=30),
}
# Told when the database gives no session (dotted path): the door imports nothing of the kernel beside it.
DOOR_REFUSED_CONNECTION = "core.metrics.count_refused_connection"
# A statement of the roll-up reads the views of many schools at once.
DOOR_ROLLUP_SECONDS = 300


def database(url: str) -> dict[str, object]:
    """Return Django's dictionary for a ``postgresql://`` URL."""
    parts = urlsplit(url)
    return {
        "ENGINE": "core.tenancy.backend",
        "NAME": parts.path.lstrip("/"),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "DISABLE_SERVER_SIDE_CURSORS": False,
        "OPTIONS": {"connect_timeout": 5},
    }


_URL_NAME = "DATABASE_ADMIN_URL" if DOOR_LOGIN == "migrator" else "DATABASE_URL"
DATABASES = {"default": database(os.environ.get(_URL_NAME, "postgresql://app@127.0.0.1:5432/mentoring"))}
if DOOR_LOGIN == "app":
    DOOR_APP_LOGIN = str(DATABASES["default"]["USER"])
elif os.environ.get("DATABASE_URL"):
    DOOR_APP_LOGIN = unquote(urlsplit(os.environ["DATABASE_URL"]).username or "app")

# Schemas that wait, ready, for their school: creating one is then a row. 0: every school is made when asked for.
SPARE_SCHOOLS = int(os.environ.get("SPARE_SCHOOLS", "3"))

DATABASE_ROUTERS = ["core.tenancy.stamps.StampRouter", "django_tenants.routers.TenantSyncRouter"]
TENANT_MODEL = "registry.School"
TENANT_DOMAIN_MODEL = "registry.Domain"
PUBLIC_SCHEMA_NAME = "region"
PG_EXTRA_SEARCH_PATHS = ["ext"]
SKIP_PG_EXTRA_VALIDATION = True

_BOTH = [
    "core.tenancy",
    "core.ui",
    "core.accounts",
    "core.audit",
    "core.api",
    "core.webhooks",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "django_htmx",
    "csp",
]
SHARED_APPS = [
    "django_tenants",
    *_BOTH,
    "core.events",
    "core.mail",
    "tenants.registry",
    "tenants.reference",
    "tenants.provisioning",
    "tenants.access",
    "tenants.tombstones",
    "tenants.transfers",
    "tenants.mergers",
    "reports.rollup",
    "reports.dashboards",
    "reports.operations",
]
TENANT_APPS = [
    *_BOTH,
    "schools.people",
    "schools.consents",
    "schools.clearances",
    "schools.training",
    "schools.pairs",
    "schools.questionnaires",
    "schools.matching",
    "schools.meetings",
    "schools.worklist",
    "schools.participants",
    "schools.papers",
    "schools.notifications",
    "schools.imports",
    "schools.coverage",
    "schools.rights",
    "schools.mergers",
    "schools.programme",
]
# In neither list: no tables anywhere. allauth imports the models of the first two.
_WITHOUT_TABLES = ["django.contrib.auth", "django.contrib.contenttypes", "rest_framework", "drf_spectacular"]
INSTALLED_APPS = list(dict.fromkeys([*SHARED_APPS, *TENANT_APPS, *_WITHOUT_TABLES]))
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Requests --------------------------------------------------------------------------------------------------------
MIDDLEWARE = [
    "config.middleware.RequestNumberMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "config.middleware.WorldMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "core.accounts.middleware.SessionWorldMiddleware",
    "core.accounts.middleware.PrivateAnswerMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "core.accounts.middleware.IdleMiddleware",
    "core.accounts.middleware.SecondFactorMiddleware",
    "core.authz.views.PolicyMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "core.ui.middleware.FragmentRedirectMiddleware",
    "csp.middleware.CSPMiddleware",
]
ROOT_URLCONF = "config.urls.nowhere"
REGION_URLCONF = "config.urls.region"
SCHOOL_URLCONF = "config.urls.school"
WSGI_APPLICATION = "config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "core.ui.context_processors.ui",
            ],
        },
    }
]

# --- People who sign in ----------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
LOGIN_URL = "/accounts/login/"
LOGIN_REDIRECT_URL = "/"
AUTHENTICATION_BACKENDS = ["core.accounts.backends.AccountBackend"]
ACCOUNT_ADAPTER = "core.accounts.adapters.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = "login"
ACCOUNT_USER_MODEL_EMAIL_FIELD = None
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_PRESERVE_USERNAME_CASING = False
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_REDIRECT_URL = LOGIN_URL
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
ACCOUNT_FORMS = {
    "login": "core.accounts.forms.SignInForm",
    "change_password": "core.accounts.forms.PasswordForm",
    "reauthenticate": "core.accounts.forms.ReauthenticateForm",
}
# A whole class signs in from one address: limits per address are wide, limits per login narrow.
ACCOUNT_RATE_LIMITS = {
    "login": "120/m/ip",
    "login_failed": "60/m/ip,5/5m/key",
    "reauthenticate": "10/m/user",
    "change_password": "5/m/user",
    "invitation": "60/m/ip",
    # Personal links of questionnaires: opened, and written to. The key is the school: all its addresses together.
    "questionnaire_link": "120/m/ip,600/m/key",
    "questionnaire_answer": "600/m/ip,1200/m/key",
}
ALLAUTH_TRUSTED_PROXY_COUNT = int(os.environ.get("TRUSTED_PROXIES", "0"))
MFA_ADAPTER = "core.accounts.adapters.MfaAdapter"
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = os.environ.get("PRODUCT_NAME", "Наставничество")
MFA_FORMS = {
    "authenticate": "core.accounts.forms.SecondFactorForm",
    "reauthenticate": "core.accounts.forms.SecondFactorAgainForm",
    "activate_totp": "core.accounts.forms.SetUpSecondFactorForm",
}
IDLE_MINUTES_STAFF = 30
IDLE_MINUTES_SHARED_COMPUTER = 10
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
SESSION_ENGINE = "django.contrib.sessions.backends.db"
# Messages name people: they wait in the session, a row of this world, and never travel in a cookie.
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_AGE = 12 * 3600

# --- Language and time -----------------------------------------------------------------------------------------------
LANGUAGE_CODE = "ru"
LANGUAGES = [("ru", "Русский")]
USE_I18N = True
USE_TZ = True
TIME_ZONE = os.environ.get("REGION_TIME_ZONE", "Europe/Moscow")

# --- Broker and cache ------------------------------------------------------------------------------------------------
REDIS_URL = os.environ.get("REDIS_URL", "redis://127.0.0.1:6379/0")
CACHES = {
    "default": {
        "BACKEND": "core.tenancy.cache.DoorCache",
        "LOCATION": REDIS_URL,
        "KEY_FUNCTION": "core.tenancy.cache.make_key",
        "OPTIONS": {"socket_connect_timeout": 0.3, "socket_timeout": 0.3},
    }
}

# --- Shares of a school (P20) --------------------------------------------------------------------------------------
# Reference values; whoever changes them gives them a new version, which the region's page names. With five processes:
# some three pages a second lastingly and thirty at once, while others are at work; with nobody else there is no limit.
SCHOOL_SHARE = Share(
    version="2026-11-4",
    rate=float(os.environ.get("SCHOOL_SHARE_RATE", "0.03")),
    burst=float(os.environ.get("SCHOOL_SHARE_BURST", "0.5")),
)
# Files of imports that are not finished, of one school together; a finished import keeps none.
SCHOOL_STORED_UPLOADS_BYTES = 300 * 1024 * 1024
# Scans of papers that one school keeps, together.
SCHOOL_ATTACHMENTS_BYTES = 500 * 1024 * 1024
# Tasks of one school that may be with the broker at a time; the rest wait in the outbox, in the school's own line.
TASKS_OF_A_SCHOOL_AT_ONCE = 1
# Tasks that wait for other people's servers, by the beginnings of their names: the courier's, in a line of his own.
COURIER_TASKS = ("core.webhooks.", "schools.notifications.post_")
# Between the suspension of a school that is merged into another and the packing of its data: whoever was at work there
# has ended by then. Longer than a request may take and than hosts are remembered.
MERGER_QUIET_SECONDS = 60
# The queues of tasks; each has a worker that takes from it.
TASK_QUEUES = ("default", "rollup", "provisioning", "webhooks")

# --- Logs ------------------------------------------------------------------------------------------------------------
LOGGING = configure()

# --- Coverage --------------------------------------------------------------------------------------------------------
# On this day of the next month (1 to 28) the figures of a month's end are frozen.
COVERAGE_FREEZE_DAY = int(os.environ.get("COVERAGE_FREEZE_DAY", "5"))
# So many months before the first roll-up are computed from valid dates and marked as restored.
COVERAGE_RESTORED_MONTHS = 12
# From this hour of the region's time on, everything is recomputed once a day and compared.
COVERAGE_AUDIT_HOUR = 2
# How long a school's process may answer from memory what the region's reference data says.
REFERENCE_REMEMBERED_SECONDS = 5.0
# How long a process remembers which school a host is, and what the region is called: a suspended school stops answering
# within that time.
ROUTES_REMEMBERED_SECONDS = 5.0

# From this hour of the region's time on, each world forgets once a day what nobody needs any more.
HOUSEKEEPING_HOUR = 3

# --- Files -----------------------------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = os.environ.get(
    "STATIC_ROOT", str(Path(os.environ.get("MENTORING_HOME", PLATFORM.parent / ".local")) / "static")
)
# What was destroyed for good, outside the database: a restored copy must not bring anybody back.
TOMBSTONES_FILE = os.environ.get(
    "TOMBSTONES_FILE", str(Path(os.environ.get("MENTORING_HOME", PLATFORM.parent / ".local")) / "tombstones.jsonl")
)
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 12 * 1024 * 1024
# Lists are marked as a whole: everybody whom a newer file does not name, in the largest school and with room.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5_000
FILE_UPLOAD_MAX_MEMORY_SIZE = 12 * 1024 * 1024

# --- Security --------------------------------------------------------------------------------------------------------
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "core.ui.views.csrf_failure"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "base-uri": ["'none'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
        "img-src": ["'self'", "data:"],
        "object-src": ["'none'"],
    }
}

# --- Mail ------------------------------------------------------------------------------------------------------------
# Where letters go, and from whom; without both, none are sent and none are offered.
try:
    MAIL_SERVER = server_of(os.environ.get("EMAIL_URL", ""))
except BadServerError as error:
    raise ImproperlyConfigured(f"EMAIL_URL: {error}") from None
MAIL_FROM = os.environ.get("EMAIL_FROM", "")
# The authority of the server's certificate (PEM), when it is the region's own; empty: those of the system.
MAIL_CA_FILE = os.environ.get("EMAIL_CA_FILE", "")
globals().update(MAIL_SERVER.settings())
EMAIL_TIMEOUT = 10
# So many letters of one school go out in a minute; the rest wait.
LETTERS_OF_A_SCHOOL_PER_MINUTE = 30

# --- The API ---------------------------------------------------------------------------------------------------------
# Requests in a minute, of one token (or one user) and of a whole school or the region together.
API_REQUESTS_PER_MINUTE = {"sender": 600, "world": 3_000}
API_LARGEST_BODY_BYTES = 32 * 1024 * 1024
# Events go to https on the public Internet. For a demonstration or a receiver under development on the same machine an
# operator may let them go to loopback addresses too.
WEBHOOKS_TO_LOOPBACK = os.environ.get("WEBHOOKS_TO_LOOPBACK", "").lower() in {"1", "true", "yes"}
WEBHOOKS_DISABLED_AFTER_DAYS = int(os.environ.get("WEBHOOKS_DISABLED_AFTER_DAYS", "5"))
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "core.accounts.authentication.TokenAuthentication",
        "core.accounts.authentication.BrowserAuthentication",
    ],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "core.api.problems.answer_problem",
    "DATETIME_INPUT_FORMATS": ["iso-8601"],
    "COERCE_DECIMAL_TO_STRING": False,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Наставничество: API",
    "VERSION": "1",
    "DESCRIPTION": "Те же действия и те же права, что на страницах. Токен действует на одном сайте.",
    # By these the page for people heads what is said of each subject.
    "TAGS": [
        {"name": "programme", "description": gettext_lazy("Год программы")},
        {"name": "people", "description": gettext_lazy("Люди")},
        {"name": "consents", "description": gettext_lazy("Согласия")},
        {"name": "clearances", "description": gettext_lazy("Допуски наставников не из школы")},
        {"name": "training", "description": gettext_lazy("Обучение наставников")},
        {"name": "pairs", "description": gettext_lazy("Пары")},
        {"name": "questionnaires", "description": gettext_lazy("Анкеты и опросы")},
        {"name": "matching", "description": gettext_lazy("Подбор пар")},
        {"name": "meetings", "description": gettext_lazy("Планы и встречи")},
        {"name": "worklist", "description": gettext_lazy("Рабочий список")},
        {"name": "notifications", "description": gettext_lazy("Уведомления")},
        {"name": "participation", "description": gettext_lazy("Своё участие и обращения")},
        {"name": "orders", "description": gettext_lazy("Приказы")},
        {"name": "coverage", "description": gettext_lazy("Охват школы")},
        {"name": "imports", "description": gettext_lazy("Загрузка из файлов")},
        {"name": "feed", "description": gettext_lazy("Контингент по расписанию")},
        {"name": "transfers", "description": gettext_lazy("Перевод между школами")},
        {"name": "mergers", "description": gettext_lazy("Объединение с другой школой")},
        {"name": "rights", "description": gettext_lazy("Права человека на свои данные")},
        {"name": "dashboards", "description": gettext_lazy("Показатели охвата")},
        {"name": "schools", "description": gettext_lazy("Школы")},
        {"name": "region", "description": gettext_lazy("Регион и районы")},
        {"name": "reference", "description": gettext_lazy("Справочники")},
        {"name": "access", "description": gettext_lazy("Доступ в школы")},
        {"name": "accounts", "description": gettext_lazy("Сотрудники и роли")},
        {"name": "tokens", "description": gettext_lazy("Токены")},
        {"name": "webhooks", "description": gettext_lazy("События для программ")},
        {"name": "archive", "description": gettext_lazy("Архив школы")},
        {"name": "operations", "description": gettext_lazy("Состояние платформы")},
        {"name": "audit", "description": gettext_lazy("Журнал действий")},
    ],
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "COMPONENT_SPLIT_REQUEST": True,
    "POSTPROCESSING_HOOKS": ["core.api.schema.with_problems"],
}
