#!/usr/bin/env python3
"""Committed files that are generated must be what the generator makes now."""
import os
import subprocess
import sys
import tempfile

root = sys.argv[1]
generator = os.path.join(root, "schemas/generate/event_kinds.py")
failed = 0
for option, committed in (("--schema", "schemas/event.schema.json"), ("--docs", "docs/events.md")):
    with tempfile.TemporaryDirectory() as scratch:
        out = os.path.join(scratch, "out")
        subprocess.run([sys.executable, generator, os.path.join(root, "schemas/event_kinds.json"), option, out], check=True)
        with open(out, encoding="utf-8") as made, open(os.path.join(root, committed), encoding="utf-8") as kept:
            if made.read() != kept.read():
                print(f"{committed} is stale: run schemas/generate/event_kinds.py schemas/event_kinds.json {option} {committed}")
                failed += 1
SAMPLES = ("instrumented/app.ndjson", "instrumented/system.log", "plain/system.log")
with tempfile.TemporaryDirectory() as scratch:
    subprocess.run([sys.executable, os.path.join(root, "assets/samples/make_samples.py"), scratch], check=True)
    for name in SAMPLES:
        with open(os.path.join(scratch, name), "rb") as made, open(os.path.join(root, "assets/samples", name), "rb") as kept:
            if made.read() != kept.read():
                print(f"assets/samples/{name} is stale: run assets/samples/make_samples.py")
                failed += 1
with tempfile.TemporaryDirectory() as scratch:
    out = os.path.join(scratch, "out")
    subprocess.run([sys.executable, os.path.join(root, "schemas/generate/trace_doc.py"), os.path.join(root, "schemas/trace"), out],
                   check=True)
    with open(out, encoding="utf-8") as made, open(os.path.join(root, "docs/trace-file.md"), encoding="utf-8") as kept:
        if made.read() != kept.read():
            print("docs/trace-file.md is stale: run schemas/generate/trace_doc.py schemas/trace docs/trace-file.md")
            failed += 1
total = 3 + len(SAMPLES)
print(f"{total - failed} passed, {failed} failed")
sys.exit(1 if failed else 0)
