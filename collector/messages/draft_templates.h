// Templates of log lines, counted. Private to this folder.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "collector/messages/draft_words.h"

namespace uptrail::draft {

struct Template {
  std::string process;
  std::vector<Word> words;
  std::uint64_t count = 0;
  std::uint64_t first = 0;           // which line of the log
  std::vector<std::string> samples;  // the first different lines, at most kMaxSamples
};
inline constexpr std::size_t kMaxSamples = 3;

class Templates {
 public:
  // False: there are too many templates; the line was only counted.
  bool add(std::string_view process, std::string_view line);
  // Folds templates that differ in one word only: into one when the word is always a value, or has three forms and more.
  void fold();
  [[nodiscard]] std::vector<Template> all() const;  // in order of first mention
  [[nodiscard]] std::uint64_t dropped() const { return dropped_; }

 private:
  void fold_at(std::size_t position);
  void fold_many();
  using Group = std::vector<std::string>;  // forms
  void fold_group(const Group& group);

  std::map<std::string, Template, std::less<>> by_form_;
  std::uint64_t lines_ = 0;
  std::uint64_t dropped_ = 0;
  bool full_ = false;
};

}  // namespace uptrail::draft
