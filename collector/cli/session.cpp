#include "collector/cli/commands.h"

#include "base/text.h"

#include <CLI/CLI.hpp>
#include <boost/json.hpp>

#include <algorithm>
#include <fstream>
#include <iostream>

namespace censo::cli {

void Session::run(const std::function<base::Result<void>(ApiClient&)>& action) {
  if (!client) {
    const auto context = load_context();
    if (!context) {
      exit_status = report_error(context.error());
      return;
    }
    client = std::make_unique<ApiClient>(*context);
  }
  if (auto done = action(*client); !done) exit_status = report_error(done.error());
}

void add_list_options(CLI::App& command, ListSettings& settings) {
  command.add_option("--limit", settings.limit, "At most this many rows")
      ->check(CLI::Range(1, 1'000'000))
      ->capture_default_str();
  command.add_option("--after", settings.after, "Go on after this cursor of an earlier answer");
}

base::Result<boost::json::value> fetch_list(ApiClient& client, const std::string& path, Query query,
                                            const ListSettings& settings) {
  boost::json::array items;
  std::string after = settings.after;
  do {
    Query page = query;
    page.emplace_back("limit", std::to_string(std::min<std::size_t>(1000, settings.limit - items.size())));
    page.emplace_back("after", after);
    auto answer = client.get(path, page);
    if (!answer) return answer.error();
    auto* object = answer->if_object();
    auto* rows = object == nullptr ? nullptr : object->if_contains("items");
    if (rows == nullptr || !rows->is_array())
      return base::fail(base::Errc::malformed, "expected a list", path);
    for (auto& row : rows->get_array()) items.push_back(std::move(row));
    after = text_at(*answer, "/next");
  } while (!after.empty() && items.size() < settings.limit);
  boost::json::object whole{{"items", std::move(items)}};
  if (!after.empty()) whole["next"] = after;
  return boost::json::value(std::move(whole));
}

base::Result<std::string> read_given_file(const std::string& file, std::size_t most_bytes) {
  std::ifstream in(file);
  std::string text(most_bytes + 1, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(in.gcount()));
  if (text.empty() && !in.eof())
    return base::fail(base::Errc::invalid_argument, "the file cannot be read", file);
  if (text.size() > most_bytes) {
    return base::fail(base::Errc::invalid_argument,
                      "expected at most " + std::to_string(most_bytes / 1024) + " KiB", file);
  }
  return text;
}

base::Result<std::string> read_secret(const std::string& file) {
  std::string line;
  if (file == "-") {
    std::getline(std::cin, line);
  } else {
    const auto content = read_given_file(file);
    if (!content) return content.error();
    line = content->substr(0, content->find('\n'));
  }
  const std::string text(base::trim(line));
  if (text.empty())
    return base::fail(base::Errc::invalid_argument, "expected a secret in the first line", file);
  return text;
}

}  // namespace censo::cli
