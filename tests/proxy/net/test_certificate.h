#pragma once

#include <cstdio>
#include <filesystem>

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include "tests/support/temporary_folder.h"

namespace breakwater::net {

/// A self-signed certificate and its key, in a folder of its own.
struct TestCertificate {
  TestCertificate() : certificate(folder.path() / "proxy.crt"), key(folder.path() / "proxy.key") {
    auto* pair = EVP_EC_gen("P-256");
    auto* x509 = X509_new();
    ASN1_INTEGER_set(X509_get_serialNumber(x509), 1);
    X509_gmtime_adj(X509_getm_notBefore(x509), 0);
    X509_gmtime_adj(X509_getm_notAfter(x509), 3600);
    X509_set_pubkey(x509, pair);
    X509_sign(x509, pair, EVP_sha256());
    auto* file = std::fopen(certificate.c_str(), "w");
    PEM_write_X509(file, x509);
    std::fclose(file);
    file = std::fopen(key.c_str(), "w");
    PEM_write_PrivateKey(file, pair, nullptr, nullptr, 0, nullptr, nullptr);
    std::fclose(file);
    X509_free(x509);
    EVP_PKEY_free(pair);
  }

  test::TemporaryFolder folder;
  std::filesystem::path certificate;
  std::filesystem::path key;
};

}  // namespace breakwater::net
