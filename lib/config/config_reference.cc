#include "config/config_reference.h"

#include "config/config_yaml.h"
#include "config/fields.h"

namespace trunkd {
namespace {

template <typename Draft>
std::vector<FieldReference> reference_of(FieldTable<Draft> table, const Draft& defaults) {
  std::vector<FieldReference> out;
  for (const ConfigField<Draft>& field : table) {
    if (field.info.phase > kPhase) continue;
    out.push_back({std::string(field.info.name), default_text(field, defaults),
                   !field.info.default_text.empty(), std::string(field.info.description)});
  }
  return out;
}

}  // namespace

std::vector<FieldReference> top_reference() { return reference_of(top_fields(), TopDraft()); }

std::vector<FieldReference> session_reference() {
  return reference_of(session_fields(), SessionDraft());
}

}  // namespace trunkd
