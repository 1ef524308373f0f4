"""The settings as people meet them: the example file, and a server that stops and says what is wrong."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from dotenv import dotenv_values

from service.config import Settings
from service.config.example import env_example

ROOT = Path(__file__).parents[2]


def test_env_example_is_what_the_settings_say():
    text = (ROOT / ".env.example").read_text()
    assert text == env_example(), "run: python -m service env-example > .env.example"
    named = {line.removeprefix("# ").partition("=")[0] for line in text.splitlines() if "='" in line}
    assert named == {name.upper() for name in Settings.model_fields}
    required = {name for name, field in Settings.model_fields.items() if field.is_required()}
    assert {name.lower() for name in dotenv_values(ROOT / ".env.example")} == required | {"supabase_service_jwt"}


@pytest.mark.parametrize(
    "command", [["-c", "import service.wsgi"], ["-m", "gunicorn", "-b", "127.0.0.1:0", "service.wsgi:app"]]
)
def test_the_server_stops_and_lists_what_is_wrong_if_settings_are_missing(command: list[str], tmp_path: Path):
    finished = subprocess.run(
        [sys.executable, *command],
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert finished.returncode == 4
    assert "- TOKEN_KEYS: is missing\n" in finished.stderr
    assert "Traceback" not in finished.stderr
