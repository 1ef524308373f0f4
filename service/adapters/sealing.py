"""Sealed documents: compact JWE (RFC 7516) with `dir` and `A256GCM`, each under a key of its own.

A document's key is HKDF-SHA256 (RFC 5869) of the named key in TOKEN_KEYS over its use and binding.
"""

import base64
import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from joserfc import jwe
from joserfc.errors import JoseError
from joserfc.jwk import OctKey

from service.config.token_keys import KEY_BYTES, TokenKey
from service.domain.sealed import Binding, SealedDocumentError, UnknownKeyError, Use
from service.metrics import SEALING_FAILURES

# The database stores nothing longer.
LONGEST_DOCUMENT = 16_384
_ALGORITHMS = ("dir", "A256GCM")
_DOCUMENT = re.compile(
    r"(?P<header>[A-Za-z0-9_-]{20,512})\.\.(?P<nonce>[A-Za-z0-9_-]{16})"
    r"\.(?P<ciphertext>[A-Za-z0-9_-]+)\.(?P<tag>[A-Za-z0-9_-]{22})"
)
_HEADER_FIELDS = frozenset({"alg", "enc", "kid", "typ"})


class TokenSealer:
    """Fulfils service.domain.ports.Sealer. The first key seals, every key opens."""

    def __init__(self, keys: Sequence[TokenKey]) -> None:
        self._keys = {key.kid: key for key in keys}
        self._first = keys[0]

    def seal(self, use: Use, binding: Binding, payload: Mapping[str, str]) -> str:
        """Seal a payload under the first key.

        Raises:
            ValueError: the payload is too long for a sealed document.
        """
        document = jwe.encrypt_compact(
            {"alg": "dir", "enc": "A256GCM", "kid": self._first.kid, "typ": use.typ},
            json.dumps(dict(payload), separators=(",", ":")),
            _derive(self._first, use, binding),
            algorithms=_ALGORITHMS,
        )
        if len(document) > LONGEST_DOCUMENT:
            raise ValueError("the payload is too long for a sealed document")
        return document

    def open(self, use: Use, binding: Binding, document: str) -> dict[str, str]:
        """Open a document that was sealed for exactly this use and binding.

        Raises:
            SealedDocumentError: it was not, or somebody altered it.
            UnknownKeyError: it names a key that is not in TOKEN_KEYS.
        """
        try:
            return self._open(use, binding, document)
        except UnknownKeyError:
            SEALING_FAILURES.labels(use.value, "unknown_key").inc()
            raise
        except SealedDocumentError:
            SEALING_FAILURES.labels(use.value, "refused").inc()
            raise

    def _open(self, use: Use, binding: Binding, document: str) -> dict[str, str]:
        header = _read_header(document)
        if header != {"alg": "dir", "enc": "A256GCM", "kid": header["kid"], "typ": use.typ}:
            raise SealedDocumentError
        key = self._keys.get(header["kid"])
        if key is None:
            raise UnknownKeyError(header["kid"])
        try:
            opened = jwe.decrypt_compact(document, _derive(key, use, binding), algorithms=_ALGORITHMS)
        except (JoseError, ValueError):
            raise SealedDocumentError from None
        if opened.plaintext is None:
            raise SealedDocumentError
        return json.loads(opened.plaintext)

    def kid_of(self, document: str) -> str:
        """Read the name of the key that a document says it is sealed with; nothing is verified.

        Raises:
            SealedDocumentError: it is no sealed document.
        """
        return _read_header(document)["kid"]


def _derive(key: TokenKey, use: Use, binding: Binding) -> OctKey:
    derived = HKDF(SHA256(), length=KEY_BYTES, salt=None, info=binding.info(use)).derive(key.secret)
    return OctKey.import_key(derived)


def _read_header(document: str) -> dict[str, Any]:
    parts = _DOCUMENT.fullmatch(document) if len(document) <= LONGEST_DOCUMENT else None
    # Base64 has spare bits at the end of a segment: two texts of one document would be two documents to whoever
    # compares or hashes them.
    if parts is None or not all(_is_canonical(segment) for segment in parts.groups()):
        raise SealedDocumentError
    try:
        header = json.loads(_decode(parts["header"]))
    except ValueError:
        raise SealedDocumentError from None
    if not isinstance(header, dict) or header.keys() != _HEADER_FIELDS or not isinstance(header["kid"], str):
        raise SealedDocumentError
    return header


def _decode(segment: str) -> bytes:
    return base64.urlsafe_b64decode(segment + "=" * (-len(segment) % 4))


def _is_canonical(segment: str) -> bool:
    if len(segment) % 4 == 1:
        return False
    return base64.urlsafe_b64encode(_decode(segment)).decode().rstrip("=") == segment
