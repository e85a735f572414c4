#include "collector/cli/cli.h"

#include <exception>
#include <ostream>

#include "collector/cli/verb.h"

#ifndef UPTRAIL_VERSION
#error "UPTRAIL_VERSION comes from the build"
#endif

namespace uptrail::cli {

std::vector<std::unique_ptr<Verb>> builtin_verbs() {
  std::vector<std::unique_ptr<Verb>> verbs;
  verbs.push_back(make_check_verb());
  verbs.push_back(make_collect_verb());
  verbs.push_back(make_compare_verb());
  verbs.push_back(make_explain_verb());
  verbs.push_back(make_story_verb());
  verbs.push_back(make_dispute_verb());
  verbs.push_back(make_rules_verb());
  verbs.push_back(make_formats_verb());
  verbs.push_back(make_messages_verb());
  verbs.push_back(make_howto_verb());
  verbs.push_back(make_simulate_verb());
  return verbs;
}

namespace {

std::string overview(const std::vector<std::unique_ptr<Verb>>& verbs) {
  std::string out =
      "Uptrail shows what really happened to an app's background uploads.\n\n"
      "Usage: uptrail VERB [arguments]\n\n";
  for (const auto& verb : verbs) {
    out += "  " + pad_right(verb->name(), 9) + " " + std::string(verb->summary()) + "\n";
  }
  out +=
      "\nuptrail VERB --help tells more; uptrail --version prints the version.\n\n"
      "Examples:\n"
      "  uptrail check system.log                      what went wrong in this capture?\n"
      "  uptrail collect system.log app.ndjson -o trip.uptrail\n"
      "  uptrail explain trip.uptrail C1               the evidence, line by line\n"
      "  uptrail howto instrument                      make the app log what only it knows\n\n"
      "Exit codes: 0 OK, 1 FAIL, 2 wrong usage, 3 unreadable input, 4 COULD NOT TELL, 70 internal\n"
      "error, 130 interrupted.\n";
  return out;
}

int unknown_verb(const std::string& typed, const std::vector<std::unique_ptr<Verb>>& verbs, Talk& talk) {
  std::vector<std::string> names;
  names.reserve(verbs.size());
  for (const auto& verb : verbs) {
    names.emplace_back(verb->name());
  }
  const std::string meant = nearest(typed, names);
  Error error = fail(ErrorKind::usage, "no verb \"" + typed + "\"");
  error.hint = meant.empty() ? "uptrail --help lists the verbs" : "did you mean " + meant + "?";
  talk.error(error);
  return kExitUsage;
}

int run_verb(Verb& verb, const std::vector<std::string>& arguments, Context& context) {
  Options options(verb.name(), verb.summary(), verb.usage());
  verb.declare(options);
  const auto parsed = options.parse(arguments);
  if (!parsed.ok()) {
    context.talk.error(parsed.error());
    return kExitUsage;
  }
  if (!parsed.value()) {
    context.terminal.out << options.help();
    return kExitOk;
  }
  return verb.run(context);
}

int dispatch(const std::vector<std::string>& arguments, Context& context) {
  const auto verbs = builtin_verbs();
  if (arguments.empty()) {
    context.terminal.err << overview(verbs);
    return kExitUsage;
  }
  const std::string& first = arguments.front();
  std::vector<std::string> rest(arguments.begin() + 1, arguments.end());
  if (first == "--version" || first == "-V") {
    context.terminal.out << "uptrail " UPTRAIL_VERSION "\n";
    return kExitOk;
  }
  if (first == "--help" || first == "-h" || (first == "help" && rest.empty())) {
    context.terminal.out << overview(verbs);
    return kExitOk;
  }
  const bool help = first == "help";
  const std::string wanted = help ? rest.front() : first;
  for (const auto& verb : verbs) {
    if (verb->name() == wanted) {
      return run_verb(*verb, help ? std::vector<std::string>{"--help"} : rest, context);
    }
  }
  return unknown_verb(wanted, verbs, context.talk);
}

}  // namespace

int run_cli(const std::vector<std::string>& arguments, Terminal& terminal) {
  Talk talk(terminal);
  Context context{terminal, talk};
  int code = kExitInternal;
  try {
    code = dispatch(arguments, context);
  } catch (const std::exception& e) {
    talk.clear_progress();
    talk.error(std::string("internal error: ") + e.what());
    return kExitInternal;
  }
  talk.clear_progress();
  terminal.out.flush();
  if (!terminal.out.good()) {
    talk.error("cannot write the output");
    return kExitInternal;
  }
  return code;
}

}  // namespace uptrail::cli
