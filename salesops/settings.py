"""One settings file; every variable of the environment is read at the top and fails loudly."""

import os
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from salesops import services

BASE = Path(__file__).resolve().parent.parent


def read(name: str, default: str | None = None) -> str:
    """A variable, or the content of the file that NAME_FILE names, or the default."""
    if path := os.environ.get(f"{name}_FILE"):
        return Path(path).read_text().strip()
    value = os.environ.get(name, default)
    if value is None:
        raise ImproperlyConfigured(f"set {name} or {name}_FILE")
    return value


def switch(name: str) -> bool:
    value = read(name, "0")
    if value not in {"0", "1"}:
        raise ImproperlyConfigured(f"{name} is 0 or 1, not {value!r}")
    return value == "1"


EMBEDDED = "DATABASE_URL" not in os.environ and "DATABASE_URL_FILE" not in os.environ
DATA = services.DATA
DATABASE_URL = services.database_url("app") if EMBEDDED else read("DATABASE_URL")
OWNER_DATABASE_URL = services.database_url("owner") if EMBEDDED else read("OWNER_DATABASE_URL", "")
REDIS_URL = read("REDIS_URL", services.redis_url(broker=True) if EMBEDDED else None)
SECRET_KEY = read("SECRET_KEY", services.secret("django") if EMBEDDED else None)
HTTPS = switch("HTTPS")
PROXIES = int(read("PROXIES", "0"))
DEBUG = switch("DEBUG")
HOSTS = read("HOSTS", "localhost,127.0.0.1,[::1],testserver" if EMBEDDED else None)
PLAIN_STATIC = switch("PLAIN_STATIC")
MAIL_HOST = read("MAIL_HOST", "")
MAIL_PORT = int(read("MAIL_PORT", "587"))
MAIL_USER = read("MAIL_USER", "")
MAIL_PASSWORD = read("MAIL_PASSWORD", "")
MAIL_TLS = read("MAIL_TLS", "starttls")
MAIL_FROM = read("MAIL_FROM", "") or "Salesops <salesops@localhost>"
OLD_SECRET_KEYS = read("OLD_SECRET_KEYS", "")
API_PER_TOKEN = int(read("API_PER_TOKEN", "3000"))  # requests a minute
API_PER_MEMBER = int(read("API_PER_MEMBER", "6000"))
METRICS_TOKEN = read("METRICS_TOKEN", services.secret("metrics") if EMBEDDED else "")
# what mail points to; letters that answer a request take its address
SITE_URL = read("SITE_URL", "") or f"{'https' if HTTPS else 'http'}://{HOSTS.split(',')[0]}"


def database(url: str, *, owner: bool = False) -> dict[str, Any]:
    """PostgreSQL by address. The owner's connection alone passes the gated policy (DDL, backup)."""
    parts = urlsplit(url)
    # without the last, a worker waits longer between its tries the longer the database was away;
    # without a limit of its own, each try at a server that died meanwhile would last two minutes
    pool = {"min_size": 1, "max_size": 10, "timeout": 10, "reconnect_timeout": 5}
    options: dict[str, Any] = {"pool": pool, "connect_timeout": 5}
    if owner:
        options = {"options": "-c app.company=0 -c app.migrating=on"}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parse_qs(parts.query).get("host", [parts.hostname or ""])[0],
        "PORT": str(parts.port or ""),
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": options,
    }


DATABASES = {"default": database(DATABASE_URL)}
if OWNER_DATABASE_URL:
    DATABASES["owner"] = database(OWNER_DATABASE_URL, owner=True)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "salesops",
    "desk",
    "kpi",
    "contracts",
    "customers",
    "applications",
    "handbook",
    "approvals",
    "figures",
    "files",
    "notices",
    "org",
    "audit",
    "tenancy",
    "accounts",
    "kit",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "django_filters",
    "django_htmx",
    "guardian",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
]

MIDDLEWARE = [
    "salesops.watch.Watch",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "accounts.middleware.Seen",
    "org.middleware.Door",
]

ROOT_URLCONF = "salesops.urls"
WSGI_APPLICATION = "salesops.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "org.shell.shell",
            ],
            "builtins": ["kit.templatetags.so", "django.templatetags.i18n"],
        },
    }
]
FORM_RENDERER = "kit.forms.Renderer"

# Logins: our own backend for e-mail or mobile, the one rule for has_perm. guardian only stores.
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["accounts.backends.LoginBackend", "org.backends.ScopeBackend"]
ANONYMOUS_USER_NAME = None
GUARDIAN_MONKEY_PATCH_USER = False
SILENCED_SYSTEM_CHECKS = ["guardian.W001"]
LOGIN_URL = "accounts:login"
PASSWORD_RESET_TIMEOUT = 3600
SECRET_KEY_FALLBACKS = OLD_SECRET_KEYS.split()
# allauth keeps second factors and sessions; its own pages and forms are not routed
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
MFA_ADAPTER = "accounts.adapter.Factors"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_TOTP_TOLERANCE = 1
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.ScryptPasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("zh-hant", "繁體中文"), ("en", "English")]
LANGUAGE_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_HTTPONLY = True
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
USE_I18N = True
FORMAT_MODULE_PATH = ["kit.formats"]

