#include "collector/mail/imap.h"

#include "base/text.h"

#include <algorithm>
#include <array>
#include <utility>

namespace censo::collector::mail {
namespace {

constexpr long command_limit_s = 60, fetch_limit_s = 300;
constexpr std::size_t longest_answer = 1024 * 1024;

struct Taken {
  std::string text;
  std::size_t max_bytes = 0;
  bool too_long = false;
};

std::size_t take(char* data, std::size_t size, std::size_t count, void* target) {
  auto& taken = *static_cast<Taken*>(target);
  const auto bytes = size * count;
  if (taken.text.size() + bytes > taken.max_bytes) {
    taken.too_long = true;
    return 0;
  }
  taken.text.append(data, bytes);
  return bytes;
}

base::Result<std::string> ask(CurlConnection& connection, const std::string& path,
                              const std::string& command) {
  connection.begin(path, command_limit_s);
  Taken taken{{}, longest_answer, false};
  curl_easy_setopt(connection.handle(), CURLOPT_CUSTOMREQUEST, command.c_str());
  curl_easy_setopt(connection.handle(), CURLOPT_WRITEFUNCTION, take);
  curl_easy_setopt(connection.handle(), CURLOPT_WRITEDATA, &taken);
  if (const auto done = connection.run(); !done) return done.error();
  return std::move(taken.text);
}

}  // namespace

std::int64_t number_after(std::string_view answer, std::string_view word) {
  const auto at = base::to_upper(answer).find(std::string(word) + " ");
  if (at == std::string::npos) return 0;
  auto rest = answer.substr(at + word.size() + 1);
  rest = rest.substr(0, rest.find_first_not_of("0123456789"));
  const auto number = base::parse_integer(rest);
  return number && *number <= 0xFFFFFFFF ? *number : 0;
}

std::vector<std::int64_t> numbers_of_search(std::string_view answer) {
  std::vector<std::int64_t> numbers;
  for (const auto line : base::split(answer, '\n')) {
    const auto words = base::split_words(line);
    if (words.size() < 2 || words[0] != "*" || !base::equal_ignoring_case(words[1], "SEARCH")) continue;
    for (std::size_t i = 2; i < words.size(); ++i)
      if (const auto number = base::parse_integer(words[i]); number && *number > 0 && *number <= 0xFFFFFFFF)
        numbers.push_back(*number);
  }
  std::ranges::sort(numbers);
  return numbers;
}

base::Result<FolderStatus> folder_status(CurlConnection& connection, const std::string& folder) {
  const auto answer = ask(connection, "", "STATUS \"" + folder + "\" (UIDVALIDITY UIDNEXT)");
  if (!answer) return answer.error();
  const FolderStatus status{number_after(*answer, "UIDVALIDITY"), number_after(*answer, "UIDNEXT")};
  if (status.validity > 0 && status.next_uid > 0) return status;
  return base::fail(base::Errc::unavailable,
                    "the server does not say UIDVALIDITY and UIDNEXT of the folder " + folder);
}

base::Result<std::vector<std::int64_t>> uids_after(CurlConnection& connection, const std::string& folder,
                                                   std::int64_t uid, std::size_t limit) {
  const auto answer =
      ask(connection, base::percent_encoded(folder), "UID SEARCH UID " + std::to_string(uid + 1) + ":*");
  if (!answer) return answer.error();
  auto numbers = numbers_of_search(*answer);
  std::erase_if(numbers, [&](std::int64_t number) { return number <= uid; });  // "*" is at least the last
  if (numbers.size() > limit) numbers.resize(limit);
  return numbers;
}

std::string imap_date(base::TimeMs time) {
  constexpr std::array<std::string_view, 12> months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                    "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto iso = base::to_iso8601(time);  // 2026-09-21T...
  const auto month = base::parse_integer(iso.substr(5, 2)).value_or(1);
  return iso.substr(8, 2) + "-" + std::string(months[static_cast<std::size_t>(month - 1)]) + "-" +
         iso.substr(0, 4);
}

base::Result<std::int64_t> first_uid_since(CurlConnection& connection, const std::string& folder,
                                           base::TimeMs since) {
  const auto answer = ask(connection, base::percent_encoded(folder), "UID SEARCH SINCE " + imap_date(since));
  if (!answer) return answer.error();
  const auto numbers = numbers_of_search(*answer);
  return numbers.empty() ? 0 : numbers.front();
}

base::Result<std::string> fetch_message(CurlConnection& connection, const std::string& folder,
                                        std::int64_t uid, std::size_t max_bytes) {
  connection.begin(base::percent_encoded(folder) + "/;UID=" + std::to_string(uid), fetch_limit_s);
  Taken taken{{}, max_bytes, false};
  curl_easy_setopt(connection.handle(), CURLOPT_WRITEFUNCTION, take);
  curl_easy_setopt(connection.handle(), CURLOPT_WRITEDATA, &taken);
  const auto done = connection.run();
  if (taken.too_long)
    return base::fail(base::Errc::limit_exceeded,
                      "a mail has more than " + std::to_string(max_bytes) + " bytes");
  if (!done) return done.error();
  if (taken.text.empty()) return base::fail(base::Errc::not_found, "a mail is gone");
  return std::move(taken.text);
}

}  // namespace censo::collector::mail
