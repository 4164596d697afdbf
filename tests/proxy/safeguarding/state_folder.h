#pragma once

#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <sqlite3.h>
#include <unistd.h>

#include "proxy/safeguarding/store.h"

namespace breakwater::safeguarding {

/// A state folder that lasts as long as the test, and ways to look at it that are not the store's.
class StateFolder : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string name = (std::filesystem::temp_directory_path() / "breakwater-state-XXXXXX").string();
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    folder_ = name;
    state_ = folder_ / "state";
    file_ = state_ / "attempts.db";
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  using Raw = std::unique_ptr<sqlite3, decltype(&sqlite3_close)>;
  Raw raw() const {
    sqlite3* connection = nullptr;
    EXPECT_EQ(sqlite3_open(file_.c_str(), &connection), SQLITE_OK);
    return {connection, &sqlite3_close};
  }
  /// The first column of every row, as text.
  static std::vector<std::string> query(const Raw& connection, const std::string& sql) {
    std::vector<std::string> rows;
    const auto add = [](void* out, int, char** values, char**) {
      static_cast<std::vector<std::string>*>(out)->emplace_back(values[0] ? values[0] : "NULL");
      return 0;
    };
    EXPECT_EQ(sqlite3_exec(connection.get(), sql.c_str(), add, &rows, nullptr), SQLITE_OK)
        << sql << ": " << sqlite3_errmsg(connection.get());
    return rows;
  }
  std::vector<std::string> ids() const {
    return query(raw(), "SELECT reference FROM records WHERE kind = 'attempt' ORDER BY seq");
  }

  static Attempt attempt(std::string id, std::int64_t time = 1'763'892'000'000) {
    Attempt made;
    made.time = std::chrono::sys_time<std::chrono::milliseconds>(std::chrono::milliseconds(time));
    made.id = std::move(id);
    made.host = "danger.example";
    made.pseudonym = "P-" + made.id;
    return made;
  }

  std::filesystem::path folder_;
  std::filesystem::path state_;
  std::filesystem::path file_;
};

}  // namespace breakwater::safeguarding
