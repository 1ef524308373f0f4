"""Uploads: a message as the whole body, or as the second of two parts (RFC 2387). Resumable ones are not imitated."""

from __future__ import annotations

import json
from typing import Any

from flask import request

from service.local.google.errors import APIError, not_imitated

_MESSAGE = "message/rfc822"
_ENCODINGS = (b"7bit", b"8bit", b"binary")


def read_upload() -> tuple[dict[str, Any], bytes]:
    """Read metadata and message out of the present request.

    Raises:
        APIError: the body has not the form that `uploadType` names.
    """
    match request.args.get("uploadType"):
        case "media":
            if request.mimetype != _MESSAGE:
                raise APIError(400, "badContent", f"Media type '{request.mimetype}' is not supported.")
            return {}, request.get_data()
        case "multipart":
            return _read_parts()
    raise not_imitated("This uploadType")


def _read_parts() -> tuple[dict[str, Any], bytes]:
    boundary = request.mimetype_params.get("boundary", "")
    pieces = (b"\r\n" + request.get_data()).split(b"\r\n--" + boundary.encode())
    # Before the first boundary, two parts, and the dashes of the last boundary.
    if request.mimetype != "multipart/related" or not boundary or len(pieces) != 4 or pieces[3].strip() != b"--":
        raise _malformed()
    (kind, metadata), (media_kind, media) = (_part(piece) for piece in pieces[1:3])
    if (kind, media_kind) != ("application/json", _MESSAGE):
        raise _malformed()
    try:
        return json.loads(metadata), media
    except ValueError:
        raise _malformed() from None


def _part(piece: bytes) -> tuple[str, bytes]:
    head, separator, content = piece.partition(b"\r\n\r\n")
    fields = dict(line.lower().split(b":", 1) for line in head.strip().split(b"\r\n") if b":" in line)
    if not separator or fields.get(b"content-transfer-encoding", b"binary").strip() not in _ENCODINGS:
        raise _malformed()
    return fields.get(b"content-type", b"").decode("ascii", "replace").partition(";")[0].strip(), content


def _malformed() -> APIError:
    return APIError(400, "badContent", "Malformed multipart body.")
