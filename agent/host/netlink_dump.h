// One question to the kernel over netlink, bounded in bytes and time.
#pragma once

#include "base/digest.h"
#include "base/result.h"

#include <cstdint>
#include <span>

namespace censo::agent {

// See Host::netlink_dump. At most 32 MiB and 5 s (Errc::limit_exceeded, timeout). What changed while it was
// dumped is asked for again; Errc::unavailable after three times.
base::Result<base::Bytes> netlink_dump(int protocol, std::span<const std::uint8_t> request);

}  // namespace censo::agent
