#include <gmock/gmock.h>

#include "proxy/safeguarding/central_options.h"
#include "proxy/safeguarding/postgres_text.h"

namespace breakwater::safeguarding {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(CentralOptionsTest, ADatabaseIsLocalOrVerified) {
  for (const char* good :
       {"host=/var/run/postgresql dbname=breakwater", "host=@abstract", "host=localhost user=site1",
        "hostaddr=127.0.0.9", "host=::1", "postgresql://site1@localhost:5433/breakwater", "host=db.test hostaddr=::1",
        "host=db.test sslmode=verify-full", "host=db.test hostaddr=10.0.0.9 sslmode=verify-full",
        "postgresql://site1@db.test/breakwater?sslmode=verify-full&sslrootcert=/etc/ssl/centre.pem"})
    EXPECT_EQ(check_database(good), "") << good;
}

TEST(CentralOptionsTest, AnythingWeakerIsRefusedWithTheWayToMendIt) {
  const struct {
    const char* database;
    const char* wrong;
  } cases[] = {
      {"", "is no connection string"},
      {"breakwater", "is no connection string"},
      {"hots=db.test", "is no connection string"},
      {"host=db.test sslmode", "is no connection string"},
      {"postgresql://db.test/x?unheard=of", "is no connection string"},
      {"dbname=breakwater", "names no host; a Unix socket is host=/var/run/postgresql"},
      {"host=/run password=Secret", "store.password_file"},
      {"postgresql://site1:Secret@localhost/x", "store.password_file"},
      {"service=centre", "names a service"},
      {"host=localhost,db.test sslmode=verify-full", "names several hosts"},
      {"host=db.test", "needs sslmode=verify-full"},
      {"host=db.test sslmode=require", "needs sslmode=verify-full"},
      {"host=db.test sslmode=verify-ca", "needs sslmode=verify-full"},
      {"host=localhost hostaddr=10.0.0.9", "needs sslmode=verify-full"},
      {"host=localhost.example.org", "needs sslmode=verify-full"},
      {"host=128.0.0.1", "needs sslmode=verify-full"},
      {"host=127.1", "needs sslmode=verify-full"},
  };
  for (const auto& [database, wrong] : cases) {
    EXPECT_THAT(check_database(database), HasSubstr(wrong)) << database;
    EXPECT_THAT(check_database(database), Not(HasSubstr("Secret"))) << database;
  }
}

TEST(PostgresTextTest, MessagesAreShortAndPrintable) {
  using postgres::clean_message;
  EXPECT_EQ(clean_message("connection to server at \"10.0.0.9\", port 5432 failed: FATAL:  no such user\nDETAIL: x\n"),
            "no such user");
  EXPECT_EQ(clean_message("connection to server on socket \"/run/x\" failed: Connection refused\n\tIs it up?\n"),
            "Connection refused");
  EXPECT_EQ(clean_message("division by zero: it failed: twice"), "division by zero: it failed: twice");
  EXPECT_EQ(clean_message("caf\xc3\xa9\x1b[2J"), "caf???[2J");
  EXPECT_EQ(clean_message(std::string(5000, 'x')).size(), 200U);
  EXPECT_EQ(clean_message(""), "the connection is lost");
}

}  // namespace
}  // namespace breakwater::safeguarding
