#include "collector/model/contents.h"

#include <array>
#include <numeric>

#include "collector/base/text.h"

namespace uptrail {

namespace {

struct Word {
  std::string_view name;  // in files
  std::string_view one, many;
};

constexpr std::array<Word, kMemberFates> kWords = {{{"used", "used", "used"},
                                                    {"known", "known already", "known already"},
                                                    {"log-archive", "in a log archive", "in a log archive"},
                                                    {"result-bundle", "in a result bundle", "in a result bundle"},
                                                    {"instruments-trace", "in an Instruments trace", "in an Instruments trace"},
                                                    {"crash-report", "crash report", "crash reports"},
                                                    {"damaged", "damaged", "damaged"},
                                                    {"encrypted", "encrypted", "encrypted"},
                                                    {"unreadable", "unreadable", "unreadable"},
                                                    {"limit", "beyond a limit", "beyond a limit"},
                                                    {"unsafe-path", "with an unsafe name", "with unsafe names"},
                                                    {"unsupported", "of an unsupported kind", "of an unsupported kind"},
                                                    {"case-file", "case", "cases"},
                                                    {"unrelated", "log of other things", "logs of other things"},
                                                    {"database", "other database", "other databases"},
                                                    {"picture", "picture", "pictures"},
                                                    {"empty", "empty", "empty"},
                                                    {"link", "link", "links"},
                                                    {"special", "device or pipe", "devices or pipes"},
                                                    {"other", "no log or store", "no log or store"}}};

const Word& word_of(MemberFate fate) { return kWords[static_cast<std::size_t>(fate)]; }

}  // namespace

std::string_view member_fate_name(MemberFate fate) { return word_of(fate).name; }

std::uint64_t Contents::members() const {
  return std::accumulate(groups.begin(), groups.end(), std::uint64_t{0},
                         [](std::uint64_t sum, const Group& group) { return sum + group.members; });
}

std::string contents_line(const Contents& contents) {
  std::array<std::uint64_t, kMemberFates> counts{};
  for (const Contents::Group& group : contents.groups) {
    counts[static_cast<std::size_t>(group.fate)] += group.members;
  }
  std::string out = count_of(contents.members(), "member") + ": " + (counts[0] == 0 ? "none used" : "");
  for (std::size_t i = 0; i < counts.size(); ++i) {
    if (counts[i] > 0) {
      out += (i == 0 ? "" : out.ends_with(": ") ? "" : ", ") + std::to_string(counts[i]) + " ";
      out += counts[i] == 1 ? kWords[i].one : kWords[i].many;
    }
  }
  return out;
}

}  // namespace uptrail
