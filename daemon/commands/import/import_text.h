// An imported session as a file: YAML, with what there is to know and to do as comments.

#pragma once

#include <string>
#include <vector>

#include "daemon/commands/import/imported_session.h"

namespace trunkd {

// `passed_over`: of the text around the command. `secret_group`: whose are to read the secrets;
// empty: who makes their files is to.
std::string import_text(const ImportedSession& session, const std::vector<std::string>& passed_over,
                        const std::string& secret_group);

}  // namespace trunkd
