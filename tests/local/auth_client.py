"""A client of the Auth stand-in that says exactly what is asked and answered."""

from __future__ import annotations

from typing import Any

import httpx

from service.local.platform import Platform


class Auth:
    """Calls Auth through the gateway."""

    def __init__(self, platform: Platform, http: httpx.Client):
        self._url = f"{platform.supabase_url}/auth/v1"
        self._key = platform.publishable_key
        self._http = http

    def call(
        self, method: str, path: str, body: Any = None, *, bearer: str | None = None, version: str | None = None
    ) -> httpx.Response:
        headers = {"apikey": self._key}
        if bearer:
            headers["Authorization"] = f"Bearer {bearer}"
        if version:
            headers["X-Supabase-Api-Version"] = version
        return self._http.request(method, self._url + path, json=body, headers=headers)

    def refresh(self, refresh_token: str) -> httpx.Response:
        return self.call("POST", "/token?grant_type=refresh_token", {"refresh_token": refresh_token})
