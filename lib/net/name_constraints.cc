#include "net/name_constraints.h"

#include <algorithm>
#include <mbedtls/asn1.h>
#include <utility>

#include "base/text.h"

namespace trunkd {
namespace {

constexpr std::string_view kNameConstraintsOid = "\x55\x1d\x1e";  // 2.5.29.30
constexpr int kContext = MBEDTLS_ASN1_CONTEXT_SPECIFIC;
constexpr int kConstructed = MBEDTLS_ASN1_CONSTRUCTED;
constexpr int kSequence = MBEDTLS_ASN1_CONSTRUCTED | MBEDTLS_ASN1_SEQUENCE;
constexpr int kDnsName = kContext | 2;
constexpr int kIpAddress = kContext | 7;

// A walk over DER values.
struct Der {
  unsigned char* next;
  const unsigned char* end;

  explicit Der(std::string_view bytes)
      // mbedTLS takes a pointer to non-const and writes nothing
      : next(reinterpret_cast<unsigned char*>(const_cast<char*>(bytes.data()))),
        end(next + bytes.size()) {}

  bool done() const { return next >= end; }
  bool is(int tag) const { return !done() && *next == tag; }

  bool take(int tag, std::string_view& content) {
    size_t length = 0;
    if (mbedtls_asn1_get_tag(&next, end, &length, tag) != 0) return false;
    content = {reinterpret_cast<const char*>(next), length};
    next += length;
    return true;
  }
};

// The content of the extension; false if the list of extensions cannot be read.
bool find_extension(const mbedtls_x509_crt& certificate, std::string_view oid,
                    std::string_view& found) {
  found = {};
  const mbedtls_x509_buf& all = certificate.v3_ext;
  if (all.p == nullptr || all.len == 0) return true;
  Der outer({reinterpret_cast<const char*>(all.p), all.len});
  std::string_view list;
  if (!outer.take(kSequence, list)) return false;
  for (Der extensions(list); !extensions.done();) {
    std::string_view extension, id, critical, value;
    if (!extensions.take(kSequence, extension)) return false;
    Der fields(extension);
    if (!fields.take(MBEDTLS_ASN1_OID, id)) return false;
    if (fields.is(MBEDTLS_ASN1_BOOLEAN) && !fields.take(MBEDTLS_ASN1_BOOLEAN, critical)) {
      return false;
    }
    if (!fields.take(MBEDTLS_ASN1_OCTET_STRING, value)) return false;
    if (id == oid) found = value;
  }
  return true;
}

// Address and mask against an address; constraints of the other family say nothing.
bool address_constraint_covers(std::string_view constraint, std::string_view address) {
  if (constraint.size() != 2 * address.size()) return false;
  for (size_t i = 0; i < address.size(); ++i) {
    const char mask = constraint[address.size() + i];
    if ((address[i] & mask) != (constraint[i] & mask)) return false;
  }
  return true;
}

template <typename Covers>
bool any_covers(const std::vector<std::string>& constraints, std::string_view name, Covers covers) {
  return std::any_of(constraints.begin(), constraints.end(),
                     [&](const std::string& constraint) { return covers(constraint, name); });
}

}  // namespace

bool dns_constraint_covers(std::string_view constraint, std::string_view name) {
  if (constraint.empty()) return true;
  const bool only_below = constraint.front() == '.';
  if (only_below) constraint.remove_prefix(1);
  if (name.size() == constraint.size()) return !only_below && iequals(name, constraint);
  if (name.size() < constraint.size() + 2) return false;
  const size_t dot = name.size() - constraint.size() - 1;
  return name[dot] == '.' && iequals(name.substr(dot + 1), constraint);
}

// NameConstraints ::= SEQUENCE { permittedSubtrees [0], excludedSubtrees [1] }, each a sequence of
// GeneralSubtree ::= SEQUENCE { base GeneralName, minimum [0] DEFAULT 0, maximum [1] }.
struct ConstraintReader {
  static bool read(std::string_view extension, NameConstraints::OfOneAuthority& into) {
    Der outer(extension);
    std::string_view both, subtrees;
    if (!outer.take(kSequence, both) || !outer.done()) return false;
    Der lists(both);
    if (lists.is(kContext | kConstructed | 0)) {
      if (!lists.take(kContext | kConstructed | 0, subtrees)) return false;
      if (!read_subtrees(subtrees, into.permitted)) return false;
    }
    if (lists.is(kContext | kConstructed | 1)) {
      if (!lists.take(kContext | kConstructed | 1, subtrees)) return false;
      if (!read_subtrees(subtrees, into.excluded)) return false;
    }
    return lists.done();
  }

  static bool read_subtrees(std::string_view bytes, NameConstraints::Subtrees& into) {
    for (Der list(bytes); !list.done();) {
      std::string_view subtree, base;
      if (!list.take(kSequence, subtree)) return false;
      Der fields(subtree);
      if (fields.is(kDnsName)) {
        if (!fields.take(kDnsName, base)) return false;
        into.dns.emplace_back(base);
      } else {
        if (!fields.take(kIpAddress, base) || (base.size() != 8 && base.size() != 32)) return false;
        into.addresses.emplace_back(base);
      }
      if (!fields.done()) return false;  // minimum and maximum are not used (RFC 5280)
    }
    return true;
  }
};

void NameConstraints::add(const mbedtls_x509_crt& authority) {
  std::string_view extension;
  if (!find_extension(authority, kNameConstraintsOid, extension)) {
    nothing_permitted_ = true;
    return;
  }
  if (extension.empty()) return;
  OfOneAuthority constraints;
  if (ConstraintReader::read(extension, constraints)) {
    authorities_.push_back(std::move(constraints));
  } else {
    nothing_permitted_ = true;
  }
}

bool NameConstraints::permit(const ServerNames& names) const {
  return !nothing_permitted_ &&
         std::all_of(authorities_.begin(), authorities_.end(),
                     [&](const OfOneAuthority& one) { return permits(one, names); });
}

// A kind of name that no permitted subtree speaks of is not limited (RFC 5280, 4.2.1.10).
bool NameConstraints::permits(const OfOneAuthority& authority, const ServerNames& names) {
  const auto allowed = [](const auto& permitted, const auto& excluded, std::string_view name,
                          auto covers) {
    if (any_covers(excluded, name, covers)) return false;
    return permitted.empty() || any_covers(permitted, name, covers);
  };
  for (const std::string_view name : names.dns) {
    // What a wildcard stands for lies below its parent; as a name it is tested like any label.
    if (!allowed(authority.permitted.dns, authority.excluded.dns, name, dns_constraint_covers)) {
      return false;
    }
  }
  return std::all_of(names.addresses.begin(), names.addresses.end(), [&](std::string_view address) {
    return allowed(authority.permitted.addresses, authority.excluded.addresses, address,
                   address_constraint_covers);
  });
}

}  // namespace trunkd
