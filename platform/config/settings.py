"""Settings. Whatever differs between installations is read from the environment (config.env)."""

from pathlib import Path

from django.core.exceptions import ImproperlyConfigured
from django.utils.csp import CSP
from django.utils.translation import gettext_lazy as _

from config import embedded, env

BASE_DIR = Path(__file__).resolve().parents[2]
VAR_DIR = embedded.directory()

# --- What every installation has to say ---------------------------------------------------------
SECRET_KEY = env.text("SECRET_KEY")
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", None)
DATABASES = {
    "default": env.database("DATABASE_URL") | {"CONN_HEALTH_CHECKS": True, "ATOMIC_REQUESTS": False}
    if env.is_set("DATABASE_URL")
    else {"ENGINE": "django.db.backends.postgresql", "NAME": ""}
}
DATABASES["default"].setdefault("OPTIONS", {})
if env.flag("DATABASE_POOL", default=False):
    DATABASES["default"]["OPTIONS"]["pool"] = {"min_size": 1, "max_size": 8, "timeout": 5}
else:
    DATABASES["default"]["CONN_MAX_AGE"] = env.integer("DATABASE_MAX_AGE", 60)

REDIS_URL = env.text("REDIS_URL", "redis://localhost:6379/0")
HTTPS = env.flag("HTTPS", default=True)
DEBUG = env.flag("DEBUG", default=False)
SITE_NAME = env.text("SITE_NAME", "Loadmark")
BASE_URL = env.text("BASE_URL", "http://localhost:8000")
STAFF_MFA_REQUIRED = env.text("STAFF_MFA", "required") == "required"

# --- Apps ---------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "config",
    "progress",
    "courses",
    "interviews",
    "quizzes",
    "labs",
    "accounts",
    "common",
    "wagtail.embeds",
    "wagtail.users",
    "wagtail.snippets",
    "wagtail.images",
    "wagtail.admin",
    "wagtail.sites",
    "wagtail",
    "modelcluster",
    "modelsearch",
    "taggit",
    "django_filters",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "django_htmx",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.staticfiles",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "common.csp.PolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "accounts.middleware.LearnerMiddleware",
    "accounts.middleware.StaffMfaMiddleware",
    "common.http.CachingMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

# Another table of routes is used by `make bench` only, which adds views to compare with.
ROOT_URLCONF = env.text("URLCONF", "config.urls")
WSGI_APPLICATION = "config.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.csp",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    }
]

# --- People -------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["accounts.backends.Backend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
    )
]
PASSWORD_RESET_TIMEOUT = 60 * 60
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "progress:dashboard"
LOGOUT_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_SUBJECT_PREFIX = f"{SITE_NAME}: "
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if HTTPS else "http"
# Without a mail server nobody could confirm an address; with one, everybody has to.
_MAIL_SERVER = env.text("EMAIL_HOST", "")
ACCOUNT_EMAIL_VERIFICATION = "mandatory" if _MAIL_SERVER else "none"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not HTTPS
MFA_TOTP_ISSUER = SITE_NAME
MFA_FORMS = {
    "add_webauthn": "accounts.forms.AddPasskeyForm",
    "authenticate_webauthn": "accounts.forms.AuthenticatePasskeyForm",
    "login_webauthn": "accounts.forms.LoginPasskeyForm",
    "reauthenticate_webauthn": "accounts.forms.ReauthenticatePasskeyForm",
}
# Where nobody can confirm an address, nobody could have a second factor either.
MFA_ALLOW_UNVERIFIED_EMAIL = not _MAIL_SERVER
USERSESSIONS_TRACK_ACTIVITY = False

