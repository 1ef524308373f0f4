""".env.example, written from the settings themselves so that the two cannot differ."""

from textwrap import wrap

from pydantic_core import PydanticUndefined

from service.config.settings import Settings

_HEAD = """\
# Every variable of the service. Copy to .env, fill in what is not commented out.
# Written by `python -m service env-example > .env.example`; the texts live in service/config/settings.py.
"""


def env_example() -> str:
    """Render each variable with its meaning; those that have a default are commented out."""
    return "\n".join([_HEAD, *(_entry(name.upper()) for name in Settings.model_fields)])


def _entry(name: str) -> str:
    field = Settings.model_fields[name.lower()]
    meaning = "\n".join(f"# {line}" for line in wrap(field.description or "", width=116))
    example = (field.examples or [""])[0]
    is_required = field.default is PydanticUndefined and field.default_factory is None
    # Without this one the service runs with far wider rights, so it counts as required.
    mark = "" if is_required or name == "SUPABASE_SERVICE_JWT" else "# "
    return f"{meaning}\n{mark}{name}='{example}'\n"
