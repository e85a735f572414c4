#!/usr/bin/env python3
"""Makes a relocatable tarball: both programs, the libraries they need beyond the C library and the window system, and the docs.

usage: package.py BUILD_DIR OUT_DIR      the programs are linked with the rpath $ORIGIN/../lib
"""
import os
import platform
import re
import shutil
import subprocess
import sys
import tarfile

# Always taken from the user's system: the C library, the loader, and what belongs to the graphics driver and the display.
SYSTEM = re.compile(r"^(ld-linux.*|lib(c|m|dl|rt|pthread|resolv|GL|GLX|GLdispatch|OpenGL|EGL|X.*|xcb.*|wayland.*|drm|gbm)\.so.*)$")
PROGRAMS = ("uptrail", "uptrail-viewer")
TEXTS = ("README.md", "LICENSE", "CHANGELOG.md")


def libraries(program):
    out = subprocess.run(["ldd", program], capture_output=True, text=True, check=True).stdout
    for line in out.splitlines():
        match = re.match(r"\s*(\S+) => (\S+)", line)
        if match and not SYSTEM.match(match.group(1)):
            if match.group(2) == "not":
                sys.exit(f"{program}: library {match.group(1)} not found")
            yield match.group(1), match.group(2)


def main():
    build, out = sys.argv[1], sys.argv[2]
    version = re.search(r"project\(uptrail VERSION ([0-9.]+)", open("CMakeLists.txt", encoding="utf-8").read()).group(1)
    name = f"uptrail-{version}-linux-{platform.machine()}"
    folder = os.path.join(out, name)
    shutil.rmtree(folder, ignore_errors=True)
    for sub in ("bin", "lib", "share/doc/uptrail", "share/uptrail/samples"):
        os.makedirs(os.path.join(folder, sub))
    for program in PROGRAMS:
        built = os.path.join(build, "bin", program)
        path = os.path.join(folder, "bin", program)
        shutil.copy2(built, path)
        subprocess.run(["strip", path], check=True)
        for library, source in libraries(built):
            shutil.copy2(os.path.realpath(source), os.path.join(folder, "lib", library))
    for text in TEXTS:
        shutil.copy2(text, os.path.join(folder, "share/doc/uptrail"))
    shutil.copytree("docs", os.path.join(folder, "share/doc/uptrail/docs"))
    shutil.copytree("assets/samples", os.path.join(folder, "share/uptrail/samples"), dirs_exist_ok=True)
    # The desktop entry, its type and icon; a user copies share/ to ~/.local/share.
    subprocess.run(["cmake", "--install", build, "--component", "desktop", "--prefix", folder], check=True, stdout=subprocess.DEVNULL)
    archive = folder + ".tar.gz"
    with tarfile.open(archive, "w:gz") as tar:
        tar.add(folder, name)
    for program in PROGRAMS:  # the programs must run from where they were unpacked, with their own libraries
        subprocess.run([os.path.join(folder, "bin", program), "--version"], check=True, env={"PATH": "/usr/bin:/bin"})
    print(f"{archive}: {os.path.getsize(archive) // 1024} KiB")


if __name__ == "__main__":
    main()