STATIC_URL = "/static/"
STATIC_ROOT = DATA / "static"
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = PLAIN_STATIC
# of other packages only what is shown: the operator's pages and the reference of the API
STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
STATICFILES_DIRS = [
    BASE / "static",
    ("admin", services.wheel("django", "contrib", "admin", "static", "admin")),
    (
        "drf_spectacular_sidecar/swagger-ui-dist",
        services.wheel(
            "drf_spectacular_sidecar", "static", "drf_spectacular_sidecar", "swagger-ui-dist"
        ),
    ),
]
MEDIA_ROOT = DATA / "media"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if PLAIN_STATIC
        else "salesops.static.Storage"
    },
}
WHITENOISE_SKIP_COMPRESS_EXTENSIONS = [
    *("jpg", "jpeg", "png", "gif", "webp", "zip", "gz", "tgz", "bz2", "tbz", "xz", "br"),
    *("woff", "woff2", "map"),
]
DATA_UPLOAD_MAX_MEMORY_SIZE = 12 * 1024 * 1024
FILE_UPLOAD_PERMISSIONS = 0o600

# Letters go out as soon as a host is named; without one only the demo writes them, to files.
if MAIL_TLS not in {"starttls", "tls", "none"}:
    raise ImproperlyConfigured(f"MAIL_TLS is starttls, tls or none, not {MAIL_TLS!r}")
HAS_MAIL = bool(MAIL_HOST) or EMBEDDED
MAIL_KIND = "smtp" if MAIL_HOST else "filebased" if EMBEDDED else "dummy"
EMAIL_BACKEND = f"django.core.mail.backends.{MAIL_KIND}.EmailBackend"
EMAIL_FILE_PATH = DATA / "mail"
EMAIL_HOST, EMAIL_PORT = MAIL_HOST, MAIL_PORT
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = MAIL_USER, MAIL_PASSWORD
EMAIL_USE_TLS, EMAIL_USE_SSL = MAIL_TLS == "starttls", MAIL_TLS == "tls"
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = MAIL_FROM

ALLOWED_HOSTS = HOSTS.split(",")
CSRF_TRUSTED_ORIGINS = [f"https://{host}" for host in ALLOWED_HOSTS] if HTTPS else []
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "salesops.health.csrf_failed"
SESSION_COOKIE_AGE = 14 * 24 * 3600
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = ["^metrics$"]  # asked inside, past the proxy; it has a token of its own
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["org.api.DoorAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["org.api.IsMember"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "org.api.errors_as_json",
    "DEFAULT_PAGINATION_CLASS": "org.api.NewestFirst",
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "COERCE_DECIMAL_TO_STRING": True,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Salesops",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "DESCRIPTION": "The same rules and the same acts as on the pages. Read docs/api.md first.",
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_NAME_OVERRIDES": {
        "BranchKind": "org.api.bodies.BRANCHES",
        "CaseState": "approvals.models.case.Case.State",
        "Channel": "notices.models.Channel",
        "DocumentKind": "approvals.kinds.kinds",
        "DocumentStatus": "approvals.models.Status",
        "ExportForm": "files.models.ExportJob.Form",
        "ImportRowState": "files.models.ImportRow.State",
        "ImportStatus": "files.models.ImportState",
        "NoteKind": "customers.models.Note.Kind",
        "PaperPurpose": "files.models.Purpose",
        "PaymentBasis": "contracts.models.Instalment.Basis",
        "PriceMode": "contracts.models.PriceMode",
        "Province": "customers.regions.PROVINCES",
        "Role": "org.models.Role",
        "Source": "customers.models.customer.Source",
        "Tier": "customers.models.Tier",
        "UnitKind": "org.models.Unit.Kind",
        "VatCategory": "contracts.models.VatCategory",
        "VisitKind": "customers.models.Visit.Kind",
        "VisitStatus": "customers.models.Visit.Status",
    },
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "org.api.schema.common",
    ],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
}

# Celery: the outbox is the truth, so a message is only a wake-up and nothing waits for the broker.
CELERY_BROKER_URL = REDIS_URL
CELERY_TASK_IGNORE_RESULT = True
CELERY_TIMEZONE = TIME_ZONE
CELERY_BEAT_SCHEDULER = "salesops.beat.Scheduler"
CELERY_BEAT_SCHEDULE = {
    "sweep": {"task": "tenancy.sweep", "schedule": 1.5, "options": {"expires": 5}},
    "publish-heads": {"task": "audit.publish_heads", "schedule": 60.0},
    "approvals-clock": {"task": "approvals.clock", "schedule": 300.0},
    "fold": {"task": "figures.fold", "schedule": 5.0, "options": {"expires": 10}},
    "reconcile": {"task": "figures.reconcile", "schedule": 3600.0},
    "tidy": {"task": "tenancy.tidy", "schedule": 3600.0},
    "tell-ending": {"task": "contracts.tell_ending", "schedule": 600.0},
    "remind-of-contracts": {"task": "contracts.remind", "schedule": 600.0},
    "remind-of-customers": {"task": "customers.remind", "schedule": 600.0},
    "close": {"task": "kpi.close", "schedule": 300.0, "options": {"expires": 300}},
    "mail": {"task": "notices.mail", "schedule": 60.0, "options": {"expires": 60}},
    "tidy-notices": {"task": "notices.tidy", "schedule": 3600.0},
    "letters": {"task": "accounts.send_letters", "schedule": 5.0, "options": {"expires": 10}},
    "tidy-logins": {"task": "accounts.tidy", "schedule": 3600.0},
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"lines": {"()": "salesops.logs.Lines"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "lines"}},
    "root": {"handlers": ["console"], "level": "INFO"},
    # two lines for every sweep would be a hundred thousand a day
    "loggers": {
        "celery.worker.strategy": {"level": "WARNING"},
        "celery.app.trace": {"level": "WARNING"},
        # refusals have their line in salesops.request; here only what broke, with its way
        "django.request": {"level": "ERROR"},
    },
}
