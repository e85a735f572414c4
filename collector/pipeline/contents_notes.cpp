#include <algorithm>

#include "collector/pipeline/intake_tree.h"
#include "collector/pipeline/member_kind.h"

namespace uptrail {

namespace {

constexpr std::size_t kMaxBundles = 50;  // a tree may name as many as it likes

// What is part of a bundle; the rest (logs that were used, damage) stays as it is.
bool belongs(MemberFate fate) {
  return fate == MemberFate::other || fate == MemberFate::database || fate == MemberFate::picture || fate == MemberFate::empty ||
         fate == MemberFate::unrelated;
}

}  // namespace

MemberFate ContentsNotes::fate_of(TreeTrouble trouble) {
  switch (trouble) {
    case TreeTrouble::link:
      return MemberFate::link;
    case TreeTrouble::special:
      return MemberFate::special;
    case TreeTrouble::unsafe_path:
      return MemberFate::unsafe_path;
    case TreeTrouble::encrypted:
      return MemberFate::encrypted;
    case TreeTrouble::unreadable:
      return MemberFate::unreadable;
    case TreeTrouble::damaged:
      return MemberFate::damaged;
    case TreeTrouble::limit:
      return MemberFate::limit;
    case TreeTrouble::unsupported:
      return MemberFate::unsupported;
  }
  return MemberFate::other;
}

void ContentsNotes::add(Groups& groups, MemberFate fate, const std::string& place, const std::string& path,
                        const std::string& detail) {
  Contents::Group& group = groups[{fate, place}];
  group.fate = fate;
  group.where = place;
  ++group.members;
  if (group.detail.empty()) {
    group.detail = detail;
  }
  if (group.examples.size() < kMaxExamples) {
    group.examples.push_back(path);
  }
}

void ContentsNotes::merge(Groups& groups, MemberFate fate, const std::string& place, const Contents::Group& from) {
  Contents::Group& group = groups[{fate, place}];
  group.fate = fate;
  group.where = place;
  group.members += from.members;
  if (group.detail.empty() && fate == from.fate) {
    group.detail = from.detail;
  }
  for (const std::string& example : from.examples) {
    if (group.examples.size() < kMaxExamples) {
      group.examples.push_back(example);
    }
  }
}

void ContentsNotes::note(MemberFate fate, const std::string& path, const std::string& detail) {
  const std::string bundle(belongs(fate) ? bundle_prefix(path) : std::string_view());
  const bool held = !bundle.empty() && (in_bundles_.size() < kMaxBundles || in_bundles_.contains(bundle));
  add(held ? in_bundles_[bundle] : groups_, fate, {}, path, detail);
}

void ContentsNotes::note_bundle(MemberFate fate, const std::string& path) {
  std::string bundle = bundle_of(fate, path);
  if (bundles_.size() >= kMaxBundles && !bundles_.contains(bundle)) {
    bundle.clear();
  }
  if (!bundle.empty()) {
    bundles_.emplace(bundle, fate);
  }
  add(groups_, fate, bundle, path, {});
}

Contents ContentsNotes::finish(std::string path, std::string format) const {
  Groups all = groups_;
  for (const auto& [bundle, groups] : in_bundles_) {
    const auto known = bundles_.find(bundle);
    for (const auto& [key, group] : groups) {
      if (known != bundles_.end()) {
        merge(all, known->second, bundle, group);
      } else {
        merge(all, key.first, {}, group);
      }
    }
  }
  Contents out;
  out.path = std::move(path);
  out.format = std::move(format);
  for (auto& [key, group] : all) {
    if (const Advice advice = advice_for(key.first, key.second.empty() ? group.examples.front() : key.second);
        !advice.detail.empty()) {
      group.detail = advice.detail;
      group.command = advice.command;
    }
    out.groups.push_back(std::move(group));
  }
  return out;
}

}  // namespace uptrail
