#pragma once

#include <chrono>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "categories/result.h"

struct x509_st;

namespace breakwater::alerts {

/// A recipient's X.509 certificate, to encrypt for. Safe from any thread.
class Certificate {
 public:
  /// Reads the first certificate of a PEM file of 64 KiB at most. The error says what is wrong with it, without the
  /// file's name: unreadable, outside of its dates at `now`, not for e-mail, a key that is too weak, or one of a kind
  /// that nothing can be encrypted to.
  static Result<Certificate, std::string> load(const std::filesystem::path& file, std::chrono::sys_seconds now);

  /// A MIME entity as CMS EnvelopedData in DER (RFC 5652), by AES-256-CBC: what mail programs of today all read, while
  /// AuthEnvelopedData is not. "": OpenSSL refused.
  std::string encrypt(std::string_view entity) const;

 private:
  struct Free {
    void operator()(x509_st* certificate) const;
  };
  explicit Certificate(x509_st* certificate) : certificate_(certificate) {}
  std::unique_ptr<x509_st, Free> certificate_;
};

}  // namespace breakwater::alerts
