"""What the stand-in's routes share."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, cast

from flask import Flask, current_app

from service.local.google.faults import Faults
from service.local.google.id_tokens import IDTokenSigner
from service.local.google.state import Google
from service.local.google.watching import Watch

_EXTENSION = "google"


@dataclass
class StandIn:
    """State, faults, signing key, and what was received."""

    google: Google
    faults: Faults
    signer: IDTokenSigner
    received: list[dict[str, Any]] = field(default_factory=list)
    watch: Watch = field(default_factory=Watch)


def wire(app: Flask, parts: StandIn) -> None:
    """Give the application its parts."""
    app.extensions[_EXTENSION] = parts


def stand_in() -> StandIn:
    """The parts of the running application."""
    return cast(StandIn, current_app.extensions[_EXTENSION])
