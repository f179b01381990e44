#!/usr/bin/env python3
"""Cuts the Natural Earth 10m land of East Asia and Oceania out of world-atlas for the sea-way tests.

    npm pack world-atlas@2.0.2 && tar xzf world-atlas-2.0.2.tgz
    python3 land_extract.py package/land-10m.json ../../../mapper/testdata/land-10m-asia.bin

Input: TopoJSON of the npm package world-atlas 2.0.2 (Natural Earth, public domain), `land-10m.json`.
Output: rings clipped to longitude 90..180, latitude -45..50, in 1/10,000 degree:
    for every ring: varint number of points, then for every point zigzag varint of the difference
    to the point before it in longitude, then in latitude (the first to 0, 0). Rings are closed by
    repeating the first point. A point is on land if it is inside an odd number of rings.
Only the standard library is used.
"""
import json
import sys

WEST, EAST, SOUTH, NORTH = 90.0, 180.0, -45.0, 50.0
SCALE = 10_000


def arcs_of(topology):
    """Undoes quantisation and delta coding."""
    (sx, sy), (tx, ty) = topology["transform"]["scale"], topology["transform"]["translate"]
    for arc in topology["arcs"]:
        x = y = 0
        points = []
        for dx, dy in arc:
            x, y = x + dx, y + dy
            points.append((x * sx + tx, y * sy + ty))
        yield points


def rings_of(topology):
    """Joins arcs to rings; a negative index is the arc ~index backwards."""
    arcs = list(arcs_of(topology))
    for geometry in topology["objects"]["land"]["geometries"]:
        polygons = geometry["arcs"] if geometry["type"] == "MultiPolygon" else [geometry["arcs"]]
        for ring in (ring for polygon in polygons for ring in polygon):
            points = []
            for index in ring:
                part = arcs[index] if index >= 0 else arcs[~index][::-1]
                points.extend(part[1:] if points else part)
            yield points


def unwrapped(ring):
    """Takes out the jumps of rings that are stitched across 180 degrees."""
    points, turn = [ring[0]], 0.0
    for (before, _), (lon, lat) in zip(ring, ring[1:]):
        turn += 360.0 if lon - before < -180.0 else -360.0 if lon - before > 180.0 else 0.0
        points.append((lon + turn, lat))
    return points


def cut(ring, axis, limit, keep_above):
    """Clips a ring at one line (Sutherland and Hodgman)."""
    inside = lambda p: p[axis] >= limit if keep_above else p[axis] <= limit
    kept = []
    for a, b in zip(ring, ring[1:]):
        if inside(a):
            kept.append(a)
        if inside(a) != inside(b):
            t = (limit - a[axis]) / (b[axis] - a[axis])
            kept.append(tuple(a[i] + t * (b[i] - a[i]) for i in (0, 1)))
    return kept + kept[:1]


def clipped(ring):
    for axis, limit, keep_above in ((0, WEST, True), (0, EAST, False), (1, SOUTH, True), (1, NORTH, False)):
        if len(ring) < 4:
            return []
        ring = cut(ring, axis, limit, keep_above)
    return ring


def varint(value):
    value = value * 2 if value >= 0 else -value * 2 - 1
    return unsigned(value)


def unsigned(value):
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    out.append(value)
    return bytes(out)


def encoded(ring):
    points = [(round(lon * SCALE), round(lat * SCALE)) for lon, lat in ring]
    points = [p for i, p in enumerate(points) if i == 0 or p != points[i - 1]]
    if len(points) < 4:
        return b""
    out, x, y = bytearray(unsigned(len(points))), 0, 0
    for px, py in points:
        out += varint(px - x) + varint(py - y)
        x, y = px, py
    return bytes(out)


def main(source, target):
    with open(source, encoding="utf-8") as file:
        topology = json.load(file)
    with open(target, "wb") as file:
        for ring in rings_of(topology):
            ring = unwrapped(ring)
            for turn in (-360.0, 0.0, 360.0):
                file.write(encoded(clipped([(lon + turn, lat) for lon, lat in ring])))


if __name__ == "__main__":
    main(*sys.argv[1:])
