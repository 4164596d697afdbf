#pragma once

#include <filesystem>
#include <string>

namespace breakwater::cli {

struct UserOptions {
  std::filesystem::path file;
  std::string name;
};

/// Edit a file of accounts (auth::UsersFile), whole or not at all; its owner and mode stay. A new one is readable by
/// its owner alone. Return the exit code.
int user_add(const UserOptions& options);  ///< also where there is one: it gets another password
int user_remove(const UserOptions& options);
int user_list(const UserOptions& options);

}  // namespace breakwater::cli
