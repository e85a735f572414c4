#!/usr/bin/env python3
"""The layer check must fail when a forbidden include is added, and name the line."""
import os
import subprocess
import sys
import tempfile

root = sys.argv[1]
check = os.path.join(root, ".ci", "check_layers.py")
CASES = [
    ("collector/model/x.h", '#include "collector/trace/case_file.h"', "collector/model may not include collector/trace/case_file.h"),
    ("collector/analysis/rules/x.cpp", "#include <sqlite3.h>", "collector/analysis may not include sqlite3.h"),
    ("collector/containers/x.cpp", '#include "collector/messages/decoder.h"', "may not include collector/messages/decoder.h"),
    ("collector/timeline/x.cpp", "#include <imgui.h>", "collector/timeline may not include imgui.h"),
    ("viewer/panels/x.cpp", "#include <GLFW/glfw3.h>", "viewer/panels may not include GLFW/glfw3.h"),
    ("viewer/panels/x.cpp", '#include "collector/pipeline/collect.h"', "may not include collector/pipeline/collect.h"),
    ("collector/report/x.cpp", "#include <spdlog/spdlog.h>", "collector/report may not include spdlog/spdlog.h"),
    ("collector/base/x.cpp", "#include <unistd.h>", "collector/base may not include unistd.h"),
]
failed = 0
for path, line, message in CASES:
    with tempfile.TemporaryDirectory() as scratch:
        os.makedirs(os.path.join(scratch, os.path.dirname(path)))
        os.makedirs(os.path.join(scratch, "viewer"), exist_ok=True)
        with open(os.path.join(scratch, path), "w", encoding="utf-8") as f:
            f.write("#include <vector>\n" + line + "\n")
        run = subprocess.run([sys.executable, check, scratch], capture_output=True, text=True, check=False)
        if run.returncode != 1 or message not in run.stdout or ":2:" not in run.stdout:
            print(f"{path} with {line}: expected a failure saying '{message}', got {run.returncode}: {run.stdout}")
            failed += 1
print(f"{len(CASES) - failed} passed, {failed} failed")
sys.exit(1 if failed else 0)
