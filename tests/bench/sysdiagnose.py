#!/usr/bin/env python3
"""Makes a synthetic sysdiagnose (tar.gz) and measures what `uptrail collect` needs for it.

usage: sysdiagnose.py UPTRAIL OUT_FOLDER [MEGABYTES]      500 MB of content unless told otherwise
Three logs and a task store in it matter; the rest is noise: texts with times in front, property lists, pictures, binary files.
Fails when the peak memory is 300 MB or more, or when not exactly the four were used.
"""
import io
import json
import os
import random
import sqlite3
import subprocess
import sys
import tarfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
SAMPLES = os.path.join(ROOT, "assets/samples")
TOP = "sysdiagnose_2026.11.18_14-30-00+0100_iPhone-OS_SYNTHETIC"
WHEN = 1_795_008_600
MOST_KIB = 300 * 1024


def add(tar, name, data):
    info = tarfile.TarInfo(f"{TOP}/{name}")
    info.size, info.mtime, info.mode = len(data), WHEN, 0o644
    tar.addfile(info, io.BytesIO(data))


def store(folder):
    """tasks.sqlite in WAL mode, with rows in the -wal only."""
    path = os.path.join(folder, "tasks.sqlite")
    for end in ("", "-wal", "-shm"):
        if os.path.exists(path + end):
            os.remove(path + end)
    db = sqlite3.connect(path)
    with open(os.path.join(ROOT, "schemas/stores/nsurlsessiond_tasks_v3.sql"), encoding="utf-8") as ddl:
        db.executescript("PRAGMA journal_mode = WAL; PRAGMA user_version = 3; PRAGMA wal_autocheckpoint = 0;" + ddl.read())
    for n in range(200):
        db.execute("INSERT INTO session_tasks(identifier, session_id, state, unique_identifier, bundle_id, task_kind) VALUES (?,?,?,?,?,1)",
                   (n, "photos", n % 4, bytes([n] * 16), "com.example.shoebox"))
    db.commit()
    parts = [open(path + end, "rb").read() for end in ("", "-wal")]
    db.close()
    return parts


def text_noise(rng, size):
    out, length = [], 0
    while length < size:
        line = (f"Nov 18 14:{rng.randrange(60):02}:{rng.randrange(60):02} mobile[{rng.randrange(9999)}] <notice> -[Thing "
                f"work:{rng.getrandbits(64):x}]: state {rng.randrange(9)} of {rng.getrandbits(32)}\n")
        out.append(line)
        length += len(line)
    return "".join(out).encode()


def fill(tar, target, rng):
    """Noise up to `target` bytes of content, about one to two MB a member, and as many small ones."""
    done = n = 0
    words = rng.randbytes(1 << 20)
    text = text_noise(rng, 1 << 21)
    while done < target:
        at = rng.randrange(1 << 19)
        kind = n % 8
        if kind < 4:
            data = text[at:at + rng.randrange(1 << 19, 1 << 21)]
        elif kind < 6:
            data = bytes([0xCA, 0xFE]) + words[at:at + (1 << 19)] + bytes([n % 251])
        elif kind == 6:
            data = b"\x89PNG\r\n\x1a\n" + words[at:at + 200_000]
        else:
            data = b"bplist00" + words[at:at + 3000]
        add(tar, f"logs/noise/{n:05}.bin", data)
        add(tar, f"summaries/{n:05}.txt", f"summary {n}: {rng.getrandbits(64)}\n".encode())
        done += len(data)
        n += 1


def make(folder, megabytes):
    rng = random.Random(1)
    path = os.path.join(folder, f"{TOP}.tar.gz")
    read = lambda name: open(os.path.join(SAMPLES, name), "rb").read()
    main, wal = store(folder)
    total = megabytes * 1_000_000
    with tarfile.open(path, "w:gz", compresslevel=3) as tar:
        add(tar, "db/tasks.sqlite-wal", wal)
        fill(tar, total // 2, rng)
        add(tar, "logs/app.ndjson", read("instrumented/app.ndjson"))
        add(tar, "logs/system.log", read("instrumented/system.log"))
        fill(tar, total // 2, rng)
        add(tar, "db/tasks.sqlite", main)
        add(tar, "logs/other/system.log", read("plain/system.log"))
    return path


def main():
    uptrail, folder = sys.argv[1], sys.argv[2]
    megabytes = int(sys.argv[3]) if len(sys.argv) > 3 else 500
    os.makedirs(folder, exist_ok=True)
    path = make(folder, megabytes)
    case = os.path.join(folder, "case.uptrail")
    started = time.monotonic()
    ran = subprocess.run(["/usr/bin/time", "-v", uptrail, "collect", "--fresh", "-o", case, path], capture_output=True, text=True)
    seconds = time.monotonic() - started
    print(ran.stdout)
    figures = {k.strip(): v.strip() for k, _, v in (line.rpartition(": ") for line in ran.stderr.splitlines())}
    peak = int(figures.get("Maximum resident set size (kbytes)", 0))
    print(f"{path}: {os.path.getsize(path) / 1e6:.0f} MB packed, about {megabytes} MB unpacked")
    print(f"wall {seconds:.1f} s, user {figures.get('User time (seconds)')} s, peak memory {peak / 1024:.0f} MiB")
    if ran.returncode != 0:
        sys.exit(f"collect ended with {ran.returncode}:\n{ran.stderr}")
    check = json.loads(subprocess.run([uptrail, "check", "--json", case], capture_output=True, text=True).stdout)
    used = [g["members"] for g in check["contents"][0]["groups"] if g["fate"] == "used"]
    # The -wal belongs to its store.
    if used != [5] or len(check["sources"]) != 4:
        sys.exit(f"used {used} of the members, {len(check['sources'])} sources: expected 5 and 4")
    if not 0 < peak < MOST_KIB:
        sys.exit(f"peak memory {peak} KiB is not below {MOST_KIB}")


if __name__ == "__main__":
    main()
