#!/bin/sh
# EDIFACT readers of other languages on the file that `cargo bench -p sealane -- edi` reads.
# Usage: benches/peers/edi.sh [FILE]   without FILE, ../shared/tools/gen_edi.py makes 64 MB.
# Needs python3 with venv, node and npm; everything is put into a temporary folder.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
file=${1:-$work/edi64.edi}
[ $# -gt 0 ] || python3 "$here/../../../shared/tools/gen_edi.py" 64 "$file"

cp "$here/edi_node.mjs" "$work/"
(cd "$work" && npm init -y >/dev/null && npm install --silent --no-audit --no-fund edifact@1.2.12 >/dev/null)
node "$work/edi_node.mjs" "$file"

python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet pydifact==0.2.3
"$work/venv/bin/python" "$here/edi_pydifact.py" "$file"
