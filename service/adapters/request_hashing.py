"""Keyed hashes of requests: they tell a repeat from another request, and nothing of the request can be read in them."""

import hashlib
import hmac
from collections.abc import Sequence

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from service.config import TokenKey


class RequestHMAC:
    """Fulfils service.domain.ports.RequestHasher; HMAC-SHA256 under a key derived from TOKEN_KEYS."""

    def __init__(self, keys: Sequence[TokenKey]) -> None:
        self._keys = {key.kid: _derive(key.secret) for key in keys}
        self._first = keys[0].kid

    def hash(self, request: bytes) -> str:
        """Hash under the first key, which the answer names: `kid:hex`."""
        return self._hash(self._first, request)

    def matches(self, request_hmac: str, request: bytes) -> bool:
        """Whether this is the hash of that request.

        True too if its key is not here any more: nobody can tell then, and what became of the first request is the
        more careful answer to a repeat, as it sends nothing.
        """
        return request_hmac.partition(":")[0] not in self._keys or self.is_ours(request_hmac, request)

    def is_ours(self, request_hmac: str, request: bytes) -> bool:
        """Whether this is certainly the hash of that request, made by us; False if its key is not here any more."""
        kid = request_hmac.partition(":")[0]
        return kid in self._keys and hmac.compare_digest(request_hmac.encode(), self._hash(kid, request).encode())

    def _hash(self, kid: str, request: bytes) -> str:
        return f"{kid}:{hmac.new(self._keys[kid], request, hashlib.sha256).hexdigest()}"


def _derive(secret: bytes) -> bytes:
    return HKDF(SHA256(), length=32, salt=None, info=b"cxtrack idempotency v1").derive(secret)
