// Resume data: what URLSession gives an app, or keeps itself, so that an interrupted download or upload can go on.
//
// Of a download: a property list with the keys NSURLSessionResume…, plain (until iOS 11) or inside a keyed archive. Of an upload
// (since iOS 17): a keyed archive of a dictionary, of which the first eight bytes are scrambled. They can only have been
// "bplist00", so they are put back without knowing how.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "collector/model/event.h"
#include "collector/stores/store.h"

namespace uptrail {

class ResumeDataFile final : public Store {
 public:
  [[nodiscard]] const StoreInfo& info() const override;
  [[nodiscard]] bool may_be(std::string_view head) const override;
  Result<bool> probe(const StoreFiles& files, std::string& why) const override;
  Result<StoreStats> read(const StoreFiles& files, EventSink& sink) const override;
};

// As stored; nullopt, or an empty text: it does not say.
struct ResumeData {
  bool upload = false;
  std::string url, method;            // of the original request; of a download else its URL
  std::string file;                   // of a download: where what has arrived is kept; of an upload: the body
  std::string location;               // of an upload: the URL at which it goes on
  std::string text;                   // version, entity tag, date of the server's file, kind of body; in words
  std::optional<std::int64_t> bytes;  // received so far
  std::optional<std::int64_t> body;   // bytes of a body that is held in it, or of a stream
  std::string damage;                 // what could not be read; "": nothing
};

// nullopt: it is none; `why` says why.
std::optional<ResumeData> read_resume_data(std::span<const std::byte> bytes, std::string& why);
// Sets what a store.entry does not have yet.
void describe_resume_data(const ResumeData& data, Fields& fields);

}  // namespace uptrail
