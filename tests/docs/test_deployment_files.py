"""What docs/deploy.md hands out works: the steps of the Containerfile, the units of systemd, the table of secrets."""

from __future__ import annotations

import configparser
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from service.cli import main
from service.config import Settings
from service.local.parts import base_environment, http_answers
from service.local.platform import Platform
from service.local.ports import unused_port
from service.local.processes import ChildFailed, start_child, wait_until
from tests.service.environments import production

ROOT = Path(__file__).parents[2]
_UNITS = sorted((ROOT / "docs" / "systemd").glob("*.service"))
_INSTRUCTION = re.compile(r"^([A-Z]+) (.*)$")


def _instructions() -> list[tuple[str, str]]:
    """The instructions of the image that is deployed, in order: those after the last FROM."""
    text = re.sub(r"\\\n", " ", (ROOT / "Containerfile").read_text())
    found = [match.groups() for line in text.splitlines() if (match := _INSTRUCTION.match(line))]
    last = max(number for number, (word, _) in enumerate(found) if word == "FROM")
    return [(word, rest) for word, rest in found[last + 1 :]]


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the image holds in its working directory, made by its own instructions."""
    folder = tmp_path_factory.mktemp("image")
    for word, rest in _instructions():
        if word == "COPY" and not rest.startswith("--from"):
            *sources, target = rest.split()
            for source in sources:
                ignored = shutil.ignore_patterns("__pycache__")
                shutil.copytree(ROOT / source, folder / target, ignore=ignored)
        elif word == "RUN":
            subprocess.run(rest, shell=True, cwd=folder, check=True)  # noqa: S602 - our own instructions
    return folder


def _values(word: str) -> list[str]:
    return [rest for found, rest in _instructions() if found == word]


@contextmanager
def _running(image: Path, environ: dict[str, str], tmp_path: Path) -> Iterator[str]:
    port = unused_port()
    (command,) = _values("CMD")
    argv = json.loads(command)
    child = start_child(
        "image",
        [str(Path(sys.executable).parent / argv[0]), *argv[1:]],
        env={
            "PATH": os.environ["PATH"], "PYTHONPATH": str(image), "BIND": f"127.0.0.1:{port}", "WEB_CONCURRENCY": "1",
            **environ, "METRICS_PORT": "0",
        },
        cwd=image, log_path=tmp_path / "image.log",
    )  # fmt: skip
    try:
        url = f"http://127.0.0.1:{port}"
        wait_until(lambda: http_answers(f"{url}/healthz", 200), what="the image", timeout=30, child=child)
        yield url
    finally:
        child.terminate()


def test_image_holds_no_part_of_the_local_platform(image: Path):
    assert (image / "service" / "wsgi.py").is_file()
    assert list((image / "supabase" / "migrations").glob("*.sql"))
    assert not (image / "service" / "local").exists()
    assert {path.name for path in image.iterdir()} == {"service", "supabase", "policies"}


def test_image_serves_and_its_health_check_notices(image: Path, platform: Platform, tmp_path: Path):
    (check,) = _values("HEALTHCHECK")
    argv = json.loads(check[check.index("[") :])
    with _running(image, platform.settings_env(), tmp_path) as url:
        looked = [sys.executable, *argv[1:-1], argv[-1].replace("http://127.0.0.1:8000", url)]
        assert subprocess.run(looked, capture_output=True).returncode == 0
        assert http_answers(f"{url}/readyz", 200)
    assert subprocess.run(looked, capture_output=True).returncode != 0


def test_image_refuses_settings_that_do_not_fit_and_names_them(image: Path, tmp_path: Path):
    environ = production() | {"TOKEN_KEYS": "", "AWS_REGION": "us-east-1"}
    said = r"(?s)AWS_REGION: is in us-east-1.*TOKEN_KEYS: is missing"
    with pytest.raises(ChildFailed, match=said), _running(image, environ, tmp_path):
        raise AssertionError("it serves")


def test_image_runs_the_worker_and_the_operator_commands(image: Path, platform: Platform):
    environ = {**base_environment(), **platform.settings_env(), "PYTHONPATH": str(image)}
    commands = (
        "worker --once", "doctor --help", "migrate --dry-run", "policy sync --dry-run", "rotate-keys --dry-run",
    )  # fmt: skip
    for command in commands:
        answer = subprocess.run(
            [sys.executable, "-m", "service", *command.split()], cwd=image, env=environ, capture_output=True, text=True
        )
        assert answer.returncode == 0, (command, answer.stderr)


def test_image_runs_as_nobody():
    (user,) = _values("USER")
    assert int(user.partition(":")[0]) > 0


@pytest.mark.skipif(not shutil.which("podman") and not shutil.which("buildah"), reason="no builder on this machine")
def test_image_is_built():
    builder = shutil.which("podman") or str(shutil.which("buildah"))
    assert subprocess.run([builder, "build", "-f", "Containerfile", "."], cwd=ROOT).returncode == 0


def _unit(path: Path) -> configparser.SectionProxy:
    parser = configparser.ConfigParser(strict=False, interpolation=None)
    parser.optionxform = str  # type: ignore[assignment, method-assign]
    parser.read(path)
    return parser["Service"]


@pytest.mark.parametrize("path", _UNITS, ids=[path.stem for path in _UNITS])
def test_unit_starts_a_command_that_there_is(path: Path):
    command = shlex.split(_unit(path)["ExecStart"])
    program, arguments = command[0].removeprefix("/opt/cxtrack/.venv/bin/"), command[1:]
    assert (Path(sys.executable).parent / program).exists()
    if arguments[:2] == ["-m", "service"]:
        name, *options = arguments[2:]
        # click refuses an option that the command does not have.
        main.commands[name].make_context(name, options)
    else:
        assert (ROOT / arguments[1]).is_file()


@pytest.mark.parametrize("path", _UNITS, ids=[path.stem for path in _UNITS])
def test_unit_keeps_memory_files_and_other_processes_apart(path: Path):
    unit = _unit(path)
    wanted = {
        "LimitCORE": "0", "NoNewPrivileges": "yes", "ProtectSystem": "strict", "DynamicUser": "yes",
        "PrivateTmp": "yes", "ProtectProc": "invisible", "CapabilityBoundingSet": "",
    }  # fmt: skip
    assert {name: unit[name] for name in wanted} == wanted
    assert unit["EnvironmentFile"].startswith("/etc/cxtrack/")


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="no systemd on this machine")
@pytest.mark.parametrize("path", _UNITS, ids=[path.stem for path in _UNITS])
def test_systemd_understands_the_unit(path: Path, tmp_path: Path):
    programs = Path(sys.executable).parent
    copy = tmp_path / path.name
    copy.write_text(path.read_text().replace("/opt/cxtrack/.venv/bin", str(programs)))
    answer = subprocess.run(["systemd-analyze", "verify", "--man=no", str(copy)], capture_output=True, text=True)
    complaints = [line for line in answer.stderr.splitlines() if path.name in line]
    assert complaints == []


def test_logs_of_both_units_end_after_thirty_days():
    assert {_unit(path)["LogNamespace"] for path in _UNITS} == {"cxtrack"}
    journal = configparser.ConfigParser(interpolation=None)
    journal.optionxform = str  # type: ignore[assignment, method-assign]
    journal.read(ROOT / "docs" / "systemd" / "journald@cxtrack.conf")
    assert journal["Journal"]["MaxRetentionSec"] == "30day"
    assert journal["Journal"]["ForwardToSyslog"] == "no"


def test_table_of_secrets_names_every_secret_and_nothing_that_is_not_a_setting():
    deploy = (ROOT / "docs" / "deploy.md").read_text()
    table = deploy[deploy.index("| variable | web |") : deploy.index("warns of every secret")]
    named = set(re.findall(r"`([A-Z_]+)`", table))
    settings = {name.upper() for name in Settings.model_fields}
    not_used_yet = {name.upper() for name, field in Settings.model_fields.items() if "not used yet" in str(field)}
    required = {name.upper() for name, field in Settings.model_fields.items() if field.is_required()}
    assert named <= settings
    assert required - not_used_yet <= named
