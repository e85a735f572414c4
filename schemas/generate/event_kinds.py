#!/usr/bin/env python3
"""Generates from schemas/event_kinds.json: the C++ enumerations, the JSON schema of an event, and docs/events.md.

usage: event_kinds.py KINDS.json (--header OUT.h | --source OUT.cpp | --schema OUT.json | --docs OUT.md)
"""
import json
import sys


RESERVED = {"errno": "error_number"}  # a macro in C++


def ident(name):
    if name in RESERVED:
        return RESERVED[name]
    out = "".join("_" + c.lower() if c.isupper() and i and not name[i - 1].isupper() else c.lower() for i, c in enumerate(name))
    return out.replace(".", "_").replace("-", "_")


def quote(text):
    return json.dumps(text, ensure_ascii=False)


def header(data):
    lines = ["// Generated from schemas/event_kinds.json. Do not edit.", "#pragma once", "", "#include <cstdint>",
             "#include <optional>", "#include <span>", "#include <string_view>", "", "namespace uptrail {", "",
             "enum class EventKind : std::uint16_t {"]
    lines += [f"  {ident(k['kind'])},  // {k['kind']}" for k in data["kinds"]]
    lines += ["};", f"inline constexpr std::size_t kEventKindCount = {len(data['kinds'])};", "",
              "enum class Field : std::uint16_t {"]
    lines += [f"  {ident(n)},  // {n}" for n in data["fields"]]
    lines += ["};", f"inline constexpr std::size_t kFieldCount = {len(data['fields'])};", "",
              "enum class FieldType : std::uint8_t { text, integer, real, boolean, uuid, time, tasks, texts };", "",
              "enum class Observer : std::uint8_t { app, cfn, daemon, sys, store, server, tool };",
              "inline constexpr std::size_t kObserverCount = 7;", "",
              "struct FieldInfo {", "  std::string_view name;", "  FieldType type;", "  std::string_view doc;", "};",
              "struct AllowedValues {", "  Field field;", "  std::span<const std::string_view> values;", "};",
              "struct KindInfo {", "  std::string_view name;", "  std::string_view doc;",
              "  bool minimal;  // a minimal in-app logger emits it", "  std::span<const Observer> observers;  // usual ones, first is the default",
              "  std::span<const Field> fields;", "  std::span<const AllowedValues> allowed;", "};", "",
              "const KindInfo& kind_info(EventKind kind);", "const FieldInfo& field_info(Field field);",
              "std::string_view kind_name(EventKind kind);", "std::string_view field_name(Field field);",
              "std::string_view observer_name(Observer observer);",
              "std::optional<EventKind> kind_from_name(std::string_view name);",
              "std::optional<Field> field_from_name(std::string_view name);",
              "std::optional<Observer> observer_from_name(std::string_view name);", "", "}  // namespace uptrail", ""]
    return "\n".join(lines)


TYPES = {"string": "text", "int": "integer", "float": "real", "bool": "boolean", "uuid": "uuid", "time": "time",
         "tasks": "tasks", "strings": "texts"}
OBSERVERS = ["app", "cfn", "daemon", "sys", "store", "server", "tool"]


