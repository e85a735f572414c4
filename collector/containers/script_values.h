// Words of a script line as JSON values of event fields.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "collector/containers/script_model.h"

namespace uptrail {

// The field that `key` means in an event of `kind`: its own name or a short one (kind=, size=, reason=, to=).
std::optional<Field> script_field(EventKind kind, std::string_view key);
// JSON of `value` for `field`; nullopt: not of the field's type. Lists of tasks are made by the expander.
std::optional<std::string> script_value(Field field, std::string_view value, TimeNs start);
// "nil", "-999", "POSIX-1", "SomeDomain:7" into errorDomain and errorCode, or for `code` into code and errorDomain.
bool set_script_error(ScriptDraft& draft, Field code_field, std::string_view value);
// Whose source an event of a script is in, unless observer= says otherwise.
Observer script_observer(EventKind kind);
bool kind_has_field(EventKind kind, Field field);

}  // namespace uptrail
