#pragma once

#include <boost/system/result.hpp>

namespace breakwater {

/// A value or the small enum that says why there is none. Test it before use: nothing here throws.
template <class T, class E>
using Result = boost::system::result<T, E>;

}  // namespace breakwater
