"""The service as it runs in production, gunicorn on a local platform, and people who use it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from service.local.google.client import GoogleControl
from service.local.platform import Platform
from service.local.serve import service_processes
from tests.people import NewUser
from tests.service.routes.actors import Actor, new_actor

NewActor = Callable[..., Actor]


@pytest.fixture(scope="session")
def service(platform: Platform, log_dir: Path) -> Iterator[httpx.Client]:
    """A client of the running service; redirects are not followed."""
    with (
        service_processes(platform, log_dir=log_dir),
        httpx.Client(base_url=platform.identity.public_url, timeout=30, trust_env=False) as client,
    ):
        yield client


@pytest.fixture(scope="session")
def google_control(platform: Platform) -> Iterator[GoogleControl]:
    control = GoogleControl(platform.google_url)
    yield control
    control.close()


@pytest.fixture
def google(google_control: GoogleControl) -> Iterator[GoogleControl]:
    """The Google stand-in's control; faults are off before and after each test."""
    google_control.clear_faults()
    yield google_control
    google_control.clear_faults()


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
