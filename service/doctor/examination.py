"""One examination: all checks that this environment allows, one after the other, and what they say together."""

import json
from collections.abc import Iterator, Sequence

from rich.console import Console

from service.config import Settings
from service.doctor.credentials import Part, credential_checks
from service.doctor.database import database_checks
from service.doctor.findings import Check, Finding, Verdict
from service.doctor.network import network_checks, new_client
from service.redaction import redact_text

_STYLES = {Verdict.OK: "green", Verdict.WARNING: "yellow", Verdict.FINDING: "red", Verdict.UNKNOWN: "dim"}


def examine(settings: Settings, part: Part) -> Iterator[Finding]:
    """Run the checks; each finding comes as soon as it is there."""
    with new_client() as http:
        checks: list[Check] = credential_checks(settings, part) + network_checks(settings, http)
        if settings.database_url is not None:
            checks += database_checks(
                settings.database_url.get_secret_value(), settings.token_keys, is_production=settings.is_production
            )
        for check in checks:
            yield check.run()
    if settings.database_url is None:
        yield Finding("database", Verdict.UNKNOWN, "DATABASE_URL is not set: run it with --part operator as well")


def show(found: Iterator[Finding], console: Console) -> list[Finding]:
    """Print a line for each as it comes."""
    shown: list[Finding] = []
    for each in found:
        mark = f"{each.verdict:8}"
        console.print(f"{mark} {each.check:24} {redact_text(each.text)}", style=_STYLES[each.verdict], highlight=False,
                      markup=False, soft_wrap=True)  # fmt: skip
        shown.append(each)
    return shown


def as_json(found: Sequence[Finding]) -> str:
    """The report for programs."""
    return json.dumps(
        [{"check": each.check, "verdict": each.verdict, "text": redact_text(each.text)} for each in found], indent=2
    )
