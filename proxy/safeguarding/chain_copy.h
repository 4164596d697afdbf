#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "categories/result.h"
#include "proxy/safeguarding/sqlite.h"

/// A state directory made out of the records of another store. Internal to this folder.
namespace breakwater::safeguarding {

class ChainCopy {
 public:
  /// Makes an `attempts.db` where there is none.
  static Result<ChainCopy, std::string> begin(const std::filesystem::path& state);
  /// The next record, as the other store has it.
  std::optional<std::string> add(const Record& record);
  /// On disk when it returns without an error; what was not finished is not there.
  std::optional<std::string> finish();

 private:
  ChainCopy(sqlite::Connection connection, sqlite::Transaction transaction, sqlite::Statement insert);
  sqlite::Connection connection_;
  sqlite::Transaction transaction_;
  sqlite::Statement insert_;
};

}  // namespace breakwater::safeguarding