def source(data):
    kinds, fields = data["kinds"], data["fields"]
    lines = ["// Generated from schemas/event_kinds.json. Do not edit.", '#include "collector/model/event_kinds.h"', "",
             "#include <algorithm>", "#include <array>", "#include <bit>", "#include <tuple>", "#include <utility>", "", "namespace uptrail {", "namespace {", "",
             f"constexpr std::array<FieldInfo, {len(fields)}> kFields = {{{{"]
    lines += [f"    {{{quote(n)}, FieldType::{TYPES[f['type']]}, {quote(f['doc'])}}}," for n, f in fields.items()]
    lines += ["}};", ""]
    for k in kinds:
        name = ident(k["kind"])
        lines.append(f"constexpr std::array<Observer, {len(k['observers'])}> kObservers_{name} = {{"
                     + ", ".join("Observer::" + o for o in k["observers"]) + "};")
        lines.append(f"constexpr std::array<Field, {len(k['fields'])}> kFields_{name} = {{"
                     + ", ".join("Field::" + ident(f) for f in k["fields"]) + "};")
        values = k.get("values", {})
        for field, allowed in values.items():
            lines.append(f"constexpr std::array<std::string_view, {len(allowed)}> kValues_{name}_{ident(field)} = {{"
                         + ", ".join(quote(v) for v in allowed) + "};")
        rows = ", ".join(f"AllowedValues{{Field::{ident(f)}, kValues_{name}_{ident(f)}}}" for f in values)
        lines.append(f"constexpr std::array<AllowedValues, {len(values)}> kAllowed_{name} = {{{rows}}};")
    lines += ["", f"constexpr std::array<KindInfo, {len(kinds)}> kKinds = {{{{"]
    for k in kinds:
        name = ident(k["kind"])
        lines.append(f"    {{{quote(k['kind'])}, {quote(k['doc'])}, {'true' if k['minimal'] else 'false'}, kObservers_{name}, "
                     f"kFields_{name}, kAllowed_{name}}},")
    lines += ["}};", "", f"constexpr std::array<std::string_view, {len(OBSERVERS)}> kObserverNames = {{"
              + ", ".join(quote(o) for o in OBSERVERS) + "};", ""]
    for what, items in (("Kind", [(k["kind"], "EventKind::" + ident(k["kind"])) for k in kinds]),
                        ("Field", [(n, "Field::" + ident(n)) for n in fields])):
        enum = "EventKind" if what == "Kind" else "Field"
        lines.append(f"constexpr std::array<std::pair<std::string_view, {enum}>, {len(items)}> k{what}sByName = {{{{")
        lines += [f"    {{{quote(n)}, {e}}}," for n, e in sorted(items, key=lambda i: i[0].encode())]
        lines += ["}};", ""]
    lines.append("""constexpr std::size_t hash_of(std::string_view name) {
  if (name.empty()) {
    return 0;
  }
  std::size_t h = name.size();
  for (const std::size_t at : {std::size_t{0}, name.size() / 3, name.size() / 2, name.size() - 1}) {
    h = h * 31 + static_cast<std::uint8_t>(name[at]);
  }
  return h;
}

// Rows of a table of names, found by hash.
template <class Table>
class NameIndex {
 public:
  explicit constexpr NameIndex(const Table& table) : table_(&table) {
    slots_.fill(kFree);
    for (std::size_t row = 0; row < table.size(); ++row) {
      std::size_t at = hash_of(table[row].first) % kSlots;
      while (slots_[at] != kFree) {
        at = (at + 1) % kSlots;
      }
      slots_[at] = static_cast<std::uint16_t>(row);
    }
  }
  [[nodiscard]] auto find(std::string_view name) const -> std::optional<typename Table::value_type::second_type> {
    for (std::size_t at = hash_of(name) % kSlots; slots_[at] != kFree; at = (at + 1) % kSlots) {
      if ((*table_)[slots_[at]].first == name) {
        return (*table_)[slots_[at]].second;
      }
    }
    return std::nullopt;
  }

 private:
  static constexpr std::size_t kSlots = std::bit_ceil(4 * std::tuple_size_v<Table>);
  static constexpr std::uint16_t kFree = UINT16_MAX;
  const Table* table_;
  std::array<std::uint16_t, kSlots> slots_{};
};
constexpr NameIndex kKindIndex(kKindsByName);
constexpr NameIndex kFieldIndex(kFieldsByName);

}  // namespace

const KindInfo& kind_info(EventKind kind) { return kKinds[static_cast<std::size_t>(kind)]; }
const FieldInfo& field_info(Field field) { return kFields[static_cast<std::size_t>(field)]; }
std::string_view kind_name(EventKind kind) { return kind_info(kind).name; }
std::string_view field_name(Field field) { return field_info(field).name; }
std::string_view observer_name(Observer observer) { return kObserverNames[static_cast<std::size_t>(observer)]; }
std::optional<EventKind> kind_from_name(std::string_view name) { return kKindIndex.find(name); }
std::optional<Field> field_from_name(std::string_view name) { return kFieldIndex.find(name); }
std::optional<Observer> observer_from_name(std::string_view name) {
  const auto it = std::find(kObserverNames.begin(), kObserverNames.end(), name);
  if (it == kObserverNames.end()) {
    return std::nullopt;
  }
  return static_cast<Observer>(it - kObserverNames.begin());
}

}  // namespace uptrail
""")
    return "\n".join(lines)


