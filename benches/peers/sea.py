#!/usr/bin/env python3
"""Peers of the sea network: PyPI searoute and scgraph, on pairs of our own ports, in one run on one machine.

    python3 -m venv /tmp/peers && /tmp/peers/bin/pip install searoute==1.6.0 scgraph==2.15.0
    /tmp/peers/bin/python benches/peers/sea.py

Prints milliseconds for a route with its path. Run it beside `cargo bench -p sealane -- sea`; the ratio of the medians
is what `benches/RESULTS.md` tells. scgraph 2.15.0 is the last version with its network in the package: 3.0 and later
fetch it from GitHub when they are first used, and are left out by name where that cannot be reached.
"""
import csv
import random
import statistics
import time
from pathlib import Path

PORTS = Path(__file__).parent / "../../data/reference/ports.csv"


def ports():
    lines = [line for line in PORTS.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]
    rows = [row for row in csv.reader(lines) if len(row) > 8 and row[1] == "port"]
    return [(float(row[7]), float(row[8])) for row in rows]


def measure(name, route, pairs):
    times, failed = [], 0
    for a, b in pairs:
        started = time.perf_counter()
        try:
            route(a, b)
        except Exception:  # a peer's failure is a figure too
            failed += 1
            continue
        times.append((time.perf_counter() - started) * 1e3)
    times.sort()
    if times:
        p99 = times[int((len(times) - 1) * 0.99)]
        print(f"{name}: {len(times)} routes, {failed} failed; p50 {statistics.median(times):.2f} ms, p99 {p99:.2f} ms")


def scgraph_marnet():
    try:
        from scgraph.geographs.marnet import marnet_geograph

        return marnet_geograph
    except ImportError:
        from scgraph import GeoGraph

        return GeoGraph.load_geograph("marnet")


def main():
    found, dice = ports(), random.Random(1)
    pairs = [tuple(dice.sample(found, 2)) for _ in range(300)]
    try:
        import searoute

        measure("searoute", lambda a, b: searoute.searoute([a[1], a[0]], [b[1], b[0]], units="naut"), pairs)
    except ImportError as error:
        print(f"skipped: searoute ({error})")
    try:
        marnet = scgraph_marnet()

        def scgraph(a, b):
            ends = [{"latitude": at[0], "longitude": at[1]} for at in (a, b)]
            return marnet.get_shortest_path(origin_node=ends[0], destination_node=ends[1], output_units="km")

        measure("scgraph marnet", scgraph, pairs)
    except Exception as error:  # its network may not be fetchable
        print(f"skipped: scgraph ({error})")


if __name__ == "__main__":
    main()
