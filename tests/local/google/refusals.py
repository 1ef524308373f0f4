"""What a refusal of Google's APIs says through Google's client library."""

from __future__ import annotations

import json
from typing import Any

import pytest
from googleapiclient.errors import HttpError


def refused(request: Any) -> tuple[int, str]:
    """Status and reason of a request that must be refused."""
    return refused_saying(request)[:2]


def refused_saying(request: Any) -> tuple[int, str, str]:
    """Status, reason and message of a request that must be refused."""
    with pytest.raises(HttpError) as error:
        request.execute()
    # Not error_details: the library gives another part of the body there when the body has details.
    (found,) = json.loads(error.value.content)["error"]["errors"]
    return error.value.status_code, found["reason"], found["message"]
