// Files of our own (keys, state, settings): written whole or not at all, read with a bound.
#pragma once

#include "base/result.h"

#include <cstddef>
#include <string>
#include <string_view>

namespace censo::base {

// A regular file's content; a symbolic link as last part is refused. Errc::not_found, permission_denied (also
// when the file is neither ours nor root's, or its group or others may write it), limit_exceeded (more than
// `max_bytes`), io_failed, unsupported (not a regular file).
Result<std::string> read_own_file(const std::string& path, std::size_t max_bytes = 1024 * 1024);

// Written to a new file beside `path`, synced, renamed over it, and the folder synced: after a crash there is
// the old content or the new. `mode` as in chmod. Errc::io_failed, permission_denied.
Result<void> write_own_file(const std::string& path, std::string_view content, unsigned mode = 0600);

// Makes the folder and those of its parents that are missing with `mode`; an existing folder must be ours and
// not writable by its group or others (Errc::permission_denied), and no symbolic link (Errc::unsupported).
// Errc::io_failed.
Result<void> make_private_folder(const std::string& path, unsigned mode = 0700);

}  // namespace censo::base
