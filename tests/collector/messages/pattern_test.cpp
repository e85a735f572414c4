#include "collector/messages/pattern.h"

#include <gtest/gtest.h>

#include "collector/messages/redaction.h"

namespace uptrail {
namespace {

// The captures as "name=text|…", or "no" when the pattern does not match behind its subject.
std::string try_match(std::string_view pattern, std::string_view text) {
  auto compiled = CompiledPattern::parse(pattern);
  if (!compiled) {
    return "error: " + compiled.error().message;
  }
  std::vector<Captured> captures;
  const std::size_t at = compiled->subject() == SubjectForm::none ? 0 : read_subject(text).end;
  if (!compiled->match(text, at, captures)) {
    return "no";
  }
  std::string out;
  for (const Captured& c : captures) {
    const auto& node = compiled->nodes()[c.node];
    out += (out.empty() ? "" : "|");
    out += node.kind == CompiledPattern::NodeKind::capture ? node.text : "?" + std::to_string(node.number);
    out += "=" + std::string(text.substr(c.offset, c.length));
  }
  return out;
}

TEST(Pattern, captures_typed_values) {
  EXPECT_EQ(try_match("n {int:a} h {hex:b} r {real:c} w {word:d} t {text:e}", "n -5 h 0x1F r 2.50 w x.y t two words"),
            "a=-5|b=0x1F|c=2.50|d=x.y|e=two words");
  EXPECT_EQ(try_match("c({bit:a}) y({yn:b})", "c(1) y(N)"), "a=1|b=N");
  EXPECT_EQ(try_match("n {int:a}", "n x"), "no");
  EXPECT_EQ(try_match("n {int:a}", "n 99999999999999999999"), "no");
  EXPECT_EQ(try_match("n {int:a}", "n 5 and more"), "no");
}

TEST(Pattern, finds_the_end_of_text_by_what_follows) {
  EXPECT_EQ(try_match("<{bundle:b}>.<{text:i}>.<{int:n}>", "<com.example.a>.<odd>.<name>.<7>"),
            "b=com.example.a|i=odd>.<name|n=7");
  EXPECT_EQ(try_match("<{bundle:b}>.<{text:i}> using", "<<private>>.<<private>> using"), "b=<private>|i=<private>");
  EXPECT_EQ(try_match("for {bundle:b}. done", "for com.example.a. done"), "b=com.example.a");
}

TEST(Pattern, keeps_inside_one_line_except_for_rest_and_error) {
  EXPECT_EQ(try_match("a {text:t}", "a b\nc"), "t=b");
  EXPECT_EQ(try_match("a {text:t} c", "a b\n c"), "no");
  EXPECT_EQ(try_match("a {rest:t}", "a b\nc"), "t=b\nc");
  EXPECT_EQ(try_match("a {error:e} [{int:n}]", "a Error Domain=D Code=1 UserInfo={\n} [1]\nforeign"),
            "e=Error Domain=D Code=1 UserInfo={\n}|n=1");
  EXPECT_EQ(try_match("a {error:e}", "a mistake"), "no");
}

TEST(Pattern, has_optional_parts_and_literal_braces) {
  EXPECT_EQ(try_match("a{? b} c{?=<{int:n}>}", "a b c"), "?1=");
  EXPECT_EQ(try_match("a{? b} c{?=<{int:n}>}", "a c=<5>"), "n=5");
  EXPECT_EQ(try_match("a {{x={int:n}}}", "a {x=5}"), "n=5");
}

TEST(Pattern, takes_every_redacted_form) {
  for (const char* redacted : {"<private>", "(null)", "<redacted>", "<mask.hash: 'ihx4bs=='>"}) {
    EXPECT_EQ(try_match("for {bundle:b} n {int:n}", "for " + std::string(redacted) + " n " + redacted),
              "b=" + std::string(redacted) + "|n=" + redacted);
  }
  EXPECT_EQ(redacted_length("<mask.hash"), 0U);
  EXPECT_EQ(redacted_length(""), 0U);
}

TEST(Pattern, explains_what_is_wrong) {
  EXPECT_EQ(try_match("{int}", ""), "error: {int} is not of the form {type:name}");
  EXPECT_EQ(try_match("{number:n}", ""), "error: there is no capture type 'number'");
  EXPECT_EQ(try_match("{int:n} {int:n}", ""), "error: the capture 'n' occurs twice");
  EXPECT_EQ(try_match("a}", ""), "error: a } closes nothing; write }} for the character");
  EXPECT_EQ(try_match("a{? b", ""), "error: an optional part is not closed");
  EXPECT_EQ(try_match("a{? b{? c}}", ""), "error: an optional part stands inside another");
  EXPECT_EQ(try_match("{rest:r} x", ""), "error: {rest:r} must stand at the end");
  EXPECT_EQ(try_match("{text:a}{int:b}", ""), "error: 'a' must be followed by literal text or stand at the end");
  EXPECT_EQ(try_match("{text:a}{? b}", ""), "error: 'a' must be followed by literal text or stand at the end");
  EXPECT_EQ(try_match("", ""), "error: the pattern is empty");
  EXPECT_EQ(try_match("{task}", ""), "error: the pattern is empty");
  EXPECT_EQ(try_match("{?a }b", ""), "error: the pattern begins with an optional part; write two patterns");
}

TEST(Pattern, does_not_run_wild_on_hostile_text) {
  std::string hostile = "a ";
  for (int i = 0; i < 20000; ++i) {
    hostile += ">.<";
  }
  EXPECT_EQ(try_match("a {text:a}>.<{text:b}>.<{text:c}>.<{text:d}>.<{int:n}>", hostile), "no");
}

TEST(Pattern, renders_with_and_without_a_session) {
  const auto pattern = CompiledPattern::parse("{task} did {int:n}{? at {word:w}}").take();
  const std::string uuid = Uuid::from_name("a").text();
  EXPECT_EQ(*pattern.render({{"uuid", uuid}, {"id", "7"}, {"n", "1"}}), "Task <" + uuid + ">.<7> did 1");
  EXPECT_EQ(*pattern.render({{"uuid", uuid}, {"id", "7"}, {"sessionUUID", uuid}, {"n", "1"}, {"w", "x"}}),
            "NDSession <" + uuid + "> Task <" + uuid + ">.<7> did 1 at x");
  EXPECT_EQ(*pattern.render({{"n", "1"}}), "Task <?>.<0> did 1");
  EXPECT_EQ(pattern.render({{"uuid", uuid}}).error().message, "no value for 'n'");
  EXPECT_EQ(*CompiledPattern::parse("{session?} Cleaning up")->render({}), "Cleaning up");
  EXPECT_EQ(*CompiledPattern::parse("{app_session} lost")->render({{"sessionUUID", uuid}}),
            "BackgroundSession <" + uuid + "> lost");
}

struct SubjectCase {
  const char* text;
  SubjectForm kind;
  bool session;
  bool task;
  int number;  // 0: none
  const char* rest;
};

TEST(Subject, reads_every_known_prefix) {
  constexpr SubjectCase kCases[] = {
      {"Task <4E1B7C52-90AD-4F36-8B11-2D3C4E5F6071>.<7> x", SubjectForm::task, false, true, 7, " x"},
      {"NDSession <4E1B7C52-90AD-4F36-8B11-2D3C4E5F6071> Task <4E1B7C52-90AD-4F36-8B11-2D3C4E5F6071>.<7> x", SubjectForm::task,
       true, true, 7, " x"},
      {"NDNWSession <4E1B7C52-90AD-4F36-8B11-2D3C4E5F6071> <7> x", SubjectForm::task, true, false, 7, " x"},
      {"NDNWSession <4E1B7C52-90AD-4F36-8B11-2D3C4E5F6071> x", SubjectForm::session, true, false, 0, " x"},
      {"NDSession <4E1B7C52-90AD-4F36-8B11-2D3C4E5F6071>.<a>", SubjectForm::session, true, false, 0, ".<a>"},
      {"NDSession <<private>> x", SubjectForm::session, false, false, 0, " x"},
      {"NDSession <4E1B7C52-90AD-4F36-8B11-2D3C4E5F6071> New task x", SubjectForm::task, true, false, 0, " x"},
      {"New task x", SubjectForm::task, false, false, 0, " x"},
      {"Task <?>.<0> x", SubjectForm::task, false, false, 0, " x"},
      {"BackgroundSession <4E1B7C52-90AD-4F36-8B11-2D3C4E5F6071> x", SubjectForm::app_session, true, false, 0, " x"},
      {"ProxySession <xxx> x", SubjectForm::app_session, false, false, 0, " x"},
      {"Task 1 for client", SubjectForm::none, false, false, 0, "Task 1 for client"},
      {"Task <4E1B", SubjectForm::none, false, false, 0, "Task <4E1B"},
      {"NDSession <", SubjectForm::none, false, false, 0, "NDSession <"},
      {"", SubjectForm::none, false, false, 0, ""},
  };
  for (const SubjectCase& c : kCases) {
    const SubjectMatch m = read_subject(c.text);
    EXPECT_EQ(m.kind, c.kind) << c.text;
    EXPECT_EQ(m.session.has_value(), c.session) << c.text;
    EXPECT_EQ(m.task.has_value(), c.task) << c.text;
    EXPECT_EQ(m.number.value_or(0), c.number) << c.text;
    EXPECT_EQ(std::string_view(c.text).substr(m.end), c.rest);
  }
}

TEST(SubjectForm, is_found_anywhere_in_a_line) {
  const auto names = [](std::string_view text) { return named_in(text) != LineSubject{}; };
  EXPECT_EQ(
      named_in("Session <9A0C3D1E-55B7-4C28-A6F0-718293A4B5C6> has LocalTask <4E1B7C52-90AD-4F36-8B11-2D3C4E5F6071>.<7>"),
      (LineSubject{Uuid::parse("4E1B7C52-90AD-4F36-8B11-2D3C4E5F6071"), Uuid::parse("9A0C3D1E-55B7-4C28-A6F0-718293A4B5C6"), 7}));
  EXPECT_TRUE(names("note: BackgroundUploadTask <4E1B7C52-90AD-4F36-8B11-2D3C4E5F6071>.<7> is old"));
  EXPECT_TRUE(names("a < b, BackgroundSession <4E1B7C52-90AD-4F36-8B11-2D3C4E5F6071>"));
  EXPECT_FALSE(names("Task <private>"));
  EXPECT_FALSE(names("id <4E1B7C52-90AD-4F36-8B11-2D3C4E5F6071>"));
  EXPECT_FALSE(names("Task <"));
}

}  // namespace
}  // namespace uptrail
