#include <cmath>
#include <nlohmann/json.hpp>
#include <string>

#include "collector/base/text.h"
#include "collector/messages/decoder.h"

namespace uptrail {

namespace {

// Keys come from our own tables and need no escaping.
class Writer {
 public:
  explicit Writer(std::string& out) : out_(out) {}
  void key(std::string_view name) {
    out_ += first_ ? "\"" : ",\"";
    first_ = false;
    out_ += name;
    out_ += "\":";
  }
  void text(std::string_view name, std::string_view value) {
    if (!value.empty()) {
      key(name);
      append_json_string(out_, value);
    }
  }
  void integer(std::string_view name, std::optional<std::int64_t> value) {
    if (value) {
      key(name);
      out_ += std::to_string(*value);
    }
  }

 private:
  std::string& out_;
  bool first_ = true;
};

void append_listing(std::string& out, const TaskListing& t) {
  out += '{';
  Writer w(out);
  if (t.uuid) {
    w.text("uuid", t.uuid->text());
  }
  w.integer("id", t.id);
  w.text("state", t.state);
  w.text("desc", t.desc);
  w.text("url", t.url);
  w.integer("sent", t.sent);
  w.integer("expected", t.expected);
  w.integer("errorCode", t.error_code);
  out += '}';
}

template <class T, class F>
void append_array(std::string& out, const std::vector<T>& items, F append) {
  out += '[';
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (i != 0) {
      out += ',';
    }
    append(items[i]);
  }
  out += ']';
}

struct ValueAppender {
  std::string& out;
  void operator()(std::monostate) const { out += "null"; }
  void operator()(bool v) const { out += v ? "true" : "false"; }
  void operator()(std::int64_t v) const { out += std::to_string(v); }
  void operator()(double v) const {
    out += nlohmann::json(v).dump();
  }  // shortest form that reads back, no locale; not finite: null
  void operator()(const std::string& v) const { append_json_string(out, v); }
  void operator()(const Uuid& v) const { append_json_string(out, v.text()); }
  void operator()(TimeNs v) const { out += std::to_string(v.ns); }
  void operator()(const std::vector<std::string>& v) const {
    append_array(out, v, [this](const std::string& s) { append_json_string(out, s); });
  }
  void operator()(const std::vector<TaskListing>& v) const {
    append_array(out, v, [this](const TaskListing& t) { append_listing(out, t); });
  }
};

}  // namespace

std::string encode_event_json(const Event& event) {
  std::string out = "{";
  Writer w(out);
  w.integer("uptrail", 1);
  w.text("kind", kind_name(event.kind));
  if (event.t_src) {
    w.integer("t", event.t_src->ns);
  }
  w.text("observer", observer_name(event.observer));
  w.text("device", event.device);
  w.text("bundle", event.bundle);
  w.text("process", event.process);
  w.integer("pid", event.pid);
  w.text("thread", event.thread);
  for (const auto& [field, value] : event.fields.all()) {
    w.key(field_name(field));
    std::visit(ValueAppender{out}, value);
  }
  out += '}';
  return out;
}

}  // namespace uptrail