MAILERS = {
    "default": {
        "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "OPTIONS": {
            "host": _MAIL_SERVER,
            "port": env.integer("EMAIL_PORT", 587),
            "username": env.text("EMAIL_USER", ""),
            "password": env.text("EMAIL_PASSWORD", ""),
            "use_tls": env.flag("EMAIL_TLS", default=True),
        },
    }
    if _MAIL_SERVER
    else {
        "BACKEND": "django.core.mail.backends.filebased.EmailBackend",
        "OPTIONS": {"file_path": str(VAR_DIR / "mail")},
    }
}
DEFAULT_FROM_EMAIL = env.text("EMAIL_FROM", "Loadmark <loadmark@localhost>")

# --- Sessions, cookies, headers -----------------------------------------------------------------
SESSION_ENGINE = "django.contrib.sessions.backends.cached_db"
SESSION_COOKIE_AGE = 60 * 60 * 24 * 30
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_NAME = "__Host-session" if HTTPS else "loadmark_session"
CSRF_COOKIE_NAME = "__Host-csrf" if HTTPS else "loadmark_csrf"
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "common.http.csrf_failure"
CSRF_TRUSTED_ORIGINS = env.words("CSRF_TRUSTED_ORIGINS")
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^health/"]
SECURE_HSTS_SECONDS = 63_072_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
BEHIND_PROXY = env.flag("BEHIND_PROXY", default=False)
if BEHIND_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
# Limits on guessing count by address: without this everybody behind the proxy would be one.
ALLAUTH_TRUSTED_PROXY_COUNT = 1 if BEHIND_PROXY else 0
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
X_FRAME_OPTIONS = "DENY"

SECURE_CSP = {
    "default-src": [CSP.NONE],
    "script-src": [CSP.SELF],
    "style-src": [CSP.SELF],
    "img-src": [CSP.SELF, "data:"],
    "font-src": [CSP.SELF],
    "connect-src": [CSP.SELF],
    "form-action": [CSP.SELF],
    "base-uri": [CSP.NONE],
    "frame-ancestors": [CSP.NONE],
    "object-src": [CSP.NONE],
}
# Wagtail's own pages use inline scripts and styles; nobody but authors sees them.
STUDIO_CSP = {
    "default-src": [CSP.SELF],
    "script-src": [CSP.SELF, CSP.UNSAFE_INLINE],
    "style-src": [CSP.SELF, CSP.UNSAFE_INLINE],
    "img-src": [CSP.SELF, "data:", "blob:"],
    "font-src": [CSP.SELF, "data:"],
    "frame-src": [CSP.SELF],
    "frame-ancestors": [CSP.SELF],
    "form-action": [CSP.SELF],
    "base-uri": [CSP.SELF],
    "object-src": [CSP.NONE],
}

# --- Cache and background work ------------------------------------------------------------------
CACHES = {
    "default": {
        "BACKEND": "common.cache.KeptRedisCache",
        "LOCATION": env.text("CACHE_URL", env.with_database(REDIS_URL, 1)),
        "KEY_PREFIX": "loadmark",
        "TIMEOUT": 60 * 60 * 24,
        "OPTIONS": {"socket_timeout": 2, "socket_connect_timeout": 2},
    }
}

# Where browsers reach the events process: a port, `same` (a proxy leads /events/ there), or `off`.
EVENTS = env.text("EVENTS", "off")
if EVENTS not in {"same", "off"} and not EVENTS.isdecimal():
    raise ImproperlyConfigured("EVENTS must be off, same or the number of a port.")

CELERY_BROKER_URL = env.celery_broker(REDIS_URL)
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
# The optional second grader: a server that speaks the OpenAI protocol; off without an address.
GRADER_LLM_URL = env.address("GRADER_LLM_URL")
GRADER_LLM_MODEL = env.text("GRADER_LLM_MODEL") if GRADER_LLM_URL else ""
GRADER_LLM_KEY = env.text("GRADER_LLM_KEY", "")
GRADER_LLM_ALWAYS = env.flag("GRADER_LLM_ALWAYS", default=False)
GRADER_LLM_READ_SECONDS = env.integer("GRADER_LLM_READ_SECONDS", 30, minimum=1)
GRADER_LLM_SECONDS = env.integer("GRADER_LLM_SECONDS", 60, minimum=1)
GRADER_LLM_PAUSE_SECONDS = env.integer("GRADER_LLM_PAUSE_SECONDS", 60, minimum=1)
GRADER_LLM_LEARNER_TOKENS = env.integer("GRADER_LLM_LEARNER_TOKENS", 100_000)
GRADER_LLM_DAY_TOKENS = env.integer("GRADER_LLM_DAY_TOKENS", 2_000_000)

