#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace breakwater::rules {

/// What may carry a feed. TLS is the rule: a list that somebody on the way can change is somebody else's policy.
enum class Transport : std::uint8_t { https, any };

/// How the lists of a feed are fetched.
struct Download {
  std::string url;
  Transport transport = Transport::https;
  std::chrono::seconds every{std::chrono::hours{24}};  ///< between two looks for a new version; zero: by hand alone
  std::string sha256_url;                              ///< of a file in sha256sum's format; "": none
  std::string minisign_key;                            ///< public key, base64 as minisign prints it; "": not signed
  std::string signature_url;                           ///< of the minisign signature; "": `url` + ".minisig"
  std::string proxy;                                   ///< as libcurl takes it; "": none, whatever the environment says
  std::filesystem::path ca;  ///< certificates to trust instead of the system's; "": the system's
  std::uint64_t max_bytes = std::uint64_t{1} << 30;  ///< of the file as it comes
  std::uint64_t max_unpacked_bytes = std::uint64_t{4} << 30;
  std::chrono::milliseconds timeout{std::chrono::minutes{10}};  ///< for the whole of one attempt
  std::chrono::milliseconds stall{std::chrono::seconds{30}};    ///< without a byte arriving
};

/// How much one list of a feed may change between two versions, in percent of its entries. Lists of fewer than 100
/// entries are not held to it.
struct ChangeLimits {
  std::uint32_t shrink = 30;
  std::uint32_t grow = 200;
};

/// A feed as the policy names it, beside what its categories::Source says.
struct Feed {
  std::string name;
  std::string licence;  ///< of its lists, for people
  std::optional<Download> download;
  ChangeLimits limits;
};

/// A place for a licensed list of which only keyed hashes are kept.
struct LockedSlot {
  std::string name;
  std::string category;                                  ///< in the floor, whatever the policy says
  std::chrono::seconds max_age{std::chrono::hours{48}};  ///< older is reported as stale
};

}  // namespace breakwater::rules
