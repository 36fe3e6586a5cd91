"""The entry of a WSGI server."""

from matchmaker.app import create_app
from matchmaker.foundation import logs
from matchmaker.foundation.settings import from_environment

logs.configure()
app = create_app(from_environment())
