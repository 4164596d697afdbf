#include "proxy/admin/control_server.h"

#include <thread>

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include "proxy/admin/control_socket.h"
#include "proxy/admin/request.h"
#include "tests/support/temporary_folder.h"

namespace breakwater::admin {
namespace {

class ControlServerTest : public testing::Test {
 protected:
  ControlServerTest() {
    EXPECT_EQ(server_.listen(folder_.path()), std::nullopt);
    thread_ = std::thread([this] { io_.run(); });
  }
  ~ControlServerTest() override {
    io_.stop();
    thread_.join();
  }

  categories::File connect() const {
    const auto address = control_address(folder_.path());
    sockaddr_un name{};
    name.sun_family = AF_UNIX;
    address->path.copy(std::data(name.sun_path), sizeof name.sun_path - 1);
    categories::File socket{::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)};
    EXPECT_EQ(::connect(socket.get(), reinterpret_cast<const sockaddr*>(&name), sizeof name), 0);
    return socket;
  }
  /// What comes back for these pieces and the end.
  std::string exchange(std::initializer_list<std::string_view> pieces) const {
    const auto socket = connect();
    for (const auto& piece : pieces)
      static_cast<void>(::send(socket.get(), piece.data(), piece.size(), MSG_NOSIGNAL));
    ::shutdown(socket.get(), SHUT_WR);
    std::string answer;
    char buffer[512];
    for (::ssize_t size = 0; (size = ::read(socket.get(), buffer, sizeof buffer)) > 0;)
      answer.append(buffer, static_cast<std::size_t>(size));
    return answer;
  }

  const test::TemporaryFolder folder_;
  net::asio::io_context io_{1};
  ControlServer server_{io_.get_executor(), [](std::string_view line, const Peer& peer) {
                          EXPECT_EQ(peer.uid, ::getuid());
                          EXPECT_EQ(peer.gid, ::getgid());
                          EXPECT_EQ(peer.pid, ::getpid());
                          return '<' + std::string(line) + ">\n";
                        }};
  std::thread thread_;
};

constexpr std::string_view kNoLine = "{\"error\":\"the request has no end, or is larger than 4096 bytes\"}\n";

TEST_F(ControlServerTest, AnswersOneLineHoweverItIsCut) {
  constexpr std::string_view line = "{\"command\":\"pass list\"}\n";
  const std::string expected = "<{\"command\":\"pass list\"}>\n";
  for (std::size_t cut = 0; cut <= line.size(); ++cut)
    EXPECT_EQ(exchange({line.substr(0, cut), line.substr(cut)}), expected) << cut;
  for (std::size_t cut = 0; cut < line.size(); ++cut)
    EXPECT_EQ(exchange({line.substr(0, cut)}), kNoLine) << cut;
  EXPECT_EQ(exchange({line, line}), expected);
  const std::string longest(kMaxRequest - 1, 'x');
  EXPECT_EQ(exchange({longest, "\n"}), '<' + longest + ">\n");
  EXPECT_EQ(exchange({longest, "x\n"}), kNoLine);
  std::string error;
  EXPECT_EQ(ask(folder_.path(), std::string(line), error), "<{\"command\":\"pass list\"}>") << error;
}

TEST_F(ControlServerTest, IsForTheOwnerAndTheGroup) {
  EXPECT_EQ(std::filesystem::status(folder_.path() / "control").permissions(), std::filesystem::perms(0660));
}

TEST_F(ControlServerTest, SilentClientsAreNotInTheWay) {
  std::vector<categories::File> silent;
  for (std::size_t i = 0; i < ControlServer::kMostOpen - 1; ++i)
    silent.push_back(connect());
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_EQ(exchange({"x\n"}), "<x>\n");
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(1));
  silent.push_back(connect());
  silent.push_back(connect());
  EXPECT_EQ(exchange({"x\n"}), "<x>\n");  // when the first of them have had their time
  EXPECT_GE(std::chrono::steady_clock::now() - begin, std::chrono::seconds(1));
}

TEST(ControlSocket, SaysWhereNobodyAnswers) {
  const test::TemporaryFolder folder;
  std::string error;
  EXPECT_EQ(ask(folder.path(), "x\n", error), std::nullopt);
  EXPECT_EQ(error, "no gateway answers at " + (folder.path() / "control").string() + ": No such file or directory");
  EXPECT_EQ(ask(folder.path() / "no", "x\n", error), std::nullopt);
  EXPECT_EQ(error,
            "no gateway answers at " + (folder.path() / "no" / "control").string() + ": No such file or directory");
}

TEST(ControlServer, TakesTheSocketOfAnEndedGatewayAndNothingElse) {
  const test::TemporaryFolder folder;
  const auto answer = [](std::string_view, const Peer&) { return std::string("\n"); };
  for (int i = 0; i < 2; ++i) {
    net::asio::io_context io{1};
    ControlServer server(io.get_executor(), answer);
    EXPECT_EQ(server.listen(folder.path()), std::nullopt);
  }
  std::filesystem::remove(folder.path() / "control");
  folder.write("control", "a file");
  net::asio::io_context io{1};
  ControlServer server(io.get_executor(), answer);
  EXPECT_EQ(server.listen(folder.path()), (folder.path() / "control").string() + ": Address already in use");
}

TEST(ControlServer, AFolderWithALongNameWillDo) {
  const test::TemporaryFolder folder;
  const auto state = folder.path() / std::string(200, 'x');
  std::filesystem::create_directory(state);
  net::asio::io_context io{1};
  ControlServer server(io.get_executor(), [](std::string_view, const Peer&) { return std::string("\n"); });
  EXPECT_EQ(server.listen(state), std::nullopt);
  std::thread thread([&io] { io.run(); });
  std::string error;
  EXPECT_EQ(ask(state, "x\n", error), "");
  io.stop();
  thread.join();
}

}  // namespace
}  // namespace breakwater::admin
