# PyPI `pydifact`: its parser on the first 6.4 MB, once, by processor time.
import sys
import time

from pydifact.parser import Parser

with open(sys.argv[1], encoding="latin-1", newline="") as file:
    text = file.read(6_400_000)
text = text[: text.rindex("'") + 1]
begin = time.process_time()
segments = sum(1 for _ in Parser().parse(text))
took = time.process_time() - begin
version = sys.version.split()[0]
print(f"pydifact 0.2.3 (Python {version}), parser: {len(text) / 1e6 / took:.1f} MB/s, {segments} segments")
