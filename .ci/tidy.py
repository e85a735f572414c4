#!/usr/bin/env python3
"""Runs clang-tidy over every source of the project; what has not changed since it was last clean is not checked again.

usage: tidy.py BUILD_DIR [FILE...]     BUILD_DIR has compile_commands.json
A source's stamp covers the source, every project header it includes (transitively), .clang-tidy and the tool's version.
"""
import concurrent.futures
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys

INCLUDE = re.compile(r'^\s*#\s*include\s*"([^"]+)"', re.M)
# The project is compiled with g++; clang does not know all of its warning flags.
EXTRA = ["-extra-arg=-Wno-unknown-warning-option", "-extra-arg=-Wno-error"]


def find_tool():
    for name in ("clang-tidy-14", "clang-tidy"):
        if shutil.which(name):
            return name
    sys.exit("clang-tidy is not installed")


def closure(path, root, build, seen):
    """All project files that `path` includes, itself among them."""
    if path in seen or not os.path.isfile(path):
        return
    seen.add(path)
    with open(path, encoding="utf-8", errors="replace") as f:
        for name in INCLUDE.findall(f.read()):
            for base in (root, os.path.join(build, "generated")):
                closure(os.path.join(base, name), root, build, seen)


def stamp(path, root, build, salt):
    seen = set()
    closure(path, root, build, seen)
    digest = hashlib.sha256(salt)
    for name in sorted(seen):
        digest.update(os.path.relpath(name, root).encode())
        with open(name, "rb") as f:
            digest.update(f.read())
    return digest.hexdigest()


def main():
    build = os.path.abspath(sys.argv[1])
    root = os.getcwd()
    tool = find_tool()
    version = subprocess.run([tool, "--version"], capture_output=True, check=True).stdout
    with open(".clang-tidy", "rb") as f:
        salt = version + f.read()
    with open(os.path.join(build, "compile_commands.json"), encoding="utf-8") as f:
        files = sorted({e["file"] for e in json.load(f)})
    wanted = {os.path.abspath(f) for f in sys.argv[2:]}
    files = [f for f in files if f.startswith(root + os.sep) and not f.startswith(build) and (not wanted or f in wanted)]
    cache = os.path.join(root, ".cache", "tidy")
    os.makedirs(cache, exist_ok=True)

    def check(path):
        mark = os.path.join(cache, stamp(path, root, build, salt))
        if os.path.exists(mark):
            return None
        run = subprocess.run([tool, "-p", build, "--quiet", *EXTRA, path], capture_output=True, text=True, check=False)
        if run.returncode == 0:
            with open(mark, "w", encoding="utf-8") as f:
                f.write(os.path.relpath(path, root) + "\n")
            return ""
        return run.stdout + run.stderr

    failed = checked = 0
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for path, out in zip(files, pool.map(check, files)):
            checked += out is not None
            if out:
                failed += 1
                print(f"{os.path.relpath(path, root)}:\n{out}", flush=True)
    print(f"clang-tidy: {len(files)} files, {checked} checked now, {failed} with findings")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
