"""Where things run, as far as their names say: everything of ours belongs in one region (P-5.4.5)."""

import re
from collections.abc import Mapping

from service.config.urls import database_parameters

REGION = "ca-central-1"
# Set by AWS for what runs on it; nothing of ours reads them otherwise.
_HOST_VARIABLES = ("AWS_REGION", "AWS_DEFAULT_REGION")
# Supabase's connection pooler is named after its region; the direct host db.<ref>.supabase.co tells none.
_POOLER = re.compile(r"aws-\d+-(?P<region>[a-z]{2}(?:-[a-z]+)+-\d)\.pooler\.supabase\.com")


def region_of(values: Mapping[str, str]) -> dict[str, str]:
    """The regions that variables name, by variable; what names none is left out."""
    found = {name: values[name] for name in _HOST_VARIABLES if values.get(name)}
    try:
        host = database_parameters(values["DATABASE_URL"]).get("host", "") if "DATABASE_URL" in values else ""
    except ValueError:
        host = ""
    if match := _POOLER.fullmatch(host):
        found["DATABASE_URL"] = match["region"]
    return found
