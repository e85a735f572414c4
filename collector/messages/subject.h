// What a line of CFNetwork or nsurlsessiond is about: the prefix that names a task or a session, in all its known forms.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "collector/base/ids.h"
#include "collector/model/record.h"

namespace uptrail {

enum class SubjectForm : std::uint8_t {
  none,
  task,         // "Task <U>.<N>", with "NDSession <S> " or "NDNWSession <S> " before it; "NDNWSession <S> <N>"; "New task"
  session,      // "NDSession <S>", "NDNWSession <S>"
  app_session,  // "BackgroundSession <S>", "ProxySession <S>"
};
inline constexpr std::size_t kSubjectCount = 4;

struct SubjectMatch {
  SubjectForm kind = SubjectForm::none;
  std::optional<Uuid> session;         // nullopt: not named, or redacted
  std::optional<Uuid> task;            // nullopt: as above, or "<?>"
  std::optional<std::int64_t> number;  // N; 0 is the daemon's "no task" and counts as not named
  std::size_t end = 0;                 // bytes of the text that belong to the subject
};

SubjectMatch read_subject(std::string_view text);
// A text that begins with none of these has no subject.
inline constexpr std::array<std::string_view, 6> kSubjectBeginnings = {"Task ",        "New task",           "NDSession ",
                                                                       "NDNWSession ", "BackgroundSession ", "ProxySession "};

// The first task and the first session that the text names anywhere by UUID ("Task <UUID>.<7>", "…Session <UUID>").
LineSubject named_in(std::string_view text);
// Cheap: may named_in() find something? A yes promises nothing.
bool may_name(std::string_view text);

}  // namespace uptrail
