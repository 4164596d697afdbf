#include "proxy/alerts/certificate.h"

#include <gmock/gmock.h>

#include "proxy/alerts/mail.h"
#include "tests/support/temporary_folder.h"

namespace breakwater::alerts {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

constexpr std::string_view kMail = "-addext keyUsage=keyEncipherment -addext extendedKeyUsage=emailProtection";

class CertificateTest : public testing::Test {
 protected:
  /// Runs openssl in the folder; its output.
  std::string openssl(const std::string& arguments) {
    const auto out = folder_.path() / "out";
    const auto command = "cd " + folder_.path().string() + " && openssl " + arguments + " > out 2> err";
    EXPECT_EQ(std::system(command.c_str()), 0) << arguments;
    std::ifstream in(out, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  std::filesystem::path make(std::string_view key, std::string_view more) {
    openssl("req -x509 -nodes -keyout key.pem -out cert.pem -subj /CN=dsl -newkey " + std::string(key) + ' ' +
            std::string(more));
    return folder_.path() / "cert.pem";
  }
  std::string fault(const std::filesystem::path& file, std::chrono::seconds later = {}) {
    const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
    const auto certificate = Certificate::load(file, now + later);
    return certificate ? "" : certificate.error();
  }

  test::TemporaryFolder folder_;
};

TEST_F(CertificateTest, WhatItEncryptsOpensWithOpenssl) {
  for (const auto* key : {"rsa:2048", "ec -pkeyopt ec_paramgen_curve:P-256"}) {
    const auto file = make(key, key[0] == 'e' ? "-addext keyUsage=keyAgreement" : kMail);
    ASSERT_EQ(fault(file), "") << key;
    const auto certificate =
        Certificate::load(file, std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now()));
    const auto entity = text_entity("Si\xC3\xA2n Evans\n.\nFrom the hour before: a.example\n");
    const Envelope envelope{"a@b.example", "c@d.example", "Report", "x@b.example", {}};
    const auto message = compose(envelope, smime_entity(certificate->encrypt(entity)));
    EXPECT_EQ(message.find("Evans"), std::string::npos);
    folder_.write("mail", message);
    EXPECT_EQ(openssl("cms -decrypt -in mail -inkey key.pem -recip cert.pem"), entity) << key;
    EXPECT_THAT(openssl("cms -cmsout -print -noout -in mail"), HasSubstr("aes-256-cbc")) << key;
    // Nobody else's key opens it.
    make("rsa:2048", kMail);
    EXPECT_NE(std::system(("cd " + folder_.path().string() +
                           " && openssl cms -decrypt -in mail -inkey key.pem -recip cert.pem > out 2> err")
                              .c_str()),
              0);
  }
}

TEST_F(CertificateTest, EachFault) {
  EXPECT_EQ(fault(make("rsa:2048", kMail)), "");
  EXPECT_EQ(fault(folder_.path() / "cert.pem", std::chrono::hours(24 * 40)), "it has expired");
  EXPECT_EQ(fault(folder_.path() / "cert.pem", std::chrono::hours(-24)), "it is not valid yet");
  EXPECT_EQ(fault(make("rsa:1024", kMail)), "its key is too weak (1024 bits)");
  EXPECT_EQ(fault(make("ed25519", "")), "its key is neither RSA nor of an elliptic curve");
  EXPECT_EQ(fault(make("rsa:2048", "-addext extendedKeyUsage=serverAuth")), "it is not for e-mail");
  EXPECT_EQ(fault(make("rsa:2048", "-addext keyUsage=digitalSignature")), "it is not for e-mail");
  EXPECT_EQ(fault(make("rsa:2048", "-addext keyUsage=keyAgreement")), "it is not for e-mail");
  EXPECT_EQ(fault(folder_.path() / "key.pem"), "it is no certificate in PEM");
  EXPECT_EQ(fault(folder_.path() / "none"), "it cannot be read, or is larger than 64 KiB");
  EXPECT_EQ(fault(folder_.path()), "it cannot be read, or is larger than 64 KiB");
  EXPECT_EQ(fault(folder_.write("large", std::string((64 << 10) + 1, 'x'))),
            "it cannot be read, or is larger than 64 KiB");
}

TEST_F(CertificateTest, EveryTruncationIsRefused) {
  const auto file = make("rsa:2048", kMail);
  std::ifstream in(file, std::ios::binary);
  const std::string whole{std::istreambuf_iterator<char>(in), {}};
  const auto end = whole.find("-----END CERTIFICATE-----");
  for (std::size_t size = 0; size < end; size += 7)
    EXPECT_NE(fault(folder_.write("cut.pem", whole.substr(0, size))), "") << size;
}

}  // namespace
}  // namespace breakwater::alerts
