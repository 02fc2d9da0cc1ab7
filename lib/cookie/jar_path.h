// Where a jar is kept, below the state directory.

#pragma once

#include <string>
#include <string_view>

namespace trunkd {

// A value of Trunkd-Jar: 1 to 64 of A-Z a-z 0-9 . _ -, not starting with a dot. So it is a file's
// name and nothing else.
bool valid_jar_value(std::string_view value);

// "cookies/NAME.txt", the jar NAME of a session.
std::string jar_path(std::string_view name);
// "cookies/NAME/VALUE.txt", one of the jars that Trunkd-Jar chooses; VALUE must be valid.
std::string jar_path(std::string_view name, std::string_view value);
// "cookies/NAME", where those are.
std::string jar_directory(std::string_view name);
// "cookies/.NAME.lock": who holds it is the only one that touches the jar NAME or those below it.
std::string jar_lock_path(std::string_view name);

}  // namespace trunkd