JSON_TYPES = {"string": {"type": "string"}, "int": {"type": "integer"}, "float": {"type": "number"}, "bool": {"type": "boolean"},
              "uuid": {"type": "string", "pattern": "^[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$"},
              "time": {"type": ["integer", "string"]}, "strings": {"type": "array", "items": {"type": "string"}},
              "tasks": {"type": "array", "items": {"$ref": "#/$defs/taskListing"}}}


def schema(data):
    props = {h["name"]: dict(JSON_TYPES[h["type"]], description=h["doc"]) for h in data["header"]}
    props["uptrail"] = {"const": 1, "description": props["uptrail"]["description"]}
    props["kind"]["enum"] = [k["kind"] for k in data["kinds"]]
    props["observer"]["enum"] = OBSERVERS
    props.update({n: dict(JSON_TYPES[f["type"]], description=f["doc"]) for n, f in data["fields"].items()})
    # errors may be written as one value, see docs/events.md
    props["error"] = {"description": "null: no error; a number: NSURLErrorDomain code; an object; a text as a store has it",
                      "type": ["null", "integer", "string", "object"]}
    listing = {"uuid": "uuid", "id": "int", "state": "string", "desc": "string", "url": "string", "sent": "int", "expected": "int",
               "errorCode": "int"}
    rules = [{"if": {"properties": {"kind": {"const": k["kind"]}}},
              "then": {"properties": {f: {"enum": v} for f, v in k["values"].items()}}} for k in data["kinds"] if k.get("values")]
    out = {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": "https://uptrail.dev/schemas/event.schema.json",
           "title": "Uptrail event", "description": "One line of event NDJSON, or the text of one os_log line.", "type": "object",
           "required": ["uptrail", "kind"], "properties": props, "additionalProperties": True, "allOf": rules,
           "$defs": {"taskListing": {"type": "object", "properties": {n: JSON_TYPES[t] for n, t in listing.items()}}}}
    return json.dumps(out, indent=2, ensure_ascii=False) + "\n"


def docs(data):
    out = ["# Events", "", "Generated from `schemas/event_kinds.json`. One event is one typed observation, immutable. As text it is one JSON",
           "object in one line (event NDJSON, or the text of an os_log line); `schemas/event.schema.json` describes it.", "",
           "## Header", "", "| name | type | meaning |", "|---|---|---|"]
    out += [f"| `{h['name']}` | {h['type']} | {h['doc']} |" for h in data["header"]]
    out += ["", "## Kinds", "", "Kinds with * are what a minimal in-app logger emits (`uptrail howto instrument`).", ""]
    group = ""
    for k in data["kinds"]:
        g = k["kind"].split(".")[0]
        if g != group:
            group = g
            out += ["", f"### {g}", "", "| kind | meaning | fields | seen by |", "|---|---|---|---|"]
        fields = []
        for f in k["fields"]:
            allowed = k.get("values", {}).get(f)
            fields.append(f"`{f}`" + (f" ({', '.join(allowed)})" if allowed else ""))
        out.append(f"| `{k['kind']}`{' *' if k['minimal'] else ''} | {k['doc']} | {', '.join(fields) or '–'} | {', '.join(k['observers'])} |")
    out += ["", "## Fields", "", "| field | type | meaning |", "|---|---|---|"]
    out += [f"| `{n}` | {f['type']} | {f['doc']} |" for n, f in data["fields"].items()]
    out += ["", "## Errors", "",
            "`error` may be written in one value: `null` (no error: `errorCode` 0), a number (a code of NSURLErrorDomain), or an object",
            "`{\"domain\": …, \"code\": …, \"reason\": …}`; it becomes `errorDomain`, `errorCode` and `reasonKey`.", ""]
    return "\n".join(out)


def main():
    data = json.load(open(sys.argv[1], encoding="utf-8"))
    make = {"--header": header, "--source": source, "--schema": schema, "--docs": docs}
    args = sys.argv[2:]
    for option, path in zip(args[::2], args[1::2]):
        with open(path, "w", encoding="utf-8") as f:
            f.write(make[option](data))


if __name__ == "__main__":
    main()
