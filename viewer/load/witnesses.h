// What is read when somebody looks at it: who says what of an upload, and which stores the case has. The thread that draws asks
// and looks again; the worker answers.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <utility>
#include <vector>

#include "collector/timeline/beliefs.h"
#include "viewer/load/store_list.h"

namespace uptrail::viewer {

// The last word of each witness about one task or upload, and who contradicts whom.
struct Testimony {
  std::vector<timeline::Belief> words;  // in the order of Witness; those that say nothing are not there
  std::vector<timeline::Disagreement> disagreements;
};

// One task, or an upload with its last task; the other id is invalid.
struct TestimonyOf {
  TaskId task;
  UploadId upload;
  friend auto operator<=>(const TestimonyOf&, const TestimonyOf&) = default;
};

class Witnesses {
 public:
  // -- the thread that draws
  // nullptr: it is asked for now. What is given stays until trim().
  const Testimony* of(const TestimonyOf& what);
  [[nodiscard]] bool wants() const;
  void trim();
  // Stores in the order of their sources; nullptr: they are being read.
  [[nodiscard]] std::shared_ptr<const StoreList> stores() const;
  // -- the worker
  [[nodiscard]] std::vector<TestimonyOf> take_wishes();
  void answer(const TestimonyOf& what, Testimony testimony);
  void set_stores(std::shared_ptr<const StoreList> stores);

 private:
  mutable std::mutex mutex_;  // of all
  std::map<TestimonyOf, std::unique_ptr<const Testimony>> known_;
  std::set<TestimonyOf> wishes_;
  std::shared_ptr<const StoreList> stores_;
};

struct LoadedCase;
// Reads what is said. Empty when the case cannot be read any more.
Testimony read_testimony(CaseReader& reader, const LoadedCase& data, const TestimonyOf& what);

}  // namespace uptrail::viewer
