#!/usr/bin/env python3
"""Generates docs/trace-file.md from the commented DDL in schemas/trace/*.sql.

usage: trace_doc.py SCHEMA_FOLDER OUT.md
Fails when a table, a column or a view has no comment.
"""
import os
import re
import sys

INTRO = """# The case file

A case (`*.uptrail`) is one SQLite database: the captures of one device, and everything that was concluded from them. This page is
generated from `schemas/trace/*.sql`; do not edit it.

- `PRAGMA application_id` is 0x55705472 (`UpTr`), `PRAGMA user_version` is the schema version: %(version)d.
- **Events are facts, everything else is derived.** Derived rows carry a `generation`; only those whose generation is
  `case_info.generation` count. The views `v_*` give just those, and names instead of numbers: start there. Views keep their
  columns over schema versions; tables may change.
- Times are int64 nanoseconds. Normalised times count from 1970-01-01 UTC when their domain is placed (`streams.placed`), else from
  the zero of that domain's clock. Events of different domains must not be ordered against each other.
- Intervals are half-open. An end of 9223372036854775807 means: still open when the capture stopped.
- Ids are 0-based and dense inside one generation (events begin at 1); NULL means none.
- A case is written beside its place and renamed when it is whole. A finished one has no `-wal` and no `-journal` and opens from
  read-only media.
- **A case from elsewhere is not trusted.** It is opened read-only with SQLite's defensive switches and limits; its schema must be
  exactly the one below (no more, no less), and ids that lead nowhere make it unreadable. Do not add tables, views or triggers to it.

    sqlite3 case.uptrail "SELECT severity, confidence, title FROM v_causes ORDER BY cause_id"
    sqlite3 case.uptrail "SELECT datetime(t_ns / 1000000000, 'unixepoch'), kind, fields FROM v_events WHERE task_id = 3 ORDER BY t_ns"
"""


def parse(text, path):
    """Yields (what, name, comment, columns or body) for each statement."""
    comment, lines, at = [], text.split("\n"), 0
    while at < len(lines):
        line = lines[at]
        if line.startswith("--"):
            comment.append(line[2:].strip())
        elif not line.strip():
            comment = []
        else:
            start = at
            while not lines[at].split("--")[0].rstrip().endswith(";"):
                at += 1
            statement = lines[start:at + 1]
            made = re.match(r"CREATE (TABLE|VIEW|INDEX) (\w+)|ALTER (TABLE) (\w+) ADD COLUMN |DROP VIEW ", statement[0])
            if not made:
                sys.exit(f"{path}:{start + 1}: not a statement of a migration: {statement[0]}")
            if made.group(3):
                yield "COLUMN", made.group(4), "-", [statement[0][made.end():].replace(";", "", 1)], start + 1
            elif made.group(1):
                yield made.group(1), made.group(2), " ".join(comment), statement, start + 1
                comment = []
        at += 1


def columns(lines, path, first_line):
    for number, line in enumerate(lines, first_line):
        code, _, comment = line.partition("--")
        code = code.strip().rstrip(",")
        if code.startswith(("PRIMARY KEY (", "UNIQUE (")):
            continue
        found = re.match(r"(\w+) (INTEGER|TEXT|REAL|BLOB)(.*)$", code)
        if not found or not comment.strip():
            sys.exit(f"{path}:{number}: a column needs a type and a comment: {line.strip()}")
        yield found.group(1), found.group(2).lower(), "NOT NULL" not in found.group(3) and "PRIMARY KEY" not in found.group(3), comment.strip()


def view_columns(statement):
    body = " ".join(line.split("--")[0].strip() for line in statement[1:])
    body = re.sub(r"CASE .*? END AS", "x AS", body)
    selected = re.match(r"SELECT (.*?) FROM ", body).group(1)
    return [re.split(r" AS |\.", part.strip())[-1] for part in selected.split(",")]


def main():
    folder, out_path = sys.argv[1], sys.argv[2]
    files = sorted(f for f in os.listdir(folder) if f.endswith(".sql"))
    tables, views = [], []
    for name in files:
        path = os.path.join(folder, name)
        with open(path, encoding="utf-8") as source:
            for what, thing, comment, statement, line in parse(source.read(), path):
                if what == "INDEX":
                    continue
                if not comment:
                    sys.exit(f"{path}:{line}: {thing} has no comment")
                if what == "TABLE":
                    tables.append((thing, comment, list(columns(statement[1:-1], path, line + 1))))
                elif what == "COLUMN":
                    next(cols for name, _, cols in tables if name == thing).extend(columns(statement, path, line))
                else:  # a later migration may make a view anew
                    at = next((i for i, view in enumerate(views) if view[0] == thing), len(views))
                    views[at:at + 1] = [(thing, comment, view_columns(statement))]
    out = [INTRO % {"version": int(files[-1].split("_")[0])}, "## Views\n"]
    for name, comment, names in views:
        out.append(f"**`{name}`** {comment}  \n" + ", ".join(f"`{c}`" for c in names) + "\n")
    out.append("## Tables\n")
    for name, comment, cols in tables:
        out.append(f"### `{name}`\n\n{comment}\n\n| column | type | meaning |\n|---|---|---|")
        for column, kind, nullable, meaning in cols:
            meaning = meaning.replace("|", "\\|")
            out.append(f"| `{column}` | {kind}{', may be NULL' if nullable else ''} | {meaning} |")
        out.append("")
    with open(out_path, "w", encoding="utf-8") as page:
        page.write("\n".join(out).rstrip() + "\n")


if __name__ == "__main__":
    main()
