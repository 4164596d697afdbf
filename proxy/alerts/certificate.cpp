#include "proxy/alerts/certificate.h"

#include <fstream>

#include <openssl/cms.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

namespace breakwater::alerts {
namespace {

constexpr std::size_t kMaxFile = 64 << 10;
/// NIST SP 800-57 part 1, table 2: 112 bits of strength, the least that is acceptable.
constexpr int kLeastStrength = 112;

template <auto free>
struct Freed {
  template <class T>
  void operator()(T* pointer) const {
    free(pointer);
  }
};
using Bio = std::unique_ptr<BIO, Freed<BIO_free_all>>;
using Cms = std::unique_ptr<CMS_ContentInfo, Freed<CMS_ContentInfo_free>>;

Bio reader(std::string_view bytes) {
  return Bio(BIO_new_mem_buf(bytes.data(), static_cast<int>(bytes.size())));
}

/// RFC 8550, 4.4.2 and 4.4.4. X509_check_purpose() knows nothing of keys that are agreed on.
bool is_for_mail(X509* certificate, int kind) {
  const std::uint32_t usage = kind == EVP_PKEY_EC ? KU_KEY_AGREEMENT | KU_KEY_ENCIPHERMENT : KU_KEY_ENCIPHERMENT;
  return (X509_get_extension_flags(certificate) & EXFLAG_INVALID) == 0 &&
         (X509_get_key_usage(certificate) & usage) != 0 &&
         (X509_get_extended_key_usage(certificate) & (XKU_SMIME | XKU_ANYEKU)) != 0;
}

std::string fault_of(X509* certificate, std::time_t now) {
  if (X509_cmp_time(X509_get0_notBefore(certificate), &now) >= 0) return "it is not valid yet";
  if (X509_cmp_time(X509_get0_notAfter(certificate), &now) <= 0) return "it has expired";
  const EVP_PKEY* key = X509_get0_pubkey(certificate);
  if (!key) return "its key cannot be read";
  if (EVP_PKEY_get_security_bits(key) < kLeastStrength)
    return "its key is too weak (" + std::to_string(EVP_PKEY_get_bits(key)) + " bits)";
  const int kind = EVP_PKEY_get_base_id(key);
  if (kind != EVP_PKEY_RSA && kind != EVP_PKEY_EC) return "its key is neither RSA nor of an elliptic curve";
  if (!is_for_mail(certificate, kind)) return "it is not for e-mail";
  return {};
}

}  // namespace

void Certificate::Free::operator()(x509_st* certificate) const {
  X509_free(certificate);
}

Result<Certificate, std::string> Certificate::load(const std::filesystem::path& file, std::chrono::sys_seconds now) {
  std::ifstream in(file, std::ios::binary);
  std::string text(kMaxFile + 1, '\0');
  if (in) in.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(in.gcount()));
  if (text.empty() || text.size() > kMaxFile) return std::string("it cannot be read, or is larger than 64 KiB");
  // No passphrase is asked for at a terminal: what is encrypted is refused.
  const auto no_passphrase = [](char*, int, int, void*) { return -1; };
  Certificate certificate(PEM_read_bio_X509(reader(text).get(), nullptr, no_passphrase, nullptr));
  if (!certificate.certificate_) return std::string("it is no certificate in PEM");
  auto fault = fault_of(certificate.certificate_.get(), std::chrono::system_clock::to_time_t(now));
  if (!fault.empty()) return fault;
  return certificate;
}

std::string Certificate::encrypt(std::string_view entity) const {
  using Stack = std::unique_ptr<STACK_OF(X509), Freed<[](STACK_OF(X509) * stack) { sk_X509_free(stack); }>>;
  const Stack recipients(sk_X509_new_null());
  if (!recipients || sk_X509_push(recipients.get(), certificate_.get()) <= 0) return {};
  const auto in = reader(entity);
  const Cms cms(CMS_encrypt(recipients.get(), in.get(), EVP_aes_256_cbc(), CMS_BINARY));
  const Bio out(BIO_new(BIO_s_mem()));
  if (!cms || !out || i2d_CMS_bio(out.get(), cms.get()) != 1) return {};
  const char* bytes = nullptr;
  const auto size = BIO_get_mem_data(out.get(), &bytes);
  return {bytes, static_cast<std::size_t>(size)};
}

}  // namespace breakwater::alerts
