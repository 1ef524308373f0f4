"""Everything that is nearly a sealed document, for the functions that must refuse it."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

_HEADER = {"alg": "dir", "enc": "A256GCM", "kid": "local-tests"}


def _document(header: Any, *, key: str = "", nonce: str = "A" * 16, text: str = "AAAA", tag: str = "A" * 22) -> str:
    encoded = header if isinstance(header, bytes) else json.dumps(header).encode()
    return ".".join((base64.urlsafe_b64encode(encoded).decode().rstrip("="), key, nonce, text, tag))


def bad_documents(use: str) -> dict[str, str | None]:
    """What is no sealed document for a use, by what is wrong with it."""
    good = _HEADER | {"typ": f"cxtrack-google-{use}+jwe"}
    other_use = "refresh" if use != "refresh" else "access"
    return {
        "nothing": None,
        "empty": "",
        "plain_token": "ya29.a0AfH6SMBx-made-up-token-of-google",
        "signed_jwt": _document({"alg": "ES256", "typ": "JWT"}).replace("..", "."),
        "other_alg": _document(good | {"alg": "A256GCMKW"}),
        "no_encryption": _document(good | {"enc": "none"}),
        "shorter_key": _document(good | {"enc": "A128GCM"}),
        "other_mode": _document(good | {"enc": "A256CBC-HS512"}),
        "other_use": _document(good | {"typ": f"cxtrack-google-{other_use}+jwe"}),
        "other_typ": _document(good | {"typ": "JWT"}),
        "alg_twice": _document(json.dumps(good).replace("{", '{"alg": "none", ', 1).encode()),
        "extra_header_field": _document(good | {"zip": "DEF"}),
        "no_kid": _document({name: value for name, value in good.items() if name != "kid"}),
        "kid_number": _document(good | {"kid": 7}),
        "kid_null": _document(good | {"kid": None}),
        "kid_with_spaces": _document(good | {"kid": "a kid"}),
        "kid_with_nul": _document(good | {"kid": "a\x00b"}),
        "kid_too_long": _document(good | {"kid": "k" * 65}),
        "header_array": _document([good]),
        "header_text": _document("dir A256GCM and so on"),
        "header_number": _document(12345678901234567890),
        "header_no_json": _document(b"this is no JSON document"),
        "header_no_utf8": _document(b"\xff" * 24),
        "encrypted_key": _document(good, key="AAAA"),
        "short_nonce": _document(good, nonce="A" * 15),
        "short_tag": _document(good, tag="A" * 21),
        "no_ciphertext": _document(good, text=""),
        "padded": _document(good, text="AAA="),
        "other_alphabet": _document(good, text="AA+/"),
        "line_break_at_the_end": _document(good) + "\n",
        "one_part_more": _document(good) + ".AAAA",
        "too_long": _document(good, text="A" * 16384),
    }


def each_bad_document(use: str) -> pytest.MarkDecorator:
    """Run a test once for each bad document."""
    return pytest.mark.parametrize(
        "document",
        [pytest.param(document, id=fault) for fault, document in bad_documents(use).items()],
    )
