"""Runs the steps and prints each with its evidence; the last line says how many held."""

from __future__ import annotations

import httpx
from rich.console import Console
from rich.markup import escape

from service.local.binaries import REPOSITORY
from service.local.demo.evidence import Database
from service.local.demo.sabotage import SABOTAGES
from service.local.demo.steps import STEPS
from service.local.demo.story import StepFailed, Story
from service.local.environment import ServiceIdentity, new_token_keys
from service.local.google.client import GoogleControl
from service.local.platform import running_platform
from service.local.ports import unused_port
from service.local.serve import service_processes


def run_demo(console: Console, *, sabotage: str | None = None) -> int:
    """Start a platform and the service on it, and walk the story.

    Args:
        sabotage: break this rule first; a name of SABOTAGES.

    Returns:
        The exit code: 0 only if every step held.
    """
    # Two keys: the first seals, the second waits to take its place.
    identity = ServiceIdentity(public_url=f"http://127.0.0.1:{unused_port()}", token_keys=new_token_keys(2))
    log_dir = REPOSITORY / ".local" / "demo"
    console.print("Starting the local platform and the service ...", style="dim")
    with (
        running_platform(log_dir=log_dir, identity=identity) as platform,
        service_processes(platform, log_dir=log_dir),
        httpx.Client(base_url=identity.public_url, timeout=30, trust_env=False) as service,
    ):
        story = Story(platform, service, GoogleControl(platform.google_url), Database(platform.database_url))
        if sabotage is not None:
            SABOTAGES[sabotage](story)
            console.print(f"Broken on purpose: {sabotage}", style="yellow")
        exit_code = _walk(console, story)
    if exit_code:
        console.print(f"The logs of every part are in {log_dir}.", style="dim", soft_wrap=True)
    return exit_code


def _walk(console: Console, story: Story) -> int:
    for number, step in enumerate(STEPS, start=1):
        title = f"{number}. {step.__doc__}"
        try:
            evidence = list(step(story))
        except (StepFailed, httpx.HTTPError) as failure:
            console.print(f"[red]✗ {escape(title)}[/red]")
            console.print(f"   {type(failure).__name__}: {failure}", style="red", markup=False, highlight=False)
            console.print(f"{number - 1} of {len(STEPS)} steps held.", style="bold red", highlight=False)
            return 1
        console.print(f"[green]✓[/green] [bold]{escape(title)}[/bold]")
        for line in evidence:
            console.print(f"   {line}", markup=False, highlight=False, soft_wrap=True)
    console.print(f"{len(STEPS)} of {len(STEPS)} steps held.", style="bold green", highlight=False)
    return 0
