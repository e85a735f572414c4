#include "collector/cli/options.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <numeric>

#include "collector/base/text.h"

namespace uptrail::cli {

struct Options::Parser {
  explicit Parser(std::string_view summary, std::string_view name) : app(std::string(summary), std::string(name)) {}
  CLI::App app;
  std::string verb;
  std::string usage;
  std::vector<std::string> names;  // of all options, for suggestions
};

Options::Options(std::string_view verb, std::string_view summary, std::string_view usage)
    : parser_(std::make_unique<Parser>(summary, "uptrail " + std::string(verb))) {
  parser_->verb = verb;
  parser_->usage = usage;
  parser_->app.set_help_flag("-h,--help", "Show this help");
  parser_->names = {"--help"};
}

Options::~Options() = default;

namespace {
void remember(std::vector<std::string>& names, const std::string& declared) {
  for (const std::string_view name : split(declared, ',')) {
    if (name.substr(0, 2) == "--") {
      names.emplace_back(name);
    }
  }
}
}  // namespace

void Options::flag(const std::string& names, bool& target, const std::string& help) {
  remember(parser_->names, names);
  parser_->app.add_flag(names, target, help);
}

void Options::text(const std::string& names, std::string& target, const std::string& value_name, const std::string& help) {
  remember(parser_->names, names);
  parser_->app.add_option(names, target, help)->type_name(value_name);
}

void Options::choice(const std::string& names, std::string& target, const std::vector<std::string>& allowed,
                     const std::string& help) {
  remember(parser_->names, names);
  std::string value_name;
  for (const std::string& word : allowed) {
    value_name += (value_name.empty() ? "" : "|") + word;
  }
  const auto check = [allowed, value_name](const std::string& given) {
    return std::find(allowed.begin(), allowed.end(), given) != allowed.end() ? std::string()
                                                                             : "\"" + given + "\" is not one of " + value_name;
  };
  parser_->app.add_option(names, target, help)->type_name(value_name)->check(check);
}

void Options::list(const std::string& names, std::vector<std::string>& target, const std::string& value_name,
                   const std::string& help, bool commas) {
  remember(parser_->names, names);
  CLI::Option* option = parser_->app.add_option(names, target, help)
                            ->type_name(value_name)
                            ->expected(1)
                            ->allow_extra_args(false)  // else it eats the inputs behind it
                            ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  if (commas) {
    option->delimiter(',');
  }
}

void Options::inputs(const std::string& name, std::vector<std::string>& target, const std::string& help, bool required) {
  CLI::Option* option = parser_->app.add_option(name, target, help)->type_name("");
  if (required) {
    option->required();
  }
}

void Options::examples(const std::string& text) { parser_->app.footer("\nExamples:\n" + text); }

std::string Options::help() const {
  std::string text = parser_->app.help();
  // The parser's own first lines are replaced: they repeat the program's name and say [OPTIONS] where we know better.
  const std::size_t options = text.find("\nPositionals:");
  const std::size_t rest = options != std::string::npos ? options : text.find("\nOptions:");
  return parser_->app.get_description() + "\n\nUsage: uptrail " + parser_->verb + (parser_->usage.empty() ? "" : " ") +
         parser_->usage + "\n" + (rest == std::string::npos ? std::string() : text.substr(rest));
}

Result<bool> Options::parse(const std::vector<std::string>& arguments) {
  Error error = fail(ErrorKind::usage, {});
  error.hint = "uptrail " + parser_->verb + " --help";
  for (const std::string& argument : arguments) {
    const std::string name = argument.substr(0, argument.find('='));
    if (name.size() > 2 && name.substr(0, 2) == "--" &&
        std::find(parser_->names.begin(), parser_->names.end(), name) == parser_->names.end()) {
      const std::string meant = nearest(name, parser_->names);
      error.message = "unknown option " + name;
      if (!meant.empty()) {
        error.hint = "did you mean " + meant + "?";
      }
      return error;
    }
    if (argument == "--") {
      break;
    }
  }
  try {
    std::vector<std::string> reversed(arguments.rbegin(), arguments.rend());
    parser_->app.parse(std::move(reversed));
    return true;
  } catch (const CLI::CallForHelp&) {
    return false;
  } catch (const CLI::ParseError& e) {
    error.message = std::string(trim(e.what()));
    return error;
  }
}

}  // namespace uptrail::cli
