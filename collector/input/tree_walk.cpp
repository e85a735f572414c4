#include "collector/input/tree_walk.h"

#include "collector/base/byte_reader.h"
#include "collector/base/text.h"
#include "collector/input/gzip_source.h"

namespace uptrail::input {

namespace {

TreeTrouble trouble_of(const Error& error) {
  return error.kind == ErrorKind::limit        ? TreeTrouble::limit
         : error.kind == ErrorKind::unreadable ? TreeTrouble::unreadable
                                               : TreeTrouble::damaged;
}

// The time in the header of gzip data: when the file inside was written.
std::optional<TimeNs> gzip_time(std::string_view head) {
  constexpr std::size_t kTimeAt = 4;
  ByteReader in(std::as_bytes(std::span(head.data(), head.size())));
  in.seek(kTimeAt);
  const auto t = in.u32le();
  return t && *t != 0 ? std::optional(TimeNs{0} + seconds(*t)) : std::nullopt;
}

}  // namespace

std::optional<std::string> safe_path(std::string_view stored, std::size_t most, std::string& why) {
  const auto is_separator = [](char c) { return c == '/' || c == '\\'; };
  if (stored.size() > most) {
    why = "its name is longer than " + std::to_string(most) + " bytes";
    return std::nullopt;
  }
  if (!stored.empty() && (is_separator(stored.front()) || (stored.size() > 1 && stored[1] == ':'))) {
    why = "its name is an absolute path";
    return std::nullopt;
  }
  std::string out;
  while (!stored.empty()) {
    std::size_t end = 0;
    while (end < stored.size() && !is_separator(stored[end])) {
      ++end;
    }
    const std::string_view part = stored.substr(0, end);
    stored.remove_prefix(std::min(stored.size(), end + 1));
    if (part == "..") {
      why = "its name leads out of the archive";
      return std::nullopt;
    }
    if (!part.empty() && part != ".") {
      out += (out.empty() ? "" : "/") + std::string(part);
    }
  }
  return to_valid_utf8(out);
}

class Walker::Counted final : public ByteSource {
 public:
  Counted(Walker& walker, ByteSource& inner) : walker_(walker), inner_(inner) {}
  [[nodiscard]] std::string_view name() const override { return inner_.name(); }
  [[nodiscard]] std::optional<std::uint64_t> size() const override { return inner_.size(); }
  Result<std::size_t> read(std::span<char> into) override {
    if (walker_.options_.cancelled && walker_.options_.cancelled()) {
      walker_.interrupted_ = true;
      return fail(ErrorKind::interrupted, "reading was stopped", walker_.root_);
    }
    auto got = inner_.read(into);
    if (got.ok()) {
      walker_.root_in_ += *got;
    }
    return got;
  }

 private:
  Walker& walker_;
  ByteSource& inner_;
};

class Walker::Unpacked final : public ByteSource {
 public:
  Unpacked(Walker& walker, std::unique_ptr<ByteSource> inner, std::string name, std::optional<std::uint64_t> size)
      : walker_(walker), inner_(std::move(inner)), name_(std::move(name)), size_(size), root_in_before_(walker.root_in_) {}
  [[nodiscard]] std::string_view name() const override { return name_; }
  [[nodiscard]] std::optional<std::uint64_t> size() const override { return size_; }
  Result<std::size_t> read(std::span<char> into) override {
    const TreeLimits& limits = walker_.options_.limits;
    if (walker_.total_out_ >= limits.total_bytes) {
      walker_.exhaust("more than " + std::to_string(limits.total_bytes) + " bytes come out of it");
      return fail(ErrorKind::limit, walker_.exhausted_why_, name_, given_);
    }
    const std::uint64_t packed = walker_.root_in_ - root_in_before_;
    if (given_ > limits.ratio_free && given_ / limits.ratio > packed) {
      return fail(ErrorKind::limit, "it unpacks to more than " + std::to_string(limits.ratio) + " times its size", name_, given_);
    }
    auto got = inner_->read(into);
    if (got.ok()) {
      given_ += *got;
      walker_.total_out_ += *got;
      return got;
    }
    Error e = got.error();
    e.path = name_;
    e.offset = given_;
    return e;
  }

