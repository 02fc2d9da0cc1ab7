// The fields of a session about TLS.

#include "config/fields.h"

namespace trunkd {
namespace {

constexpr std::string_view kTlsVersions[] = {"1.2", "1.3"};

constexpr ConfigField<SessionDraft> kTlsFields[] = {
    session_field<&SessionConfig::tls, &TlsConfig::verify>(
        {.name = "tls.verify",
         .syntax = Syntax::boolean,
         .description = "Whether the host's certificate is verified; false only for a test, and "
                        "never in defaults."}),
    session_field<&SessionConfig::tls, &TlsConfig::ca_file>(
        {.name = "tls.ca_file",
         .syntax = Syntax::path,
         .description = "A PEM file with the authorities to trust instead of the system's store; "
                        "off is the system's store.",
         .can_be_off = true}),
    session_field<&SessionConfig::tls, &TlsConfig::extra_ca_file>(
        {.name = "tls.extra_ca_file",
         .syntax = Syntax::path,
         .description =
             "A PEM file with authorities to trust as well, beside the system's store or "
             "ca_file.",
         .can_be_off = true}),
    session_field<&SessionConfig::tls, &TlsConfig::server_name>(
        {.name = "tls.server_name",
         .syntax = Syntax::host,
         .description = "The name to ask for and to find in the certificate; off is the URL's "
                        "host.",
         .can_be_off = true}),
    session_field<&SessionConfig::tls, &TlsConfig::tls13_only>(
        {.name = "tls.min_version",
         .syntax = Syntax::choice,
         .description = "The oldest version of TLS that is spoken.",
         .words = kTlsVersions}),
    session_field<&SessionConfig::tls, &TlsConfig::client_cert>(
        {.name = "tls.client_cert",
         .syntax = Syntax::path,
         .description = "A PEM file with the certificate to show to a host that asks for one, and "
                        "the chain of its issuers after it.",
         .can_be_off = true}),
    session_field<&SessionConfig::tls, &TlsConfig::client_key>(
        {.name = "tls.client_key",
         .syntax = Syntax::path,
         .description = "A PEM file with its private key, not encrypted; off is a key in "
                        "client_cert's file.",
         .can_be_off = true}),
};

}  // namespace

FieldTable<SessionDraft> tls_fields() { return kTlsFields; }

}  // namespace trunkd
