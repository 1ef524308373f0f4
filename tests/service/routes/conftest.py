"""People who use the service over HTTP."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from service.local.google.client import GoogleControl
from service.local.platform import Platform
from tests.people import NewUser
from tests.service.routes.actors import Actor, new_actor

NewActor = Callable[..., Actor]


@pytest.fixture
def new_person(new_user: NewUser, platform: Platform, service: httpx.Client, google: GoogleControl) -> NewActor:
    """A function that makes a signed-in user with a fresh Google account."""

    def create(**account: Any) -> Actor:
        return new_actor(new_user(), platform, service, google, **account)

    return create


@pytest.fixture
def ada(new_person: NewActor) -> Actor:
    """A user who is not connected yet."""
    return new_person()


@pytest.fixture
def connected(ada: Actor) -> Actor:
    """The same user, connected with every scope."""
    ada.connect()
    return ada
