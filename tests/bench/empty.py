"""An empty Flask app that imports what the service imports: what starting costs before anything is built."""

from flask import Flask

import service.application
import service.bootstrap

app = Flask(__name__)
_IMPORTED = (service.application, service.bootstrap)


@app.get("/healthz")
def health():
    """Answers once the server serves."""
    return {}


@app.get("/readyz")
def ready():
    """Answers once the server serves."""
    return {}
