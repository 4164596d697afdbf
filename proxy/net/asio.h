#pragma once

// The one place that includes Asio, so that it can be compiled once (asio.cpp) and precompiled.

#include <chrono>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <boost/asio/posix/basic_stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>

#include "categories/ip_address.h"

namespace breakwater::net {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

/// Everything in a worker runs on one io_context of one thread; naming its executor spares the type-erased one.
using Executor = asio::io_context::executor_type;
template <class T = void>
using Task = asio::awaitable<T, Executor>;
using Socket = asio::basic_stream_socket<tcp, Executor>;
using Acceptor = asio::basic_socket_acceptor<tcp, Executor>;
using Descriptor = asio::posix::basic_stream_descriptor<Executor>;
using Timer =
    asio::basic_waitable_timer<std::chrono::steady_clock, asio::wait_traits<std::chrono::steady_clock>, Executor>;

/// Completion token of every operation: errors are values.
inline constexpr asio::as_tuple_t<asio::use_awaitable_t<Executor>> use_task{};

/// IPv4-mapped IPv6 and plain IPv4 give the same IpAddress.
categories::IpAddress to_ip_address(const asio::ip::address& address);
asio::ip::address to_asio(const categories::IpAddress& address);

}  // namespace breakwater::net
