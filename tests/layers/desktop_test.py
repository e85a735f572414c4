#!/usr/bin/env python3
"""The desktop entry, the file type and the icon: right by the tools that are there, and installed where desktops look.

usage: desktop_test.py SOURCE_DIR BUILD_DIR       exits with 77 when a tool is missing, after everything else was checked
"""
import os
import re
import shutil
import struct
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as xml

NAMES = {"m": "http://www.freedesktop.org/standards/shared-mime-info"}
INSTALLED = ("share/applications/uptrail.desktop", "share/mime/packages/uptrail.xml", "share/icons/hicolor/scalable/apps/uptrail.svg",
             "share/icons/hicolor/scalable/mimetypes/application-x-uptrail.svg")


def read(*path):
    with open(os.path.join(*path), encoding="utf-8") as file:
        return file.read()


def check_contents(root):
    entry = dict(line.split("=", 1) for line in read(root, "assets/uptrail.desktop").splitlines() if "=" in line)
    kind = xml.parse(os.path.join(root, "assets/uptrail.xml")).getroot().find("m:mime-type", NAMES)
    assert entry["MimeType"] == kind.get("type") + ";", entry["MimeType"]
    assert entry["Exec"] == "uptrail-viewer %F", "several files are opened together"
    assert kind.find("m:glob", NAMES).get("pattern") == "*.uptrail"
    outer = kind.find("m:magic/m:match", NAMES)
    inner = outer.find("m:match", NAMES)
    number = int(re.search(r"kCaseApplicationId = (0x[0-9a-fA-F]+)", read(root, "collector/trace/case_file.h")).group(1), 16)
    assert struct.pack(">i", number).decode() == inner.get("value"), "the id in the magic is not that of cases"
    assert (outer.get("offset"), inner.get("offset")) == ("0", "68"), "where SQLite keeps them"
    assert xml.parse(os.path.join(root, "assets/icon.svg")).getroot().tag.endswith("svg")


def run_tool(missing, *command, **variables):
    if shutil.which(command[0]) is None:
        print(f"SKIPPED: {command[0]} is not here")
        missing.append(command[0])
        return
    done = subprocess.run(command, capture_output=True, text=True, env={**os.environ, **variables})
    output = (done.stdout + done.stderr).strip()
    assert done.returncode == 0 and not output, f"{' '.join(command)}: {output}"
    print(f"{command[0]}: fine")


def main():
    root, build = sys.argv[1], sys.argv[2]
    check_contents(root)
    missing = []
    run_tool(missing, "desktop-file-validate", os.path.join(root, "assets/uptrail.desktop"))
    run_tool(missing, "xmllint", "--noout", os.path.join(root, "assets/uptrail.xml"), os.path.join(root, "assets/icon.svg"))
    with tempfile.TemporaryDirectory() as prefix:
        subprocess.run(["cmake", "--install", build, "--component", "desktop", "--prefix", prefix], check=True, stdout=subprocess.DEVNULL)
        for path in INSTALLED:
            assert os.path.isfile(os.path.join(prefix, path)), path
        run_tool(missing, "update-mime-database", os.path.join(prefix, "share/mime"), XDG_DATA_HOME=os.path.join(prefix, "share"))
        if "update-mime-database" not in missing:
            with open(os.path.join(prefix, "share/mime/magic"), "rb") as magic:
                assert b"application/x-uptrail" in magic.read()
    sys.exit(77 if missing else 0)


if __name__ == "__main__":
    main()
