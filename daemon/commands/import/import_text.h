// An imported session as a file: YAML, with what there is to know and to do as comments.

#pragma once

#include <string>
#include <vector>

#include "daemon/commands/import/imported_session.h"

namespace trunkd {

// `passed_over`: of the text around the command.
std::string import_text(const ImportedSession& session,
                        const std::vector<std::string>& passed_over);

}  // namespace trunkd
