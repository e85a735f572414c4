#include <fstream>
#include <ostream>

#include "collector/base/text.h"
#include "collector/cli/inputs.h"
#include "collector/pipeline/dispute.h"
#include "collector/report/check_data.h"

namespace uptrail::cli {

namespace {

class DisputeVerb final : public Verb {
 public:
  [[nodiscard]] std::string_view name() const override { return "dispute"; }
  [[nodiscard]] std::string_view summary() const override { return "Write a finding as a small script without anything private"; }
  [[nodiscard]] std::string_view usage() const override { return "[-o FILE] CASE FINDING"; }

  void declare(Options& options) override {
    options.inputs("WHAT", what_, "A case (or capture), and a finding (F3), a cause (C1) or an id", true);
    options.text("-o,--output", output_, "FILE", "Where to write the script; otherwise standard output");
    capture_.declare(options);
    options.examples(
        "  uptrail dispute trip.uptrail F3 -o f3.scn\n"
        "  uptrail check f3.scn                      the same rule fires");
  }

  int run(Context& context) override {
    if (what_.size() != 2) {
      context.talk.error("give a case and a finding (uptrail dispute --help)");
      return kExitUsage;
    }
    const Status written = write(context);
    if (!written.ok()) {
      context.talk.error(written.error());
      return exit_code_of(written.error());
    }
    return reproduced_ ? kExitOk : kExitUnknown;
  }

 private:
  Status write(Context& context) {
    auto opened = open_inputs({what_.front()}, capture_, context);
    UPTRAIL_TRY(opened);
    if (opened->reader == nullptr) {
      return fail(ErrorKind::unreadable, "nothing could be read", what_.front());
    }
    const auto data = gather_check(*opened->reader);
    UPTRAIL_TRY(data);
    const auto found = find_findings(*data, what_[1]);
    UPTRAIL_TRY(found);
    const Finding* finding = found->empty() ? nullptr : data->finding(found->front());
    if (finding == nullptr) {
      return fail(ErrorKind::usage, "no finding \"" + what_[1] + "\" in this case");
    }
    const auto dispute = make_dispute(*opened->reader, *finding);
    UPTRAIL_TRY(dispute);
    reproduced_ = dispute->reproduced;
    UPTRAIL_TRY(put(dispute->script, context));
    if (reproduced_) {
      context.talk.note(finding_name(finding->id) + " " + finding->rule + ": fires on " + count_of(dispute->events, "event") +
                        " of " + std::to_string(dispute->of) +
                        (dispute->weaker ? ", with less confidence than on the case" : "") +
                        "; read the script before you give it away");
    } else {
      context.talk.warn("the script does not show what the case shows: " + dispute->why_not +
                        "; it is not minimised, and it is no proof");
    }
    return done();
  }

  Status put(const std::string& script, Context& context) const {
    if (output_.empty() || output_ == "-") {
      context.terminal.out << script;
      return done();
    }
    std::ofstream file(output_, std::ios::binary | std::ios::trunc);
    file << script;
    file.close();
    return file.good() ? done() : fail(ErrorKind::unreadable, "cannot be written", output_);
  }

  std::vector<std::string> what_;
  std::string output_;
  CaptureOptions capture_;
  bool reproduced_ = false;
};

}  // namespace

std::unique_ptr<Verb> make_dispute_verb() { return std::make_unique<DisputeVerb>(); }

}  // namespace uptrail::cli
