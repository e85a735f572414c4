#include "collector/messages/draft_templates.h"

#include <algorithm>
#include <set>

namespace uptrail::draft {

namespace {

constexpr std::size_t kMaxTemplates = 20'000;
constexpr std::size_t kFormsThatVary = 3;
constexpr std::size_t kManyForms = 8;

std::string form_of(const Template& t) {
  std::string out = t.process + '\n';
  for (const Word& w : t.words) {
    out += w.form() + '\xFE';
  }
  return out;
}

CaptureType wider(CaptureType a, CaptureType b) {
  const auto number = [](CaptureType t) { return t == CaptureType::integer || t == CaptureType::real; };
  if (a == b) {
    return a;
  }
  if (number(a) && number(b)) {
    return CaptureType::real;
  }
  const auto open = [](CaptureType t) { return t == CaptureType::error || t == CaptureType::rest; };
  const bool text = a == CaptureType::text || b == CaptureType::text;
  return open(a) || open(b) ? CaptureType::rest : text ? CaptureType::text : CaptureType::word;
}

// Precondition: the same skeleton.
void widen(Word& into, const Word& from) {
  for (std::size_t i = 0; i < into.pieces.size(); ++i) {
    Piece& p = into.pieces[i];
    const Piece& q = from.pieces[i];
    if (!p.variable || q.any) {
      continue;
    }
    p.type = p.any ? q.type : wider(p.type, q.type);
    p.any = false;
  }
}

Word whole_word(const Word& like) {
  Word out;
  out.gap = like.gap;
  out.pieces.emplace_back();
  out.pieces.back().variable = true;
  return out;
}

bool is_whole_word(const Word& w) {
  return w.pieces.size() == 1 && w.pieces[0].variable && w.pieces[0].type == CaptureType::word && !w.pieces[0].any;
}

bool may_vary(const Word& w) {
  const bool open = std::any_of(w.pieces.begin(), w.pieces.end(), [](const Piece& p) {
    return p.variable && (p.type == CaptureType::rest || p.type == CaptureType::error || p.type == CaptureType::text);
  });
  return !open && !tells_apart(w);
}

void absorb(Template& into, Template&& from, std::size_t position) {
  into.count += from.count;
  std::vector<std::string>& samples = from.first < into.first ? from.samples : into.samples;
  std::vector<std::string>& later = from.first < into.first ? into.samples : from.samples;
  samples.insert(samples.end(), later.begin(), later.end());
  samples.resize(std::min(samples.size(), kMaxSamples));
  if (&samples != &into.samples) {
    into.samples = std::move(samples);
  }
  into.first = std::min(into.first, from.first);
  if (into.words[position].skeleton() == from.words[position].skeleton()) {
    widen(into.words[position], from.words[position]);
  } else {
    into.words[position] = whole_word(into.words[position]);
  }
}

}  // namespace

bool Templates::add(std::string_view process, std::string_view line) {
  Template t;
  t.process = process;
  t.words = cut(line);
  t.first = lines_++;
  t.count = 1;
  const std::string form = form_of(t);
  auto it = by_form_.find(form);
  if (it == by_form_.end()) {
    if (by_form_.size() >= kMaxTemplates && !full_) {
      fold();
      full_ = by_form_.size() >= kMaxTemplates / 10 * 9;  // folding again would cost much and give little
    }
    if (by_form_.size() >= kMaxTemplates) {
      ++dropped_;
      return false;
    }
    t.samples.emplace_back(line);
    by_form_.emplace(form, std::move(t));
    return true;
  }
  Template& known = it->second;
  ++known.count;
  if (known.samples.size() < kMaxSamples && std::find(known.samples.begin(), known.samples.end(), line) == known.samples.end()) {
    known.samples.emplace_back(line);
  }
  return true;
}

void Templates::fold_at(std::size_t position) {
  std::map<std::string, std::vector<std::string>> groups;  // the form without this word -> forms
  for (const auto& [form, t] : by_form_) {
    if (t.words.size() <= position) {
      continue;
    }
    std::string key = t.process + '\n';
    for (std::size_t i = 0; i < t.words.size(); ++i) {
      key += (i == position ? t.words[i].gap : t.words[i].form()) + '\xFE';
    }
    groups[key].push_back(form);
  }
  const auto merge = [&](const std::vector<const std::string*>& forms) {
    if (forms.size() < 2) {
      return;
    }
    auto first = by_form_.extract(*forms.front());
    for (std::size_t i = 1; i < forms.size(); ++i) {
      absorb(first.mapped(), std::move(by_form_.extract(*forms[i]).mapped()), position);
    }
    const std::string form = form_of(first.mapped());
    if (const auto known = by_form_.find(form); known != by_form_.end()) {
      absorb(known->second, std::move(first.mapped()), position);
    } else {
      by_form_.emplace(form, std::move(first.mapped()));
    }
  };
  for (auto& [key, forms] : groups) {
    std::map<std::string, std::vector<const std::string*>> by_skeleton;
    std::vector<const std::string*> varying;
    bool open = false;
    for (const std::string& form : forms) {
      const Word& word = by_form_.at(form).words[position];
      by_skeleton[word.skeleton()].push_back(&form);
      if (may_vary(word)) {
        varying.push_back(&form);
        open = open || is_whole_word(word);
      }
    }
    if (varying.size() >= (open ? 2 : kFormsThatVary) && by_skeleton.size() > 1) {
      merge(varying);
      continue;
    }
    for (const auto& [skeleton, same] : by_skeleton) {
      merge(same);
    }
  }
}

// Several words vary at a time: "user ann opened kpook", "user bob opened plonk" … In templates that agree in everything that
// tells lines apart, a word of many forms is a value, as long as enough of the line stays.
void Templates::fold_group(const Group& group) {
  const std::size_t words = by_form_.at(group.front()).words.size();
  std::vector<bool> varies(words, false);
  std::size_t fixed = 0;
  for (std::size_t i = 0; i < words; ++i) {
    std::set<std::string> forms;
    bool any_fixed = false;
    for (const std::string& form : group) {
      const Word& word = by_form_.at(form).words[i];
      forms.insert(word.form());
      any_fixed = any_fixed || !may_vary(word);
    }
    varies[i] = !any_fixed && forms.size() >= kManyForms;
    fixed += forms.size() == 1 ? 1 : 0;
  }
  if (fixed < 2 || fixed * 5 < words * 2 || std::find(varies.begin(), varies.end(), true) == varies.end()) {
    return;
  }
  for (const std::string& form : group) {
    Template t = std::move(by_form_.extract(form).mapped());
    for (std::size_t i = 0; i < words; ++i) {
      if (varies[i]) {
        t.words[i] = whole_word(t.words[i]);
      }
    }
    const std::string folded = form_of(t);
    if (const auto known = by_form_.find(folded); known != by_form_.end()) {
      absorb(known->second, std::move(t), 0);
    } else {
      by_form_.emplace(folded, std::move(t));
    }
  }
}

void Templates::fold_many() {
  std::map<std::string, Group> groups;
  for (const auto& [form, t] : by_form_) {
    std::string key = t.process + '\n';
    for (const Word& word : t.words) {
      key += (may_vary(word) ? word.gap : word.form()) + '\xFE';
    }
    groups[key].push_back(form);
  }
  for (const auto& [key, group] : groups) {
    if (group.size() >= kManyForms) {
      fold_group(group);
    }
  }
}

void Templates::fold() {
  fold_many();
  std::size_t longest = 0;
  for (const auto& [form, t] : by_form_) {
    longest = std::max(longest, t.words.size());
  }
  for (std::size_t before = by_form_.size() + 1; by_form_.size() < before;) {
    before = by_form_.size();
    for (std::size_t position = 0; position < longest; ++position) {
      fold_at(position);
    }
  }
}

std::vector<Template> Templates::all() const {
  std::vector<Template> out;
  out.reserve(by_form_.size());
  for (const auto& [form, t] : by_form_) {
    out.push_back(t);
  }
  std::sort(out.begin(), out.end(), [](const Template& a, const Template& b) { return a.first < b.first; });
  return out;
}

}  // namespace uptrail::draft