# A task may wait for the second grader on top of its own work.
CELERY_TASK_SOFT_TIME_LIMIT = env.integer(
    "TASK_SOFT_TIME_LIMIT", 60 + (GRADER_LLM_SECONDS if GRADER_LLM_URL else 0), minimum=1
)
CELERY_TASK_TIME_LIMIT = CELERY_TASK_SOFT_TIME_LIMIT + 15
# Above the hard limit, so that a slow task never runs twice; a killed worker's task comes back by
# the short restore interval and, whatever happens to the broker, by the sweeper.
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": CELERY_TASK_TIME_LIMIT + 60,
    "unacked_restore_interval": 5,
    "unacked_restore_throttle": 1,
    "socket_timeout": 5,
    "socket_connect_timeout": 2,
    "max_retries": 0,
}
CELERY_TASK_PUBLISH_RETRY = False
# How long one try at an answer may take before another worker may have it, and how long a queued
# answer waits before the sweeper sends it again.
GRADING_LEASE_SECONDS = env.integer("GRADING_LEASE_SECONDS", 30, minimum=1)
GRADING_RESEND_SECONDS = env.integer("GRADING_RESEND_SECONDS", 10, minimum=1)
CELERY_DB_REUSE_MAX = 1000
CELERY_TASK_DEFAULT_QUEUE = "default"
# Where the grader's model is loaded.
CELERY_TASK_ROUTES = {
    "interviews.tasks.grade": {"queue": "grading"},
    "interviews.tasks.measure_impact": {"queue": "grading"},
}
CELERY_BEAT_SCHEDULE = {
    "sweep-gradings": {
        "task": "interviews.tasks.sweep",
        "schedule": float(env.integer("GRADING_SWEEP_SECONDS", 15, minimum=1)),
    },
}
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR_DIR / "celerybeat-schedule")
CELERY_TIMEZONE = "UTC"
CELERY_WORKER_HIJACK_ROOT_LOGGER = False

# --- Files --------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = Path(env.text("STATIC_ROOT", str(VAR_DIR / "static")))
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_URL = "/media/"
MEDIA_ROOT = Path(env.text("MEDIA_ROOT", str(VAR_DIR / "media")))
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_KEEP_ONLY_HASHED_FILES = False
CONTENT_DIR = BASE_DIR / "content"

# --- Language and time --------------------------------------------------------------------------
LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

# --- Studio -------------------------------------------------------------------------------------
WAGTAIL_SITE_NAME = f"{SITE_NAME} studio"
WAGTAILADMIN_BASE_URL = BASE_URL
WAGTAILADMIN_LOGIN_URL = "account_login"
WAGTAIL_FRONTEND_LOGIN_URL = "/account/login/"
WAGTAIL_PASSWORD_MANAGEMENT_ENABLED = False
WAGTAIL_EMAIL_MANAGEMENT_ENABLED = False
WAGTAIL_ENABLE_UPDATE_CHECK = False
WAGTAIL_ENABLE_WHATS_NEW_BANNER = False
WAGTAIL_GRAVATAR_PROVIDER_URL = None
WAGTAIL_I18N_ENABLED = False
WAGTAILIMAGES_EXTENSIONS = ["gif", "jpg", "jpeg", "png", "webp"]
WAGTAIL_USER_TIME_ZONES = ["UTC"]
WAGTAIL_ALLOW_UNICODE_SLUGS = False
# The form of a scenario with its rubrics has more than a thousand fields.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 20_000

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env.text("LOG_LEVEL", "WARNING")},
}