 private:
  Walker& walker_;
  std::unique_ptr<ByteSource> inner_;
  std::string name_;
  std::optional<std::uint64_t> size_;
  std::uint64_t root_in_before_;
  std::uint64_t given_ = 0;
};

class Walker::EntryBytes final : public ByteSource {
 public:
  explicit EntryBytes(ArchiveStream& stream) : stream_(stream) {}
  [[nodiscard]] std::string_view name() const override { return "member"; }
  [[nodiscard]] std::optional<std::uint64_t> size() const override { return std::nullopt; }
  Result<std::size_t> read(std::span<char> into) override { return stream_.read(into); }

 private:
  ArchiveStream& stream_;
};

void Walker::tell(const TreeMember& member, TreeTrouble trouble, const std::string& detail) {
  if (!stopped()) {
    visitor_->trouble(member, trouble, to_valid_utf8(detail));
  }
}

void Walker::tell(const TreeMember& member, const Error& error) { tell(member, trouble_of(error), error.message); }

void Walker::exhaust(std::string why) {
  if (!exhausted_) {
    exhausted_ = true;
    exhausted_why_ = std::move(why);
  }
}

bool Walker::count_member() {
  if (members_ >= options_.limits.members) {
    exhaust("it has more than " + std::to_string(options_.limits.members) + " members");
    return false;
  }
  ++members_;
  return true;
}

void Walker::give(const TreeMember& member, ByteSource& bytes) {
  if (!visitor_->file(member, bytes)) {
    interrupted_ = true;
  }
}

void Walker::note_format(std::string_view name, Depth depth) {
  if (depth.is_root) {
    format_ = std::string(name) + (format_.empty() ? "" : ", ") + format_;
  }
}

Status Walker::finish() {
  if (interrupted_) {
    return fail(ErrorKind::interrupted, "reading was stopped", root_);
  }
  if (exhausted_) {
    TreeMember root;
    root.path = root_;
    visitor_->trouble(root, TreeTrouble::limit, exhausted_why_ + "; the rest was not read");
  }
  return done();
}

Status Walker::packed(TreeVisitor& visitor, std::unique_ptr<FileSource> file) {
  visitor_ = &visitor;
  TreeMember root;
  root.path = root_;
  root.size = file->size();
  root.modified = file->modified();
  walk_file(root, std::move(file), {0, true});
  return finish();
}

Status Walker::packed(TreeVisitor& visitor, std::unique_ptr<ByteSource> bytes) {
  visitor_ = &visitor;
  TreeMember root;
  root.path = root_;
  root.size = bytes->size();
  walk_bytes(root, std::make_unique<Counted>(*this, *bytes), {0, true});
  return finish();
}

// A zip is read by its directory, and a tar without reading what does not matter: both need the file itself.
void Walker::walk_file(const TreeMember& member, std::unique_ptr<FileSource> file, Depth depth) {
  auto counted = std::make_unique<Counted>(*this, *file);
  if (file->seekable()) {
    const auto head = file->head(kPackedHeadBytes);
    if (!head.ok()) {
      tell(member, head.error());
      return;
    }
    const Packing packing = packing_of(*head);
    if (packing == Packing::zip || packing == Packing::tar) {
      note_format(packing_name(packing, *head), depth);
      walk_archive(member, *counted, file.get(), packing, depth);
      return;
    }
  }
  walk_bytes(member, std::move(counted), depth);
}

void Walker::walk_bytes(const TreeMember& member, std::unique_ptr<ByteSource> bytes, Depth depth) {
  auto made = PeekedSource::make(std::move(bytes), kPackedHeadBytes);
  if (!made.ok()) {
    tell(member, made.error());
    return;
  }
  auto peeked = made.take();
  const std::string_view head = peeked->head();
  const Packing packing = packing_of(head);
  if (packing == Packing::none) {
    give(member, *peeked);
    return;
  }
  note_format(packing_name(packing, head), depth);
  if (packing == Packing::unsupported) {
    tell(member, TreeTrouble::unsupported, std::string(packing_name(packing, head)) + " is not read; unpack it first");
  } else if (depth.layers >= options_.limits.depth) {
    tell(member, TreeTrouble::limit,
         "more than " + std::to_string(options_.limits.depth) + " archives or compressions lie inside each other");
  } else if (is_compression(packing)) {
    walk_compressed(member, std::move(peeked), packing, depth);
  } else {
    walk_archive(member, *peeked, nullptr, packing, depth);
  }
}

void Walker::walk_compressed(const TreeMember& member, std::unique_ptr<PeekedSource> packed, Packing packing, Depth depth) {
  TreeMember inside = member;
  inside.size.reset();
  const Depth inner{depth.layers + 1, depth.is_root};
  if (packing == Packing::gzip) {
    const auto written = gzip_time(packed->head());
    inside.modified = written ? written : member.modified;
    auto unzipped = std::make_unique<GzipSource>(std::move(packed));
    walk_bytes(inside, std::make_unique<Unpacked>(*this, std::move(unzipped), member.path, std::nullopt), inner);
    return;
  }
  auto stream = ArchiveStream::open(packing, *packed, nullptr);
  if (!stream.ok()) {
    tell(member, stream.error());
    return;
  }
  const auto entry = (*stream)->next();
  if (!entry.ok()) {
    tell(member, entry.error());
    return;
  }
  if (!entry->has_value()) {
    MemorySource nothing("", member.path);
    give(inside, nothing);
    return;
  }
  auto bytes = std::make_unique<EntryBytes>(**stream);
  walk_bytes(inside, std::make_unique<Unpacked>(*this, std::move(bytes), member.path, std::nullopt), inner);
}

void Walker::walk_archive(const TreeMember& member, ByteSource& packed, FileSource* seekable, Packing packing, Depth depth) {
  auto stream = ArchiveStream::open(packing, packed, seekable);
  if (!stream.ok()) {
    tell(member, stream.error());
    return;
  }
  while (!stopped()) {
    const auto entry = (*stream)->next();
    if (!entry.ok()) {
      tell(member, entry.error());
      return;
    }
    if (!entry->has_value() || !count_member()) {
      return;
    }
    walk_entry(member, **entry, **stream, depth);
  }
}

void Walker::walk_entry(const TreeMember& archive, const ArchiveEntry& entry, ArchiveStream& stream, Depth depth) {
  if (entry.kind == ArchiveEntry::Kind::folder) {
    return;
  }
  TreeMember member;
  member.size = entry.size;
  member.modified = entry.modified ? entry.modified : archive.modified;
  member.modified_is_local = entry.modified && entry.modified_is_local;
  std::string why;
  const auto path = safe_path(entry.path, options_.limits.path_bytes, why);
  if (!path || path->empty()) {
    member.path = archive.path + "!/" + ellipsize(to_valid_utf8(entry.path), 200);
    tell(member, TreeTrouble::unsafe_path, path ? "it has no name" : why);
    return;
  }
  member.path = archive.path + "!/" + *path;
  if (entry.kind == ArchiveEntry::Kind::link) {
    tell(member, TreeTrouble::link, "a link is not followed");
  } else if (entry.kind == ArchiveEntry::Kind::special) {
    tell(member, TreeTrouble::special, "a device, a pipe or a socket");
  } else if (entry.encrypted) {
    tell(member, TreeTrouble::encrypted, "unpack it with its password first");
  } else {
    auto bytes = std::make_unique<Unpacked>(*this, std::make_unique<EntryBytes>(stream), member.path, member.size);
    walk_bytes(member, std::move(bytes), {depth.layers + 1, false});
  }
}

}  // namespace uptrail::input
