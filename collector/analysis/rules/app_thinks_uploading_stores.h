// app-thinks-uploading where nobody recorded the app's callbacks: its own store, nsurlsessiond's store and the log of the task,
// put together.
#pragma once

#include "collector/analysis/rules/daemon_stores.h"
#include "collector/analysis/rules/support.h"

namespace uptrail::analysis::rules {

// The app's store calls the upload uploading.
struct StoredClaim {
  UploadId upload;
  FactIndex state = kNoFact;  // a row of the app's store
  TaskId task;                // that the row names; no other task of the upload is under way
  FactIndex end = kNoFact;    // the task's end in nsurlsessiond or CFNetwork; kNoFact: not seen
};

// Fires, or says what is missing. False: it said nothing, for no end was seen and nsurlsessiond may well have the task.
bool judge_stored_claim(const Judging& j, const DaemonStores& stores, const StoredClaim& claim);

}  // namespace uptrail::analysis::rules
