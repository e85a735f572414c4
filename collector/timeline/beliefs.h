// Who says what of one task or upload, and when: the app, its store, CFNetwork, nsurlsessiond, its store, Powerlog. And where two
// of them cannot both be right. Nothing is guessed: a witness that says nothing has no belief.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "collector/base/result.h"
#include "collector/model/entities.h"
#include "collector/trace/case_file.h"

namespace uptrail::timeline {

enum class Witness : std::uint8_t { app, app_store, delegate, cfnetwork, daemon, daemon_store, powerlog };
inline constexpr std::size_t kWitnesses = static_cast<std::size_t>(Witness::powerlog) + 1;
std::string_view witness_name(Witness w);  // "the app", "the app's store", "the app's delegate" …

// What a word means for the question whether the transfer is over.
enum class Stand : std::uint8_t {
  open,       // it says something, but not this: "queued", "suspended"
  under_way,  // it goes on
  over,       // it is over; how, it does not say
  well,       // it is over, and went well
  badly       // it is over, with an error
};

struct Belief {
  Witness who = Witness::app;
  Stand stand = Stand::open;
  TimeNs t;            // normalised
  bool timed = false;  // false: its source has no clock, and it is compared with nothing
  EventId event;
  StreamId stream;
  TaskId task;  // invalid: the word is about the upload
  UploadId upload;
  std::string says;  // "uploading", "completed, callback pending"
};

// What one event says of its task or upload. nullopt: nothing that belongs here. `words` false: `says` stays empty.
std::optional<Belief> belief_of(const Event& event, bool words = true);
// One row or event of a store in a few words, whatever it is about: "running", "finished", "keeps a file".
std::string claim_words(const Event& event);

// The last word of each witness, in the order of Witness. Words that come at the same time: the later one given.
std::vector<Belief> last_words(std::span<const Belief> beliefs);

// A witness who cannot be right if another one is.
struct Disagreement {
  std::size_t says = 0;     // index into the last words: who contradicts …
  std::size_t against = 0;  // … what this one had said before
};

// A word contradicts an earlier one of another witness when it surely comes later, is still "under way" where the other had said
// that it was over, or "well" where it had ended badly. An earlier word that later ones overtake is only old. Order is claimed
// inside one domain, beyond the uncertainty of both streams; between two sources on the UTC axis it takes two seconds more. Words
// of different tasks are never compared, nor is Powerlog, whose rows come late.
std::vector<Disagreement> disagreements(std::span<const Belief> words, const std::vector<Stream>& streams);

// Is a surely earlier than b? As above.
bool surely_before(const Belief& a, const Belief& b, const std::vector<Stream>& streams);

// read_beliefs.cpp: what is said of these tasks, and of the upload without naming a task, by time.
Result<std::vector<Belief>> beliefs_about(CaseReader& reader, std::span<const TaskId> tasks, std::optional<UploadId> upload,
                                          Interval seen);
// What stores say of tasks and uploads, with what others say of the same tasks.
Result<std::vector<Belief>> beliefs_beside_stores(CaseReader& reader, const std::vector<Stream>& streams);

}  // namespace uptrail::timeline
