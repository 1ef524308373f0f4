"""The service with the example page at /example, for `make serve` and the tests; production loads service.wsgi."""

from __future__ import annotations

import os

from werkzeug.middleware.dispatcher import DispatcherMiddleware

from service.local.example.site import create_site
from service.wsgi import app as service

app = DispatcherMiddleware(
    service,
    {
        "/example": create_site(
            supabase_url=os.environ["SUPABASE_URL"], publishable_key=os.environ["SUPABASE_PUBLISHABLE_KEY"]
        )
    },
)
