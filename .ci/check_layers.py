#!/usr/bin/env python3
"""Fails when a folder includes what its row of the layer table does not allow.

usage: check_layers.py [ROOT]
The table is the one in docs/architecture.md: folder -> (own folders it may include, third-party headers it may include).
"""
import os
import re
import sys

BASE = {"collector/base"}
MODEL = BASE | {"collector/model"}
COLLECTOR = {"collector/" + f for f in ("base model codecs plist sqlite input containers messages stores analysis trace pipeline "
                                        "timeline report serve simulate cli").split()}
PIPELINE = COLLECTOR - {"collector/" + f for f in "report serve simulate cli".split()}
VIEWER = {"viewer/" + f for f in "raster load panels theme app".split()}

LAYERS = {
    "collector/base": (BASE, ()),
    "collector/model": (MODEL, ()),
    "collector/codecs": (BASE | {"collector/codecs"}, ()),
    "collector/plist": (BASE | {"collector/codecs", "collector/plist"}, ("pugixml.hpp",)),
    "collector/sqlite": (BASE | {"collector/sqlite"}, ("sqlite3.h",)),
    "collector/input": (BASE | {"collector/codecs", "collector/input"}, ("archive.h", "archive_entry.h", "zlib.h", "zstd.h", "xxhash.h")),
    "collector/messages": (MODEL | {"collector/messages"}, ("simdjson.h", "nlohmann/")),
    "collector/containers": (MODEL | {"collector/codecs", "collector/containers"}, ("simdjson.h",)),
    "collector/stores": (MODEL | {"collector/sqlite", "collector/plist", "collector/codecs", "collector/stores"}, ("nlohmann/",)),
    "collector/analysis": (MODEL | {"collector/analysis"}, ()),
    "collector/trace": (MODEL | {"collector/sqlite", "collector/trace"}, ()),
    "collector/pipeline": (PIPELINE, ("xxhash.h", "nlohmann/")),
    "collector/timeline": (MODEL | {"collector/trace", "collector/timeline"}, ()),
    "collector/report": (MODEL | {"collector/timeline", "collector/trace", "collector/report"}, ("nlohmann/",)),
    "collector/serve": (COLLECTOR, ("CLI/", "httplib.h", "spdlog/")),
    "collector/simulate": (MODEL | {"collector/" + f for f in "plist sqlite containers messages simulate".split()}, ()),
    "collector/cli": (COLLECTOR, ("CLI/", "httplib.h", "spdlog/")),
    "viewer/raster": (BASE | {"viewer/raster"}, ("imgui", "png.h")),
    "viewer/load": (MODEL | {"collector/pipeline", "collector/timeline", "collector/trace", "viewer/load"}, ("nlohmann/",)),
    "viewer/theme": (MODEL | {"collector/timeline", "viewer/load", "viewer/theme"}, ("imgui",)),
    "viewer/panels": (MODEL | {"collector/timeline", "viewer/load", "viewer/theme", "viewer/panels"}, ("imgui",)),
    "viewer/app": (COLLECTOR | VIEWER, ("imgui", "backends/imgui_impl_", "GLFW/", "spdlog/", "CLI/")),
}
# Headers of the platform, allowed where the platform is met; the C++ and C standard libraries are allowed everywhere.
PLATFORM = {
    "collector/input": ("sys/", "unistd.h", "fcntl.h"),
    "collector/trace": ("sys/", "unistd.h", "fcntl.h"),
    "collector/cli": ("sys/", "unistd.h"),
    "viewer/app": ("sys/", "unistd.h"),
    "viewer/load": (),
}
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')
STANDARD = re.compile(r"^[a-z0-9_]+(\.h)?$")
PLATFORM_NAMES = ("unistd.h", "fcntl.h", "pthread.h", "dlfcn.h")
THIRD_PARTY = ("sqlite3.h", "imgui.h", "imgui_internal.h", "simdjson.h", "httplib.h", "archive.h", "png.h", "zlib.h", "zstd.h", "xxhash.h")


def folder_of(path):
    parts = path.split("/")
    return "/".join(parts[:2]) if len(parts) > 2 else None


def allowed(folder, own, third, quote, name):
    if name.startswith(("collector/", "viewer/")):
        return folder_of(name) in own
    if any(name.startswith(t) for t in third + PLATFORM.get(folder, ())):
        return True
    if quote == '"':
        return False
    return bool(STANDARD.match(name)) and name not in THIRD_PARTY and name not in PLATFORM_NAMES


def check(root):
    bad = []
    for top in ("collector", "viewer"):
        for path, _, files in os.walk(os.path.join(root, top)):
            for name in sorted(files):
                if not name.endswith((".h", ".cpp", ".mm")):
                    continue
                relative = os.path.relpath(os.path.join(path, name), root)
                folder = folder_of(relative)
                if folder is None:  # viewer/main.cpp
                    folder = "viewer/app"
                if folder not in LAYERS:
                    bad.append(f"{relative}: folder {folder} is not in the layer table")
                    continue
                own, third = LAYERS[folder]
                with open(os.path.join(root, relative), encoding="utf-8") as source:
                    for number, line in enumerate(source, 1):
                        match = INCLUDE.match(line)
                        if match and not allowed(folder, own, third, match.group(1), match.group(2)):
                            bad.append(f"{relative}:{number}: {folder} may not include {match.group(2)}")
    return bad


def main():
    bad = check(sys.argv[1] if len(sys.argv) > 1 else ".")
    for line in bad:
        print(line)
    print(f"layers: {len(bad)} forbidden includes" if bad else "layers: clean")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
