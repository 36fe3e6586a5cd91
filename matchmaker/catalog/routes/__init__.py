"""Pages of the catalog."""

from flask import Blueprint

bp = Blueprint("catalog", __name__)

from matchmaker.catalog.routes import (  # noqa: E402
    agreements,  # noqa: F401
    applications,  # noqa: F401
    bulk,  # noqa: F401
    panels,  # noqa: F401
    public,  # noqa: F401
    reports,  # noqa: F401
    staff,  # noqa: F401
    supplier,  # noqa: F401
)
