#!/usr/bin/env python3
"""Writes assets/theme.json as a C++ header, so that the viewer needs no JSON at run time.

usage: theme.py THEME.json OUT.h
Fails when a palette lacks a colour that another one has, or a colour is not #rrggbb or #rrggbbaa.
"""
import json
import re
import sys


def colour(palette, name, text):
    match = re.fullmatch(r"#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})?", text)
    if not match:
        raise SystemExit(f"theme.py: {palette}.{name} is not a colour: {text}")
    r, g, b, a = (int(part, 16) if part else 255 for part in match.groups())
    return f"0x{a:02x}{b:02x}{g:02x}{r:02x}U"


def main():
    theme = json.load(open(sys.argv[1], encoding="utf-8"))
    palettes = theme["palettes"]
    names = list(palettes["dark"])
    for palette, colours in palettes.items():
        if sorted(colours) != sorted(names):
            raise SystemExit(f"theme.py: palette {palette} differs in {sorted(set(colours) ^ set(names))}")
    out = ["// Generated from assets/theme.json by schemas/generate/theme.py. Do not edit.", "#pragma once", "", "#include <array>",
           "#include <cstdint>", "", "namespace uptrail::viewer {", "", "enum class Color : std::uint8_t {"]
    out += [f"  {n}," for n in names]
    out += ["};", f"inline constexpr std::size_t kColorCount = {len(names)};", "using Palette = std::array<std::uint32_t, kColorCount>;", ""]
    for palette, colours in palettes.items():
        out += [f"inline constexpr Palette k{palette.capitalize()}Palette = {{"]
        out += [f"    {colour(palette, n, colours[n])},  // {n}" for n in names]
        out += ["};", ""]
    out += ["enum class Size : std::uint8_t {"] + [f"  {n}," for n in theme["sizes"]] + ["};"]
    out += [f"inline constexpr std::array<float, {len(theme['sizes'])}> kSizes = {{"]
    out += [f"    {float(v)}F,  // {n}" for n, v in theme["sizes"].items()] + ["};", "", "}  // namespace uptrail::viewer", ""]
    with open(sys.argv[2], "w", encoding="utf-8") as header:
        header.write("\n".join(out))


if __name__ == "__main__":
    main()
