// Reads a folder on a server (IMAP4rev1, RFC 3501) through libcurl. Mails get \Seen and stay.
#pragma once

#include "base/clock.h"
#include "collector/mail/curl_connection.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace censo::collector::mail {

struct FolderStatus {
  std::int64_t validity = 0;  // UIDVALIDITY
  std::int64_t next_uid = 0;  // UIDNEXT: above that of every mail in it
};
base::Result<FolderStatus> folder_status(CurlConnection& connection, const std::string& folder);

// Of mails above this one, ascending, at most `limit`.
base::Result<std::vector<std::int64_t>> uids_after(CurlConnection& connection, const std::string& folder,
                                                   std::int64_t uid, std::size_t limit);

// Of the first mail that arrived on this day (UTC) or later; 0: none did.
base::Result<std::int64_t> first_uid_since(CurlConnection& connection, const std::string& folder,
                                           base::TimeMs since);

// The whole mail. Errc::limit_exceeded: it has more than `max_bytes`; Errc::not_found: it is gone.
base::Result<std::string> fetch_message(CurlConnection& connection, const std::string& folder,
                                        std::int64_t uid, std::size_t max_bytes);

// Parts of answers, as the server sends them; nothing: not there.
std::int64_t number_after(std::string_view answer, std::string_view word);  // 0: none
std::vector<std::int64_t> numbers_of_search(std::string_view answer);
// "21-Sep-2026", in UTC.
std::string imap_date(base::TimeMs time);

}  // namespace censo::collector::mail
