#include <array>
#include <ostream>
#include <span>

#include "collector/base/embedded.h"
#include "collector/cli/verb.h"

namespace uptrail::embedded {
std::span<const EmbeddedFile> cli_howto();
}

namespace uptrail::cli {

namespace {

constexpr std::string_view kExampleBundle = "com.example.app";

struct Topic {
  std::string_view name, summary;
};
constexpr std::array<Topic, 5> kTopics = {{{"simulator", "Capture from the Simulator"},
                                           {"device", "Capture from an iPhone or iPad"},
                                           {"sysdiagnose", "Use a sysdiagnose that a customer sends"},
                                           {"ci", "Capture and check in a CI job"},
                                           {"instrument", "Let the app log what only it knows"}}};

std::string_view file(std::string_view name) {
  for (const EmbeddedFile& f : embedded::cli_howto()) {
    if (f.name == name) {
      return f.content;
    }
  }
  return {};
}

void replace_all(std::string& text, std::string_view from, std::string_view to) {
  for (std::size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
}

// Bundle identifiers go into shell commands: letters, digits, dot and hyphen are all that Apple allows.
bool is_bundle(std::string_view text) {
  return !text.empty() &&
         text.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-") == std::string_view::npos;
}

class HowtoVerb final : public Verb {
 public:
  [[nodiscard]] std::string_view name() const override { return "howto"; }
  [[nodiscard]] std::string_view summary() const override {
    return "Print the commands that make a capture, or the logger for the app";
  }
  [[nodiscard]] std::string_view usage() const override {
    return "simulator|device|sysdiagnose|ci|instrument [--app BUNDLE] [--objc]";
  }

  void declare(Options& options) override {
    options.inputs("TOPIC", topics_, "simulator, device, sysdiagnose, ci or instrument; none: list them", false);
    options.text("--app", bundle_, "BUNDLE", "Bundle identifier to put into the commands");
    options.flag("--objc", objc_, "instrument: the Objective-C logger instead of the Swift one");
    options.examples(
        "  uptrail howto simulator --app com.example.shoebox\n"
        "  uptrail howto instrument > UptrailLog.swift");
  }

  int run(Context& context) override {
    if (!is_bundle(bundle_)) {
      context.talk.error("\"" + bundle_ + "\" is not a bundle identifier (letters, digits, dots and hyphens)");
      return kExitUsage;
    }
    if (topics_.empty()) {
      for (const Topic& t : kTopics) {
        context.terminal.out << "uptrail howto " << pad_right(t.name, 13) << t.summary << "\n";
      }
      return kExitOk;
    }
    std::vector<std::string> names;
    for (const Topic& t : kTopics) {
      names.emplace_back(t.name);
      if (topics_.size() == 1 && topics_.front() == t.name) {
        context.terminal.out << text_of(t.name);
        return kExitOk;
      }
    }
    const std::string meant = nearest(topics_.front(), names);
    Error error =
        fail(ErrorKind::usage, topics_.size() > 1 ? "give one topic at a time" : "no topic \"" + topics_.front() + "\"");
    error.hint = meant.empty() ? "uptrail howto lists them" : "did you mean " + meant + "?";
    context.talk.error(error);
    return kExitUsage;
  }

 private:
  [[nodiscard]] std::string text_of(std::string_view topic) const {
    std::string text;
    if (topic == "instrument") {
      text = objc_ ? std::string(file("UptrailLog.h")) + "\n" + std::string(file("UptrailLog.m"))
                   : std::string(file("UptrailLog.swift"));
    } else {
      text = file(std::string(topic) + ".txt");
    }
    replace_all(text, kExampleBundle, bundle_);
    return text;
  }

  std::vector<std::string> topics_;
  std::string bundle_{kExampleBundle};
  bool objc_ = false;
};

}  // namespace

std::unique_ptr<Verb> make_howto_verb() { return std::make_unique<HowtoVerb>(); }

}  // namespace uptrail::cli
