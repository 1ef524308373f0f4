"""What a check found: a verdict with a sentence, which holds no secret and nothing of a person."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    """How a check ended."""

    OK = "ok"
    # Works, but should not stay so.
    WARNING = "warning"
    # Does not work, or breaks a promise.
    FINDING = "finding"
    # Cannot be told from here; the sentence says why, and how else to look.
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the doctor's report."""

    check: str
    verdict: Verdict
    text: str


@dataclass(frozen=True, slots=True)
class Check:
    """A named look at one thing."""

    name: str
    look: Callable[[], tuple[Verdict, str]]

    def run(self) -> Finding:
        """Look; a look that breaks is a finding, told by the class of the error alone, whose text may hold a secret."""
        try:
            verdict, text = self.look()
        except Exception as error:
            verdict, text = Verdict.FINDING, f"could not be looked at: {type(error).__name__}"
        return Finding(self.name, verdict, text)


def ok(text: str) -> tuple[Verdict, str]:
    """All is well."""
    return Verdict.OK, text


def warning(text: str) -> tuple[Verdict, str]:
    """It works, but should not stay so."""
    return Verdict.WARNING, text


def finding(text: str) -> tuple[Verdict, str]:
    """It does not work, or breaks a promise."""
    return Verdict.FINDING, text


def unknown(text: str) -> tuple[Verdict, str]:
    """It cannot be told from here."""
    return Verdict.UNKNOWN, text
