// What libraries inside apps log: schemas/messages/library_*.json.
#include <gtest/gtest.h>

#include <set>

#include "collector/base/text.h"
#include "collector/messages/catalogue.h"
#include "collector/messages/decoder.h"
#include "tests/support/files.h"

namespace uptrail {
namespace {

std::shared_ptr<const Catalogue> catalogue() {
  static const std::shared_ptr<const Catalogue> instance = builtin_catalogue().take();
  return instance;
}

std::vector<const MessagePattern*> library_patterns() {
  std::vector<const MessagePattern*> out;
  for (const MessagePattern& p : catalogue()->patterns()) {
    if (!p.library.empty()) {
      out.push_back(&p);
    }
  }
  return out;
}

Decoded decode(std::string_view process, std::string_view message) {
  Decoder decoder(catalogue());
  Record record;
  record.process = process;
  record.message = message;
  Decoded out;
  decoder.decode(record, out);
  return out;
}

TEST(LibraryMessages, are_there) {
  ASSERT_TRUE(builtin_catalogue()) << builtin_catalogue().error().text();
  std::set<std::string> files;
  for (const MessagePattern* p : library_patterns()) {
    files.insert(p->file);
  }
  EXPECT_EQ(files, (std::set<std::string>{"library_aws_transfer_utility.json", "library_background_downloader.json",
                                          "library_flutter_uploader.json", "library_gtm_session_fetcher.json",
                                          "library_rn_fetch_blob.json", "library_swift.json"}));
}

// One line of a library shows that something happened in a session of the library. The app may have other sessions.
TEST(LibraryMessages, claim_no_coverage) {
  for (const MessagePattern* p : library_patterns()) {
    EXPECT_EQ(p->observer, Observer::app) << p->id;
    EXPECT_NE(p->kind, EventKind::capture_begin) << p->id;
    if (p->kind) {
      EXPECT_EQ(p->confidence, EventConfidence::inferred) << p->id;
    }
  }
}

TEST(LibraryMessages, name_their_source_and_begin_with_words_of_their_own) {
  for (const MessagePattern* p : library_patterns()) {
    EXPECT_EQ(p->processes, std::vector<std::string>{std::string(kAnyProcess)}) << p->id;
    EXPECT_TRUE(contains(p->library, ": ") && contains(p->library, ".")) << p->id << ": " << p->library;
    EXPECT_EQ(p->file.substr(0, 8), "library_") << p->id;
    std::size_t literal = 0;
    for (const CompiledPattern::Node& n : p->compiled.nodes()) {
      literal += n.kind == CompiledPattern::NodeKind::literal ? n.text.size() : 0;
    }
    EXPECT_GE(p->compiled.first_literal().size(), 7U) << p->id;
    EXPECT_GE(literal, 18U) << p->id;
  }
}

TEST(LibraryMessages, a_callback_without_its_error_does_not_say_success) {
  const Decoded d = decode("Shoebox", "Thread:<NSThread: 0x2>{number = 1, name = main}: didCompleteWithError called for task 3");
  ASSERT_EQ(d.events.size(), 1U);
  EXPECT_EQ(d.events[0].kind, EventKind::task_did_complete);
  EXPECT_EQ(d.events[0].fields.integer(Field::id), 3);
  EXPECT_FALSE(d.events[0].fields.has(Field::error_code));
}

TEST(LibraryMessages, what_others_might_say_in_these_words_is_not_taken) {
  for (const char* line :
       {"Finished task", "didCompleteWithError called", "Task finished with id 3", "session done in background",
        "URLSessionDidFinishEvents: photos", "Thread:1: didCompleteWithError called for task seven"}) {
    EXPECT_EQ(decode("Shoebox", line).relevance, Relevance::irrelevant) << line;
  }
}

TEST(LibraryMessages, a_file_of_the_app_comes_first) {
  const std::string own = R"({"uptrail_messages":1,"processes":["Shoebox"],"observer":"app","provenance":"seen","messages":[
    {"id":"shoebox.finished","pattern":"Finished task with id {word:uploadId}","kind":"upload.state","fields":{"state":"succeeded"},
     "samples":[{"line":"Finished task with id a-1","gives":{"uploadId":"a-1","state":"succeeded"}}]},
    {"id":"shoebox.sess","pattern":"sess {text:what}","kind":null,"samples":[{"line":"sess done in background"}]}]})";
  const auto loaded = load_catalogue({{"my-app.json", own}});
  ASSERT_TRUE(loaded) << loaded.error().text();
  Decoder decoder(*loaded);
  Record record;
  record.message = "Finished task with id a-1";
  Decoded out;
  record.process = "Shoebox";
  decoder.decode(record, out);
  ASSERT_EQ(out.events.size(), 1U);
  EXPECT_EQ(out.events[0].kind, EventKind::upload_state);
  record.process = "Other";
  decoder.decode(record, out);
  EXPECT_EQ(out.relevance, Relevance::related);
}

struct RealLine {
  const char* file;
  const char* line;  // a line of the file, its header cut off
  const char* kind;  // "": related
};

constexpr RealLine kRealLines[] = {
    {"24-background-downloader-454-xcode15.log", "Finished task with id", ""},
    {"24-background-downloader-454-xcode15.log", "Enqueueing task with id", ""},
    {"73-rn-fetch-blob-234-rctlog.log", "[RNFetchBlobRequest] session didCompleteWithError", "task.did-complete"},
    {"73-rn-fetch-blob-234-rctlog.log", "[RNFetchBlobRequest] session didBecomeInvalidWithError", "session.did-become-invalid"},
};

TEST(LibraryMessages, real_lines_are_understood) {
  UPTRAIL_NEED_REAL(folder, "real-logs");
  for (const RealLine& expected : kRealLines) {
    const std::string bytes = test::read_file(folder + "/" + expected.file);
    const std::size_t at = bytes.find(expected.line);
    ASSERT_NE(at, std::string::npos) << expected.file << ": " << expected.line;
    const Decoded d = decode("", std::string_view(bytes).substr(at, bytes.find('\n', at) - at));
    EXPECT_EQ(d.events.empty() ? "" : kind_name(d.events[0].kind), expected.kind) << expected.line;
    EXPECT_NE(d.relevance, Relevance::irrelevant) << expected.line;
  }
}

}  // namespace
}  // namespace uptrail
