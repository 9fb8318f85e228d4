"""All settings, read from the environment; docs/settings.md lists every variable.

The default is a whole labdb in one folder: SQLite, a broker made of files, files in `var/`.
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlparse

from csp.constants import NONCE
from django.contrib.messages import constants as messages

BASE_DIR = Path(__file__).resolve().parent.parent


def flag(name: str, default: bool = False) -> bool:
    return os.environ.get(name, str(default)).lower() in ("1", "true", "yes", "on")


def number(name: str, default: int) -> int:
    return int(os.environ.get(name, default))


def words(name: str, default: str = "") -> list[str]:
    return [word.strip() for word in os.environ.get(name, default).split(",") if word.strip()]


# Everything that labdb keeps lies below this folder, but for a database or a store elsewhere.
DATA_DIR = Path(os.environ.get("LABDB_DATA", BASE_DIR / "var")).resolve()
for folder in ("files", "uploads", "queue", "processed", "control", "log"):
    (DATA_DIR / folder).mkdir(parents=True, exist_ok=True)


def kept_secret() -> str:
    """A secret key made at the first start and kept beside the data, readable by its owner alone."""
    path = DATA_DIR / "secret_key"
    try:
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(50))
    except FileExistsError:
        pass
    return path.read_text()


DEBUG = flag("LABDB_DEBUG")
SECRET_KEY = os.environ.get("LABDB_SECRET_KEY") or kept_secret()
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]", *words("LABDB_ALLOWED_HOSTS")]  # this machine may always ask
CSRF_TRUSTED_ORIGINS = words("LABDB_TRUSTED_ORIGINS")

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.forms",
    "axes",
    "csp",
    "django_htmx",
    "django_filters",
    "simple_history",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "drf_standardized_errors",
    "labdb",
    "synthesis",
    "cells",
    "characterization",
    "dashboards",
]

# What labdb can read, technique by technique (see labdb/ingest/technique.py).
TECHNIQUES = [
    "synthesis.heat_treatment.technique.FURNACE_LOG",
    "cells.cycling.technique.CYCLING",
    "cells.impedance.technique.EIS",
    "characterization.xrd.technique.XRD",
    "characterization.reference.technique.REFERENCE",
    "characterization.rietveld.technique.RIETVELD",
    "characterization.icp.technique.ICP",
    "characterization.tap_density.technique.TAP_DENSITY",
    "characterization.particle_size.technique.PARTICLE_SIZE",
    "characterization.residual_lithium.technique.RESIDUAL_LITHIUM",
    "characterization.moisture.technique.MOISTURE",
    "characterization.fracture.technique.FRACTURE_CENSUS",
    "characterization.sem.technique.SEM",
    "characterization.image.technique.IMAGE",
    "characterization.tomography.technique.TOMOGRAPHY",
    "characterization.physisorption.technique.PHYSISORPTION",
    "characterization.dsc.technique.DSC",
    "characterization.tga.technique.TGA",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "labdb.files.middleware.RefuseTooLarge",  # before the CSRF check reads the body
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "labdb.accounts.middleware.LoginRequired",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "simple_history.middleware.HistoryRequestMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "labdb.urls"
WSGI_APPLICATION = "labdb.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
                "labdb.frame.frame",
            ],
        },
    }
]
FORM_RENDERER = "labdb.forms.FormRenderer"
MESSAGE_TAGS = {messages.SUCCESS: "good", messages.WARNING: "warn", messages.ERROR: "bad", messages.INFO: ""}

# The navigation in the order of the work: label, address by name, drawing in icons.svg, the key after `g`.
NAVIGATION = [
    ("Home", "home", "home", "h"),
    ("Batches", "batch-list", "batch", "b"),
    ("Recipes", "recipe-list", "recipe", "r"),
    ("Measurements", "measurement-list", "measurement", "s"),
    ("Electrodes", "electrode-list", "electrode", "e"),
    ("Cells", "cell-list", "cell", "c"),
    ("Tests", "cycling-test-list", "test", "t"),
    ("Compare", "comparison", "compare", "m"),
    ("Files", "file-list", "file", "f"),
    ("Inventory", "lot-list", "lot", "i"),
]

# What the worklist on the home page shows, section by section (see labdb/worklist/section.py).
WORKLIST = [
    "labdb.ingest.worklist.running",
    "labdb.ingest.worklist.failed",
    "labdb.ingest.worklist.inbox",
    "synthesis.batch.worklist.out_of_band",
    "synthesis.batch.worklist.without_mass",
    "synthesis.recipe.worklist.drafts",
    "synthesis.chemical.worklist.lots",
    "labdb.instruments.worklist.calibrations",
    "cells.assembly.worklist.without_mass",
    "cells.cycling.worklist.without_protocol",
    "cells.storage.worklist.late_checks",
    "characterization.measurement.worklist.without_composition",
    "labdb.ingest.worklist.finished",
]

# What other rooms show on the page of a record, by its kind (see labdb/sections.py).
SECTIONS = {
    "batch": [
        "synthesis.sample.of_batch.samples",
        "characterization.measurement.sections.of_batch",
        "cells.electrode.of_batch.sheets",
        "cells.assembly.of_batch.cells",
    ],
    "instrument": ["characterization.measurement.sections.of_instrument"],
    "sample": ["characterization.measurement.sections.of_sample"],
    "cell": [
        "cells.exclusion.sections.of_cell",
        "cells.storage.sections.of_cell",
        "characterization.measurement.sections.of_cell",
    ],
}

# The form by which a person says what was measured (see labdb/files/subject.py), and what finds it out from the names
# of files where nobody says it (see labdb/ingest/subjects.py).
SUBJECT_FORM = "characterization.measurement.forms.MeasurementSubjectForm"
SUBJECT_FINDER = "characterization.measurement.finding.found_out"

# What rooms above the batches add to a lineage (see synthesis/lineage/genealogy.py).
LINEAGE = [
    "characterization.measurement.genealogy.measurements",
    "cells.electrode.genealogy.sheets",
    "cells.assembly.genealogy.cells",
]

# What can have a label, kind by kind (see labdb/labels/kind.py), and the name of the lab that is printed on it.
LABELS = [
    "synthesis.batch.labels.BATCHES",
    "synthesis.sample.labels.SAMPLES",
    "synthesis.chemical.labels.LOTS",
    "cells.electrode.labels.SHEETS",
    "cells.electrode.labels.DISCS",
    "cells.assembly.labels.CELLS",
]
LAB_NAME = os.environ.get("LABDB_LAB_NAME", "")

# Where the search on top of every page looks, in this order.
SEARCH = [
    "synthesis.batch.search.batches",
    "synthesis.sample.search.samples",
    "cells.electrode.search.sheets",
    "cells.electrode.search.discs",
    "cells.assembly.search.cells",
    "characterization.measurement.search.measurements",
    "synthesis.recipe.search.recipes",
    "synthesis.chemical.search.inventory",
    "labdb.instruments.search.instruments",
    "labdb.files.search.files",
    "labdb.accounts.search.projects",
    "labdb.accounts.search.people",
]


def database(url: str) -> dict[str, object]:
    """`sqlite:///path` or `postgres://user:password@host:port/name?option=value`, as Django wants it."""
    parts = urlparse(url)
    if parts.scheme == "sqlite":
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": unquote(parts.path),
            "OPTIONS": {
                # Write transactions take their lock at once and wait for it; measured in docs/adr.
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA recursive_triggers=1;"
                " PRAGMA journal_size_limit=27103364; PRAGMA cache_size=-20000;",
            },
            # Worker processes of the tests open the same file.
            "TEST": {"NAME": f"{unquote(parts.path)}.test"},
        }
    if parts.scheme in ("postgres", "postgresql"):
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": parts.path.lstrip("/"),
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": parts.hostname or "",
            "PORT": str(parts.port or ""),
            "OPTIONS": dict(parse_qsl(parts.query)),
            "CONN_MAX_AGE": 60,
            "CONN_HEALTH_CHECKS": True,
        }
    raise ValueError(f"LABDB_DATABASE_URL: {parts.scheme}:// is neither sqlite:// nor postgres://")


DATABASES = {"default": database(os.environ.get("LABDB_DATABASE_URL", f"sqlite:///{DATA_DIR / 'labdb.sqlite3'}"))}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

BROKER_URL = os.environ.get("LABDB_BROKER_URL", "filesystem://")
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": BROKER_URL}
    if BROKER_URL.startswith("redis")
    else {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
}

# Raw files and tables: a folder, or with LABDB_S3_BUCKET an S3-compatible store (extra `s3`).
S3_BUCKET = os.environ.get("LABDB_S3_BUCKET", "")
STORAGES = {
    "default": {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {"bucket_name": S3_BUCKET, "endpoint_url": os.environ.get("LABDB_S3_ENDPOINT") or None},
    }
    if S3_BUCKET
    else {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": DATA_DIR / "files", "file_permissions_mode": 0o440},
    },
    "staticfiles": {"BACKEND": "labdb.static_files.StaticStorage"},
}

# Uploads are hashed and counted while they stream to disk, on the file system that keeps them.
MAX_UPLOAD_BYTES = number("LABDB_MAX_UPLOAD_BYTES", 2 * 1024**3)
FILE_UPLOAD_HANDLERS = ["labdb.files.uploads.HashingUploadHandler"]
FILE_UPLOAD_TEMP_DIR = DATA_DIR / "uploads"
DATA_UPLOAD_MAX_MEMORY_SIZE = 10 * 1024**2
DATA_UPLOAD_MAX_NUMBER_FILES = 500
# A series of 200 cells has five fields each, the grid of a sheet three a disc; the size of all of it is limited above.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000

STATIC_URL = "static/"
STATIC_ROOT = Path(os.environ.get("LABDB_STATIC", DATA_DIR / "static"))
# plotly.js comes from the installed plotly package.
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "labdb.static_files.PlotlyFinder",
]
WHITENOISE_USE_FINDERS = DEBUG
WHITENOISE_KEEP_ONLY_HASHED_FILES = True

AUTH_USER_MODEL = "labdb.User"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "login"
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_TEMPLATE = "registration/locked_out.html"

LANGUAGE_CODE = "en-gb"
TIME_ZONE = "UTC"
USE_TZ = True

# Behind a proxy that ends TLS, LABDB_HTTPS turns on what only HTTPS can carry.
HTTPS = flag("LABDB_HTTPS")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "script-src": ["'self'", NONCE],
        "img-src": ["'self'", "data:", "blob:"],
        # plotly.js writes an empty style element (the hash of the empty string), and one for its maps.
        "style-src": [
            "'self'",
            "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='",
            "'sha256-ji27qzEtxXZW+7dun6UwjHXJ18e6WAin1VvNtkzIE/o='",
        ],
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
        "form-action": ["'self'"],
    }
}

# An analysis run is a job row with a lease; Celery's message only wakes a worker (labdb/ingest/jobs.py).
RUN_LEASE_SECONDS = number("LABDB_RUN_LEASE_SECONDS", 60)
RUN_MAX_ATTEMPTS = 3
RUN_TIME_LIMIT_SECONDS = number("LABDB_RUN_TIME_LIMIT_SECONDS", 3600)
RUN_RESEND_SECONDS = number("LABDB_RUN_RESEND_SECONDS", 30)
REAPER_SECONDS = number("LABDB_REAPER_SECONDS", 5)

CELERY_BROKER_URL = BROKER_URL
CELERY_TASK_IGNORE_RESULT = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = (
    {
        # One file system for queue and processed: the move between them must be atomic.
        "data_folder_in": str(DATA_DIR / "queue"),
        "data_folder_out": str(DATA_DIR / "queue"),
        "control_folder": str(DATA_DIR / "control"),
        "processed_folder": str(DATA_DIR / "processed"),
        "store_processed": True,
        "polling_interval": 0.1,
    }
    if BROKER_URL.startswith("filesystem")
    else {"visibility_timeout": 2 * RUN_TIME_LIMIT_SECONDS}
)

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "labdb.api.authentication.BearerToken",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": [
        "rest_framework.permissions.IsAuthenticated",
        "labdb.api.permissions.TokenMay",
    ],
    "DEFAULT_RENDERER_CLASSES": ["labdb.api.renderers.Json"],
    "DEFAULT_PARSER_CLASSES": ["labdb.api.parsers.JsonBody"],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "labdb.api.renderers.Negotiation",
    "DEFAULT_SCHEMA_CLASS": "labdb.api.schema.Schema",
    "EXCEPTION_HANDLER": "drf_standardized_errors.handler.exception_handler",
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
DRF_STANDARDIZED_ERRORS = {
    "EXCEPTION_HANDLER_CLASS": "labdb.api.errors.Handler",
    "ALLOWED_ERROR_STATUS_CODES": ["400", "401", "403", "404", "413"],
    "ERROR_SCHEMAS": dict.fromkeys(("400", "401", "403", "404", "413"), "labdb.api.schema.Problems"),
}
SPECTACULAR_SETTINGS = {
    "TITLE": "labdb",
    "VERSION": "1",
    "DESCRIPTION": "Everything that the pages of labdb show and do. docs/api.md is the way in.",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.IsAuthenticated"],
    "SCHEMA_PATH_PREFIX": r"/api/v1",
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    # Folded, and without the list of schemas: unfolded, a browser draws for many seconds.
    "SWAGGER_UI_SETTINGS": {
        "deepLinking": True,
        "docExpansion": "none",
        "defaultModelsExpandDepth": -1,
        "validatorUrl": None,
    },
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_NAME_OVERRIDES": {
        "RunState": "labdb.provenance.models.AnalysisRun.State",
        "FileState": "labdb.files.models.RawFile.State",
        "BatchLinkKind": "synthesis.batch.models.BatchLink.Kind",
        "RecipeState": "synthesis.recipe.models.RecipeVersion.State",
        "ChemicalRole": "synthesis.chemical.models.Chemical.Role",
        "MemberRole": "labdb.accounts.models.Role",
        "CalibrationState": "labdb.instruments.models.STATES",
        "StorageState": "cells.storage.models.STATES",
        "BlockKind": "cells.cycling.table.BLOCK_KINDS",
    },
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": os.environ.get("LABDB_LOG_LEVEL", "INFO")},
    "loggers": {"axes": {"level": "WARNING"}, "django.db.backends": {"level": "WARNING"}},
}
