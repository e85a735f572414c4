#include "collector/messages/catalogue.h"

#include <algorithm>

#include "collector/base/text.h"

namespace uptrail {

namespace {

constexpr std::string_view kDaemon = "nsurlsessiond";

bool is_general(std::string_view process) { return process == kAppProcess || process == kAnyProcess; }

// A line of CFNetwork inside a process. Many containers do not name the sender.
bool may_be_cfnetwork(const Record& record) {
  return record.process != kDaemon && (record.library.empty() || ends_with_ignore_case(record.library, "CFNetwork"));
}

// Precondition: not empty.
std::uint8_t name_hash(std::string_view name) {
  const std::size_t first = static_cast<unsigned char>(name.front());
  const std::size_t last = static_cast<unsigned char>(name.back());
  return static_cast<std::uint8_t>(name.size() * 37U + first * 5U + last * 11U);
}

bool same_role(const MessagePattern& a, const MessagePattern& b) {
  for (const std::string& process : a.processes) {
    if (process == kAnyProcess || std::find(b.processes.begin(), b.processes.end(), process) != b.processes.end()) {
      return true;
    }
  }
  return std::find(b.processes.begin(), b.processes.end(), kAnyProcess) != b.processes.end();
}

}  // namespace

void Catalogue::Trie::add(std::string_view literal, std::uint32_t entry) {
  std::uint32_t at = 0;
  for (std::size_t i = 0; i < literal.size(); ++i) {
    const char c = literal[i];
    const auto& children = nodes_[at].children;
    const auto it = std::find_if(children.begin(), children.end(), [c](const auto& child) { return child.first == c; });
    std::uint32_t next = 0;
    if (it == children.end()) {
      next = static_cast<std::uint32_t>(nodes_.size());
      nodes_.emplace_back();
      nodes_[at].children.emplace_back(c, next);
    } else {
      next = it->second;
    }
    if (i == 0) {
      first_[static_cast<unsigned char>(c)] = next;
    }
    at = next;
  }
  nodes_[at].entries.push_back(entry);
}

void Catalogue::Trie::collect(std::string_view text, std::vector<std::uint32_t>& out) const {
  out.insert(out.end(), nodes_[0].entries.begin(), nodes_[0].entries.end());
  if (text.empty()) {
    return;
  }
  std::uint32_t at = first_[static_cast<unsigned char>(text.front())];
  for (std::size_t i = 1; at != 0; ++i) {
    const Node& node = nodes_[at];
    out.insert(out.end(), node.entries.begin(), node.entries.end());
    at = 0;
    if (i < text.size()) {
      for (const auto& [c, child] : node.children) {
        if (c == text[i]) {
          at = child;
          break;
        }
      }
    }
  }
}

// A literal of one byte goes on with any, an empty one begins with any.
void Catalogue::note_beginning(std::string_view literal) {
  if (literal.size() >= 2) {
    beginnings_.set(pair_of(literal));
    literals_[pair_of(literal)].emplace_back(literal);
    return;
  }
  for (std::size_t i = 0; i < beginnings_.size(); ++i) {
    if (literal.empty() || i / 256 == static_cast<unsigned char>(literal.front())) {
      beginnings_.set(i);
      literals_[i].emplace_back(literal);
    }
  }
}

void Catalogue::note_beginnings(const MessagePattern& p) {
  std::vector<std::string_view> literals;
  if (p.compiled.subject() == SubjectForm::none) {
    literals.push_back(p.compiled.first_literal());
  }
  if (p.bare) {
    literals.push_back(p.bare->first_literal());
  }
  const bool captures = std::find(literals.begin(), literals.end(), std::string_view()) != literals.end();
  bool told = false;
  for (const std::string& process : p.processes) {
    const bool in_full = process == kDaemon || (captures && !is_general(process));
    if (in_full) {
      captures_first_.insert(process);
    }
    told = told || !in_full;
  }
  if (told) {
    std::for_each(literals.begin(), literals.end(), [this](std::string_view literal) { note_beginning(literal); });
  }
}

bool Catalogue::begins_like_one(std::string_view text) const {
  const std::vector<std::string>& same = literals_.find(pair_of(text))->second;
  return std::any_of(same.begin(), same.end(), [text](const std::string& literal) { return text.starts_with(literal); });
}

Catalogue::Catalogue(std::vector<MessagePattern> patterns) : patterns_(std::move(patterns)) {
  for (const std::string_view subject : kSubjectBeginnings) {
    note_beginning(subject);
  }
  for (std::uint32_t i = 0; i < patterns_.size(); ++i) {
    index(i);
  }
  mark_ambiguous();
}

void Catalogue::index(std::uint32_t i) {
  const MessagePattern& p = patterns_[i];
  const auto add = [&](Group& group) {
    group[static_cast<std::size_t>(p.compiled.subject())].add(p.compiled.first_literal(), 2 * i);
    if (p.bare) {
      group[static_cast<std::size_t>(SubjectForm::none)].add(p.bare->first_literal(), 2 * i + 1);
    }
  };
  if (std::any_of(p.processes.begin(), p.processes.end(), [](const std::string& s) { return is_general(s); })) {
    add(anyone_);
  }
  for (const std::string& process : p.processes) {
    if (!is_general(process)) {
      add(by_process_[process]);
      process_may_be_known_[name_hash(process)] = true;
    }
  }
  if (!p.compiled.first_literal().empty()) {
    add(nameless_);
  }
  note_beginnings(p);
}

// Two patterns of different roles that fit one line: such a line, without a process, tells nothing for sure.
void Catalogue::mark_ambiguous() {
  std::vector<std::uint32_t> candidates;
  std::vector<Captured> captures;
  for (MessagePattern& p : patterns_) {
    for (const MessagePattern::Sample& sample : p.samples) {
      const std::string_view line = trim(sample.line);
      const SubjectMatch subject = read_subject(line);
      candidates.clear();
      nameless_[static_cast<std::size_t>(subject.kind)].collect(line.substr(subject.end), candidates);
      for (const std::uint32_t entry : candidates) {
        MessagePattern& other = patterns_[entry / 2];
        const bool bare = entry % 2 == 1;
        if (!same_role(p, other) && (bare ? *other.bare : other.compiled).match(line, subject.end, captures)) {
          p.ambiguous = true;
          other.ambiguous = true;
        }
      }
    }
  }
}

const MessagePattern* Catalogue::find(std::string_view id) const {
  const auto it = std::find_if(patterns_.begin(), patterns_.end(), [id](const MessagePattern& p) { return p.id == id; });
  return it == patterns_.end() ? nullptr : &*it;
}

const Catalogue::Group* Catalogue::group_of(std::string_view process) const {
  if (!process_may_be_known_[name_hash(process)]) {
    return nullptr;
  }
  const auto it = by_process_.find(process);
  return it == by_process_.end() ? nullptr : &it->second;
}

bool Catalogue::try_entry(std::uint32_t entry, const Record& record, std::string_view text, MessageMatch& out) const {
  const MessagePattern& p = patterns_[entry / 2];
  const bool bare = entry % 2 == 1;
  const bool nameless = record.process.empty();
  if (nameless && p.ambiguous) {
    return false;
  }
  const bool app_only = p.processes.size() == 1 && p.processes.front() == kAppProcess;
  if (app_only && !may_be_cfnetwork(record)) {
    return false;
  }
  const CompiledPattern& compiled = bare ? *p.bare : p.compiled;
  if (!compiled.match(text, bare ? 0 : out.subject.end, out.captures)) {
    return false;
  }
  out.pattern = &p;
  out.compiled = &compiled;
  return true;
}

bool Catalogue::match(const Record& record, std::string_view text, MessageMatch& out) const {
  out.pattern = nullptr;
  out.compiled = nullptr;
  out.subject = read_subject(text);
  out.captures.clear();
  std::vector<std::uint32_t>& candidates = out.candidates;
  candidates.clear();
  const auto collect = [&](const Group& group) {
    group[static_cast<std::size_t>(SubjectForm::none)].collect(text, candidates);
    if (out.subject.kind != SubjectForm::none) {
      group[static_cast<std::size_t>(out.subject.kind)].collect(text.substr(out.subject.end), candidates);
    }
  };
  if (record.process.empty()) {
    collect(nameless_);
  } else {
    if (const Group* group = group_of(record.process); group != nullptr) {
      collect(*group);
    }
    collect(anyone_);
  }
  std::sort(candidates.begin(), candidates.end());
  const SubjectMatch subject = out.subject;
  for (const std::uint32_t entry : candidates) {
    const bool subjectless = entry % 2 == 1 || patterns_[entry / 2].compiled.subject() == SubjectForm::none;
    out.subject = subjectless ? SubjectMatch{} : subject;
    if (try_entry(entry, record, text, out)) {
      return true;
    }
  }
  out.subject = subject;
  return false;
}

Result<std::string> Catalogue::render(std::string_view id, const PatternValues& values) const {
  const MessagePattern* p = find(id);
  if (p == nullptr) {
    return fail(ErrorKind::usage, "there is no message pattern '" + std::string(id) + "'");
  }
  return p->compiled.render(values);
}

}  // namespace uptrail
