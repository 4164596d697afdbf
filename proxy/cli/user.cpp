#include "proxy/cli/user.h"

#include <algorithm>
#include <iostream>
#include <vector>

#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

#include "proxy/auth/basic_credentials.h"
#include "proxy/auth/users_file.h"
#include "proxy/cli/secret_input.h"
#include "proxy/cli/terminal.h"
#include "proxy/identity/state_file.h"

namespace breakwater::cli {
namespace {

/// "" where there is none that will do, and that is told.
std::string read_password() {
  auto password = ask_secret("Password", Asked::twice);
  if (!password) return {};
  if (!password->empty() && password->size() <= auth::kMaxPasswordBytes) return *std::move(password);
  sodium_memzero(password->data(), password->size());
  fail("a password has 1 to 1024 bytes");
  return {};
}

/// "" where there is no such file.
std::optional<std::string> read(const std::filesystem::path& file) {
  std::string error;
  std::error_code ignored;
  if (!std::filesystem::exists(file, ignored)) return std::string();
  auto text = identity::read_text(file, auth::UsersFile::kMaxBytes, error);
  if (!text) fail(file.string() + ": cannot be read: " + error);
  return text;
}

int write(const std::filesystem::path& file, std::string_view text) {
  struct stat before {};
  const bool was_there = ::stat(file.c_str(), &before) == 0;
  if (const auto error = identity::write_private(file, text); !error.empty())
    return fail(file.string() + ": cannot be written: " + error);
  // Who may read it stays as it was: the gateway seldom runs as the one who edits.
  if (was_there &&
      (::chown(file.c_str(), before.st_uid, before.st_gid) != 0 || ::chmod(file.c_str(), before.st_mode & 07777) != 0))
    return fail(file.string() + ": its owner cannot be kept: " + categories::last_error());
  return 0;
}

}  // namespace

int user_add(const UserOptions& options) {
  if (const auto mistake = auth::name_mistake(options.name); !mistake.empty()) return fail(mistake);
  if (sodium_init() < 0) return fail("libsodium cannot be used");
  const auto text = read(options.file);
  if (!text) return kUsage;
  auto password = read_password();
  if (password.empty()) return kWrong;
  const auto hash = auth::hash_password(password);
  sodium_memzero(password.data(), password.size());
  if (hash.empty()) return fail("there is not memory enough for a hash");
  return write(options.file, *auth::with_user(*text, options.name, hash));
}

int user_remove(const UserOptions& options) {
  const auto text = read(options.file);
  if (!text) return kUsage;
  const auto without = auth::with_user(*text, options.name, {});
  if (!without) return fail(options.file.string() + ": there is no account of this name", kWrong);
  return write(options.file, *without);
}

int user_list(const UserOptions& options) {
  const auto text = read(options.file);
  if (!text) return kUsage;
  categories::Diagnostics diagnostics;
  const auto users = auth::UsersFile::parse(*text, options.file.string(), diagnostics);
  print_errors(diagnostics);
  if (!users) return kWrong;
  std::vector<std::string_view> names;
  for (const auto& [name, hash] : users->hashes())
    names.push_back(name);
  std::ranges::sort(names);
  for (const auto name : names)
    std::cout << name << '\n';
  return 0;
}

}  // namespace breakwater::cli
