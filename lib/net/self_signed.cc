#include "net/self_signed.h"

#include <array>
#include <ctime>
#include <deque>
#include <mbedtls/asn1.h>
#include <mbedtls/ecp.h>
#include <mbedtls/oid.h>
#include <memory>
#include <psa/crypto.h>

#include "net/mbedtls_owned.h"
#include "net/server_names.h"

namespace trunkd {
namespace {

using CertificateWriter =
    MbedOwned<mbedtls_x509write_cert, mbedtls_x509write_crt_init, mbedtls_x509write_crt_free>;

constexpr size_t kPemSize = 8192;
constexpr std::time_t kDay = 86400;

const unsigned char* bytes(const std::string& text) {
  return reinterpret_cast<const unsigned char*>(text.c_str());
}

std::string asn1_time(std::time_t time) {
  std::tm utc{};
  gmtime_r(&time, &utc);
  char text[20];
  std::strftime(text, sizeof text, "%Y%m%d%H%M%S", &utc);
  return text;
}

int set_validity(mbedtls_x509write_cert* writer, CertificateOptions::Validity validity) {
  const std::time_t now = std::time(nullptr);
  std::time_t from = now - kDay;
  std::time_t to = now + 365 * kDay;
  if (validity == CertificateOptions::Validity::expired) {
    from = now - 30 * kDay;
    to = now - kDay;
  } else if (validity == CertificateOptions::Validity::not_yet) {
    from = now + kDay;
  }
  return mbedtls_x509write_crt_set_validity(writer, asn1_time(from).c_str(), asn1_time(to).c_str());
}

int set_alternative_names(mbedtls_x509write_cert* writer, const std::vector<std::string>& names) {
  std::deque<std::string> values;  // never moves what the list points to
  std::deque<mbedtls_x509_san_list> list;
  for (auto at = names.rbegin(); at != names.rend(); ++at) {  // mbedTLS writes the last one first
    const std::string& name = *at;
    const std::string address = address_bytes(name);
    std::string& value = values.emplace_back(address.empty() ? name : address);
    mbedtls_x509_san_list& entry = list.emplace_back();
    entry = {};
    entry.node.type = address.empty() ? MBEDTLS_X509_SAN_DNS_NAME : MBEDTLS_X509_SAN_IP_ADDRESS;
    entry.node.san.unstructured_name.p = reinterpret_cast<unsigned char*>(value.data());
    entry.node.san.unstructured_name.len = value.size();
    if (list.size() > 1) list[list.size() - 2].next = &entry;
  }
  return mbedtls_x509write_crt_set_subject_alternative_name(writer,
                                                            list.empty() ? nullptr : &list.front());
}

int set_serial(mbedtls_x509write_cert* writer) {
  std::array<unsigned char, 16> serial{};
  if (psa_generate_random(serial.data(), serial.size()) != PSA_SUCCESS) return -1;
  serial[0] = static_cast<unsigned char>((serial[0] & 0x7fU) | 0x40U);  // positive, no leading zero
  return mbedtls_x509write_crt_set_serial_raw(writer, serial.data(), serial.size());
}

int make_key(mbedtls_pk_context* key) {
  const int status = mbedtls_pk_setup(key, mbedtls_pk_info_from_type(MBEDTLS_PK_ECKEY));
  if (status != 0) return status;
  return mbedtls_ecp_gen_key(MBEDTLS_ECP_DP_SECP256R1, mbedtls_pk_ec(*key), mbedtls_psa_get_random,
                             MBEDTLS_PSA_RANDOM_STATE);
}

// The first step that fails ends the row.
class Steps {
 public:
  template <typename Step>
  Steps& then(Step step) {
    if (status_ == 0) status_ = step();
    return *this;
  }
  int status() const { return status_; }

 private:
  int status_ = 0;
};

// The issuer's key and name; its own if there is no issuer.
struct Issuer {
  PrivateKey key;
  Certificates certificate;
  std::array<char, 256> name{};

  int load(const SelfSigned& pem) {
    return Steps()
        .then([&] {
          return mbedtls_pk_parse_key(key.get(), bytes(pem.key), pem.key.size() + 1, nullptr, 0,
                                      mbedtls_psa_get_random, MBEDTLS_PSA_RANDOM_STATE);
        })
        .then([&] {
          return mbedtls_x509_crt_parse(certificate.get(), bytes(pem.certificate),
                                        pem.certificate.size() + 1);
        })
        .then([&] {
          const int length = mbedtls_x509_dn_gets(name.data(), name.size(), &certificate->subject);
          return length < 0 ? length : 0;
        })
        .status();
  }
};

int fill_in(mbedtls_x509write_cert* writer, const std::vector<std::string>& names,
            const CertificateOptions& options, mbedtls_pk_context* key, Issuer& issuer) {
  const std::string subject = "CN=" + options.common_name;
  const bool own = options.issuer == nullptr;
  mbedtls_x509write_crt_set_version(writer, MBEDTLS_X509_CRT_VERSION_3);
  mbedtls_x509write_crt_set_md_alg(writer, MBEDTLS_MD_SHA256);
  mbedtls_x509write_crt_set_subject_key(writer, key);
  mbedtls_x509write_crt_set_issuer_key(writer, own ? key : issuer.key.get());
  return Steps()
      .then([&] { return set_serial(writer); })
      .then([&] { return set_validity(writer, options.validity); })
      .then([&] { return mbedtls_x509write_crt_set_subject_name(writer, subject.c_str()); })
      .then([&] {
        return mbedtls_x509write_crt_set_issuer_name(writer,
                                                     own ? subject.c_str() : issuer.name.data());
      })
      .then([&] {
        return mbedtls_x509write_crt_set_basic_constraints(writer, options.authority ? 1 : 0, -1);
      })
      .then(
          [&] { return options.with_alternative_names ? set_alternative_names(writer, names) : 0; })
      .then([&] {
        if (options.name_constraints.empty()) return 0;
        return mbedtls_x509write_crt_set_extension(
            writer, MBEDTLS_OID_NAME_CONSTRAINTS, MBEDTLS_OID_SIZE(MBEDTLS_OID_NAME_CONSTRAINTS), 0,
            bytes(options.name_constraints), options.name_constraints.size());
      })
      .status();
}

}  // namespace

Result<SelfSigned> make_self_signed(const std::vector<std::string>& names,
                                    const CertificateOptions& options) {
  PrivateKey key;
  Issuer issuer;
  CertificateWriter writer;
  std::vector<unsigned char> pem(kPemSize);
  SelfSigned made;
  const auto text = [&] { return std::string(reinterpret_cast<const char*>(pem.data())); };
  const int status =
      Steps()
          .then([] { return psa_crypto_init() == PSA_SUCCESS ? 0 : -1; })
          .then([&] { return make_key(key.get()); })
          .then([&] { return options.issuer == nullptr ? 0 : issuer.load(*options.issuer); })
          .then([&] { return fill_in(writer.get(), names, options, key.get(), issuer); })
          .then([&] {
            return mbedtls_x509write_crt_pem(writer.get(), pem.data(), pem.size(),
                                             mbedtls_psa_get_random, MBEDTLS_PSA_RANDOM_STATE);
          })
          .then([&] {
            made.certificate = text();
            return mbedtls_pk_write_key_pem(key.get(), pem.data(), pem.size());
          })
          .then([&] {
            made.key = text();
            return 0;
          })
          .status();
  if (status != 0) {
    return failure(ErrorKind::internal, "cannot make a certificate: " + mbedtls_words(status));
  }
  return made;
}

}  // namespace trunkd
