#!/bin/sh
# Positions to nodes in Redis GEO, for `cargo bench -p sealane -- positions`. Redis has no polygons: what is
# asked is a smaller question, the nearest of the same 100,000 nodes within 20 km, over a pipeline on a
# local socket. Needs redis-server and redis-cli (Debian: redis-server).
#   sh benches/peers/redis_geo.sh
set -eu
folder=$(mktemp -d)
trap 'redis-cli -s "$folder/sock" shutdown nosave 2>/dev/null || true; rm -rf "$folder"' EXIT
cargo run -q --release -p sealane-mapper --example areas_measure "$folder/data"
redis-server --port 0 --unixsocket "$folder/sock" --save '' --appendonly no --daemonize yes \
    --dir "$folder" --logfile "$folder/log" >/dev/null
until redis-cli -s "$folder/sock" ping >/dev/null 2>&1; do :; done
redis-server --version
awk '$1 == "node" { print "GEOADD nodes", $2, $3, NR }' "$folder/data" |
    redis-cli -s "$folder/sock" --pipe >/dev/null
echo "nodes: $(redis-cli -s "$folder/sock" zcard nodes)"
awk '$1 == "at" { print "GEOSEARCH nodes FROMLONLAT", $2, $3, "BYRADIUS 20 km ASC COUNT 1" }' "$folder/data" \
    >"$folder/ask"
for _ in 1 2 3; do
    begin=$(date +%s.%N)
    redis-cli -s "$folder/sock" --pipe <"$folder/ask" >/dev/null
    end=$(date +%s.%N)
    awk -v b="$begin" -v e="$end" -v n="$(wc -l <"$folder/ask")" \
        'BEGIN { printf "redis GEOSEARCH, nearest within 20 km: %d positions/s\n", n / (e - b) }'
done
