"""The rows about the running service: latency, throughput, CPU time, tail, memory."""

from __future__ import annotations

import statistics
from collections.abc import Callable
from pathlib import Path

import psutil

from service.local.platform import Platform
from tests.bench.load import Target, all_at_once, at_rate, one_by_one
from tests.bench.population import Person
from tests.bench.rows import Row, at_least, at_most, percentile
from tests.bench.stage import BARE, SERVICE, Web, bare_rpc, canned_google, listing_events, serving

Report = Callable[[str], None]
_SEQUENTIAL = 400
_SECONDS = 5.0
_CONNECTIONS = 16
_MILLISECONDS = 1000


def near_google(platform: Platform, people: list[Person], log_dir: Path, rounds: int, report: Report) -> list[Row]:
    """Measure with a Google that answers at once."""
    latency = at_most("p50 of listing events minus p50 of the bare route, in bare rpcs", 2.0)
    throughput = at_least("throughput of one worker against the bare route, Google at 0 ms", 0.65)
    cpu = at_most("CPU time of a worker per call against the bare route", 2.5)
    tail = at_most("p99 / p50 at half load", 4.0)
    with (
        canned_google(log_dir, delay_ms=0) as google,
        serving(SERVICE, platform, google_url=google, log_dir=log_dir) as service,
        serving(BARE, platform, google_url=google, log_dir=log_dir) as bare,
    ):
        ours, theirs = (listing_events(web, platform, people) for web in (service, bare))
        # Everybody's access token has been verified once, as it is for the hour that it lasts.
        one_by_one(ours, len(people))
        for number in range(1, rounds + 1):
            report(f"latency, throughput and CPU: round {number} of {rounds}")
            p50 = [statistics.median(one_by_one(each, _SEQUENTIAL)) for each in (ours, theirs, bare_rpc(platform))]
            latency.ratios.append((p50[0] - p50[1]) / p50[2])
            latency.detail = "service {:.2f} ms, bare route {:.2f} ms, bare rpc {:.2f} ms".format(
                *(each * _MILLISECONDS for each in p50)
            )
            rate, our_cpu = _busy(service, ours)
            bare_rate, bare_cpu = _busy(bare, theirs)
            throughput.ratios.append(rate / bare_rate)
            throughput.detail = f"{rate:.0f} and {bare_rate:.0f} calls a second"
            cpu.ratios.append(our_cpu / bare_cpu)
            cpu.detail = f"{our_cpu * _MILLISECONDS:.2f} and {bare_cpu * _MILLISECONDS:.2f} ms"
            latencies = at_rate(ours, per_second=rate / 2, seconds=_SECONDS).latencies
            p99, middle = percentile(latencies, 0.99), percentile(latencies, 0.5)
            tail.ratios.append(p99 / middle)
            tail.detail = (
                f"{p99 * _MILLISECONDS:.1f} and {middle * _MILLISECONDS:.1f} ms, {rate / 2:.0f} calls a second"
            )
    return [latency, throughput, cpu, tail]


def far_google(platform: Platform, people: list[Person], log_dir: Path, rounds: int, report: Report) -> Row:
    """Measure with a Google that takes 50 ms, as the real one does at its best."""
    row = at_least("the same at Google latency of 50 ms, concurrency 32", 0.90)
    with (
        canned_google(log_dir, delay_ms=50) as google,
        serving(SERVICE, platform, google_url=google, log_dir=log_dir) as service,
        serving(BARE, platform, google_url=google, log_dir=log_dir) as bare,
    ):
        ours, theirs = (listing_events(web, platform, people) for web in (service, bare))
        for number in range(1, rounds + 1):
            report(f"Google at 50 ms: round {number} of {rounds}")
            rates = [all_at_once(each, connections=32, seconds=_SECONDS).per_second for each in (ours, theirs)]
            row.ratios.append(rates[0] / rates[1])
            row.detail = f"{rates[0]:.0f} and {rates[1]:.0f} calls a second"
    return row


def memory(platform: Platform, people: list[Person], log_dir: Path, rounds: int, report: Report) -> Row:
    """Measure a fresh worker after 100 calls and after 10,000."""
    row = at_most("memory of a worker after 10,000 calls against after 100", 1.05)
    for number in range(1, rounds + 1):
        report(f"memory after 10,000 calls: round {number} of {rounds}")
        with (
            canned_google(log_dir, delay_ms=0) as google,
            serving(SERVICE, platform, google_url=google, log_dir=log_dir) as service,
        ):
            calls = listing_events(service, platform, people)
            few = _memory_after(service, calls, 100)
            many = _memory_after(service, calls, 9_900)
            row.ratios.append(many / few)
            row.detail = f"{many / 2**20:.1f} and {few / 2**20:.1f} MB of its own"
    return row


def _busy(web: Web, target: Target) -> tuple[float, float]:
    """Keep a worker busy; gives calls per second and seconds of CPU per call."""
    before = _cpu_seconds(web.worker)
    answered = all_at_once(target, connections=_CONNECTIONS, seconds=_SECONDS)
    return answered.per_second, (_cpu_seconds(web.worker) - before) / answered.count


def _cpu_seconds(process: psutil.Process) -> float:
    times = process.cpu_times()
    return times.user + times.system


def _memory_after(web: Web, target: Target, calls: int) -> int:
    """Make so many calls from eight connections; gives the bytes that the worker alone has."""
    done = 0
    while done < calls:
        done += all_at_once(target, connections=8, seconds=min(2.0, (calls - done) / 400)).count
    return web.worker.memory_full_info().uss
