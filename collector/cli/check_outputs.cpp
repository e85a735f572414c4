#include "collector/cli/check_outputs.h"

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "collector/base/nearest.h"

namespace uptrail::cli {

namespace {

namespace fs = std::filesystem;

const CheckFormat* format_named(std::string_view name) {
  const auto formats = check_formats();
  const auto it = std::find_if(formats.begin(), formats.end(), [&](const CheckFormat& f) { return f.name == name; });
  return it == formats.end() ? nullptr : &*it;
}

Error unknown_format(const std::string& name) {
  std::vector<std::string> names;
  std::string all;
  for (const CheckFormat& f : check_formats()) {
    names.emplace_back(f.name);
    all += (all.empty() ? "" : ", ") + std::string(f.name);
  }
  Error error = fail(ErrorKind::usage, "no format \"" + name + "\"");
  const std::string meant = nearest(name, names);
  error.hint = meant.empty() ? "there are " + all : "did you mean " + meant + "?";
  return error;
}

Status check_file(const CheckOutput& output, const std::vector<CheckOutput>& before, const std::vector<std::string>& inputs) {
  const auto same = [&](const std::string& other) {
    std::error_code failed;
    return fs::equivalent(output.file, other, failed) ||
           fs::path(output.file).lexically_normal() == fs::path(other).lexically_normal();
  };
  if (!output.to_stdout() && std::any_of(inputs.begin(), inputs.end(), same)) {
    return fail(ErrorKind::usage, "is an input; a report would destroy it", output.file);
  }
  for (const CheckOutput& b : before) {
    if (output.to_stdout() && b.to_stdout()) {
      Error error = fail(ErrorKind::usage, std::string(b.format->name) + " and " + std::string(output.format->name) +
                                               " both go to standard output");
      error.hint = "write one of them to a file: --format " + std::string(output.format->name) + "=FILE";
      return error;
    }
    if (!output.to_stdout() && !b.to_stdout() && same(b.file)) {
      return fail(ErrorKind::usage, "is named for two formats", output.file);
    }
  }
  return done();
}

}  // namespace

Result<std::vector<CheckOutput>> parse_check_outputs(const std::vector<std::string>& given,
                                                     const std::vector<std::string>& inputs) {
  std::vector<CheckOutput> out;
  for (const std::string& text : given) {
    const std::size_t equals = text.find('=');
    CheckOutput output;
    output.format = format_named(std::string_view(text).substr(0, equals));
    if (output.format == nullptr) {
      return unknown_format(text.substr(0, equals));
    }
    if (equals != std::string::npos) {
      output.file = text.substr(equals + 1);
      if (output.file.empty()) {
        return fail(ErrorKind::usage, "--format " + text + " names no file");
      }
    }
    UPTRAIL_TRY(check_file(output, out, inputs));
    out.push_back(std::move(output));
  }
  if (std::none_of(out.begin(), out.end(), [](const CheckOutput& o) { return o.to_stdout(); })) {
    out.insert(out.begin(), {format_named("text"), {}});
  }
  return out;
}

Status write_check_output(const std::string& file, const std::string& text) {
  std::ofstream out(file, std::ios::binary | std::ios::trunc);
  out << text;
  out.close();
  return out ? done() : Status(fail(ErrorKind::unreadable, "cannot be written", file));
}

}  // namespace uptrail::cli
