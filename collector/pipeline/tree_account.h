// The account of the members of one folder or archive: what became of each, and why the walk stopped. Private to this folder.
#pragma once

#include <string>
#include <utility>

#include "collector/pipeline/intake_tree.h"

namespace uptrail {

class TreeAccount {
 public:
  void note(MemberFate fate, const TreeMember& member, const std::string& detail = {}) {
    notes_.note(fate, member.path, detail);
    last_fate_ = fate;
    last_detail_ = detail;
  }
  void note_bundle(MemberFate fate, const TreeMember& member) {
    notes_.note_bundle(fate, member.path);
    last_fate_ = fate;
  }
  // Notes what became of a member that was read. False: the walk must stop.
  bool settle(const TreeMember& member, const Result<Taken>& taken);
  bool stop(Error error) {
    status_ = std::move(error);
    return false;
  }

  // Set when the case or the user said stop.
  [[nodiscard]] const Status& status() const { return status_; }
  [[nodiscard]] std::size_t added() const { return added_; }
  [[nodiscard]] std::size_t known() const { return known_; }
  [[nodiscard]] const std::string& last_detail() const { return last_detail_; }
  [[nodiscard]] MemberFate last_fate() const { return last_fate_; }
  [[nodiscard]] const ContentsNotes& notes() const { return notes_; }

 private:
  ContentsNotes notes_;
  Status status_ = done();
  std::size_t added_ = 0, known_ = 0;
  std::string last_detail_;
  MemberFate last_fate_ = MemberFate::other;
};

}  // namespace uptrail
