#include "collector/messages/message_list.h"

#include "collector/base/text.h"
#include "collector/messages/catalogue.h"

namespace uptrail {

std::vector<MessageInfo> messages_of(const Catalogue& catalogue) {
  std::vector<MessageInfo> out;
  out.reserve(catalogue.patterns().size());
  for (const MessagePattern& p : catalogue.patterns()) {
    out.push_back({p.id, p.file, p.text, p.processes, std::string(observer_name(p.observer)),
                   p.kind ? std::string(kind_name(*p.kind)) : std::string(), p.provenance == Provenance::seen ? "seen" : "format",
                   p.library, p.built_in, p.samples.size()});
  }
  return out;
}

struct MessageCounter::State {
  std::shared_ptr<const Catalogue> catalogue;
  MessageMatch match;
  std::vector<std::uint64_t> hits;
};

MessageCounter::MessageCounter(std::shared_ptr<const Catalogue> catalogue) : state_(std::make_unique<State>()) {
  state_->hits.assign(catalogue->patterns().size(), 0);
  state_->catalogue = std::move(catalogue);
}
MessageCounter::~MessageCounter() = default;

void MessageCounter::add(const Record& record) {
  if (state_->catalogue->match(record, trim(record.message), state_->match)) {
    ++state_->hits[static_cast<std::size_t>(state_->match.pattern - state_->catalogue->patterns().data())];
  }
}

const std::vector<std::uint64_t>& MessageCounter::hits() const { return state_->hits; }

}  // namespace uptrail
