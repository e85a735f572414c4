// A source that is being written into the case. Private to this folder.
#pragma once

#include "collector/pipeline/intake.h"

namespace uptrail {

// Writes nothing on its own: the source is dropped again unless keep() was called.
class OpenSource {
 public:
  OpenSource(IntakeContext& context, SourceId id)
      : context_(context), id_(id), mark_(context.sightings.mark()), observers_(context.observers.size()) {}
  OpenSource(const OpenSource&) = delete;
  OpenSource& operator=(const OpenSource&) = delete;
  ~OpenSource() {
    if (!kept_) {
      (void)drop();
    }
  }
  void keep() { kept_ = true; }
  Status drop() {
    kept_ = true;
    context_.sightings.rewind(mark_);
    context_.observers.resize(observers_);
    return context_.writer.drop_source(id_);
  }

 private:
  IntakeContext& context_;
  SourceId id_;
  Sightings::Mark mark_;
  std::size_t observers_;
  bool kept_ = false;
};

// Ends the source, or drops it when its content is known; `open` is still to be kept.
Result<Taken> close_source(IntakeContext& context, Source& source, OpenSource& open);

Error unreadable(const std::string& path, std::string message, std::string hint = {});
Error stopped(const std::string& path);

}  // namespace uptrail
