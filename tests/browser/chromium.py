"""A real Chromium without root: the headless one that npm's @sparticuz/chromium carries, else one that is installed.

Playwright drives it and brings none of its own: its download is not to be had from a package registry.
"""

from __future__ import annotations

import json
import os
import platform
import shutil
import subprocess
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from service.local import binaries
from service.local.binaries import REPOSITORY, ProgramMissing

_PACKAGE = REPOSITORY / "node_modules" / "@sparticuz" / "chromium"
_INSTALLED = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# It looks for updates, time servers and hints at every start, and here nothing may leave the machine.
_QUIET = ["--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"]


@contextmanager
def running_chromium() -> Iterator[Browser]:
    """Run Chromium until the block ends.

    Raises:
        ProgramMissing: there is none for this machine.
    """
    program, environment = _find()
    # The packaged Chromium has no setuid helper, and root may not use the sandbox at all. What is shown to it is ours.
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=str(program), env=environment, chromium_sandbox=False, args=_QUIET
        )
        try:
            yield browser
        finally:
            browser.close()


def _find() -> tuple[Path, dict[str, str | float | bool]]:
    environment: dict[str, str | float | bool] = dict(os.environ)
    if platform.system() == "Linux" and platform.machine() == "x86_64" and _PACKAGE.exists():
        folder = _unpacked()
        fonts = folder / "fonts.conf"
        environment |= {"LD_LIBRARY_PATH": str(folder / "lib"), "FONTCONFIG_FILE": str(fonts)}
        return folder / "chromium", environment
    for name in _INSTALLED:
        if found := shutil.which(name):
            return Path(found), environment
    raise ProgramMissing("Chromium is missing: npm's package has none for this machine, and none is installed.")


def _unpacked() -> Path:
    """Unpack once per version and checkout; another process that does the same at the same time does no harm."""
    version = json.loads((_PACKAGE / "package.json").read_text())["version"]
    folder = REPOSITORY / ".local" / f"chromium-{version}"
    if (folder / "chromium").exists():
        return folder
    draft = folder.with_name(f"{folder.name}.{os.getpid()}")
    draft.mkdir(parents=True)
    for name in ("chromium", "al2023.tar", "fonts.tar"):
        script = Path(__file__).with_name("unpack.mjs")
        subprocess.run([binaries.node(), script, _PACKAGE / "bin" / f"{name}.br", draft / name], check=True)
    for name in ("al2023.tar", "fonts.tar"):
        with tarfile.open(draft / name) as archive:
            # Out of a package whose hash the lock names; the parameter `filter` is missing in older 3.11.
            archive.extractall(draft)  # noqa: S202
    (draft / "chromium").chmod(0o755)
    (draft / "fonts.conf").write_text(_FONTS.format(folder=folder))
    try:
        draft.rename(folder)
    except OSError:
        # Another process was faster.
        shutil.rmtree(draft)
    return folder


_FONTS = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
<dir>{folder}/fonts</dir>
<dir>/usr/share/fonts</dir>
<cachedir>{folder}/cache</cachedir>
<alias><family>system-ui</family><prefer><family>Open Sans</family></prefer></alias>
</fontconfig>
"""
