#!/usr/bin/env python3
"""Writes SARIF and JUnit of many captures and validates them against the official schemas: build/official/ holds them when
`./dev schemas` has fetched them. Without them, or without jsonschema or xmllint, the test is skipped (77), visibly.

official_test.py SOURCE_DIR UPTRAIL SCRATCH_DIR"""
import json
import pathlib
import shutil
import subprocess
import sys

source = pathlib.Path(sys.argv[1])
uptrail = sys.argv[2]
scratch = pathlib.Path(sys.argv[3])
official = source / "build" / "official"


def skip(why):
    print("SKIPPED:", why)
    sys.exit(77)


SARIF = official / "sarif-schema-2.1.0.json"
JUNIT = official / "junit-10.xsd"
for needed in (SARIF, JUNIT):
    if not needed.is_file():
        skip(f"no {needed}; ./dev schemas fetches it")
if shutil.which("xmllint") is None:
    skip("no xmllint")
try:
    import jsonschema
except ImportError:
    skip("no jsonschema for Python")

HOSTILE = (
    "=== hostile\n0 @fg\n1 @task X1 U1\n5 session.invalidate object=O1 mode=cancel\n"
    '5.001 session.create identifier="]]><a>&\\" %0A::error::" object=O1 delegate=D\n6 session.did-become-invalid object=O1\n'
)


def captures():
    yield "demo", [str(source / "assets/samples/instrumented/app.ndjson"), str(source / "assets/samples/instrumented/system.log")]
    yield "plain", [str(source / "assets/samples/plain/system.log")]
    for script in sorted((source / "assets/scenarios").glob("*.scn")):
        yield script.stem, [str(script)]
    hostile = scratch / "hostile.scn"
    hostile.write_text(HOSTILE, encoding="utf-8")
    yield "hostile", [str(hostile)]


def check(inputs, *options):
    ran = subprocess.run([uptrail, "check", "--no-config", *options, *inputs], capture_output=True, text=True)
    if ran.returncode not in (0, 1, 4):
        sys.exit(f"{inputs}: uptrail check ended with {ran.returncode}\n{ran.stderr}")
    return ran.returncode


def main():
    scratch.mkdir(parents=True, exist_ok=True)
    schema = jsonschema.Draft4Validator(json.loads(SARIF.read_text(encoding="utf-8")), format_checker=jsonschema.FormatChecker())
    # The validator itself must be able to say no.
    if schema.is_valid({"version": "2.1.0", "runs": [{"results": []}]}):
        sys.exit("the SARIF schema accepts a run without a tool")
    baseline, problems, count = None, [], 0
    reports = []
    for name, inputs in captures():
        sarif, junit, out = scratch / f"{name}.sarif", scratch / f"{name}.xml", scratch / f"{name}.json"
        extra = ["--baseline", str(baseline)] if baseline else []
        code = check(inputs, "--format", f"sarif={sarif}", "--format", f"junit={junit}", "--format", f"json={out}", *extra)
        log = json.loads(sarif.read_text(encoding="utf-8"))
        problems += [f"{sarif}: {e.json_path}: {e.message}" for e in schema.iter_errors(log)]
        if log["runs"][0]["invocations"][0]["exitCode"] != code:
            problems.append(f"{sarif}: another exit code than {code}")
        reports.append(str(junit))
        baseline = baseline or out
        count += 1
    lint = subprocess.run(["xmllint", "--noout", "--schema", str(JUNIT), *reports], capture_output=True, text=True)
    problems += [] if lint.returncode == 0 else [line for line in lint.stderr.splitlines() if not line.endswith(" validates")]
    if problems:
        sys.exit("\n".join(problems[:40]))
    print(f"{count} captures: SARIF and JUnit are valid")


main()
