// Files of tickets.
#include "collector/cli/commands.h"
#include "collector/cli/ticket_acts.h"
#include "collector/cli/ticket_show.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <unistd.h>
#include <CLI/CLI.hpp>
#include <boost/json.hpp>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>
#include <string>
#include <utility>

namespace censo::cli {
namespace {

namespace json = boost::json;
using base::Errc;

constexpr std::size_t largest_file = 64 * 1024 * 1024;

const Columns columns{{"id", "/id"},     {"when", "/at", Show::age}, {"who", "/author"}, {"kind", "/kind"},
                      {"name", "/name"}, {"type", "/type"},          {"bytes", "/bytes"}};

std::string attachments_path(const std::string& number) {
  return ticket_path(number) + "/attachments";
}

std::string last_part(const std::string& path) {
  const auto slash = path.find_last_of('/');
  return slash == std::string::npos ? path : path.substr(slash + 1);
}

struct AttachArguments {
  std::string number, file, name;
  bool internal = false;
};

base::Result<void> attach(ApiClient& client, const AttachArguments& arguments, const Session& session) {
  auto content = read_given_file(arguments.file, largest_file);
  if (!content) return content.error();
  const auto name = arguments.name.empty() ? last_part(arguments.file) : arguments.name;
  const auto attached =
      client.post_text(attachments_path(arguments.number),
                       {{"name", name}, {"kind", arguments.internal ? "internal" : "public"}},
                       std::move(*content), "application/octet-stream");
  if (!attached) return attached.error();
  if (text_at(*attached, "/name") != name) message("kept as \"" + text_at(*attached, "/name") + "\"");
  print_object(*attached, columns, session.output);
  return {};
}

void add_attach(CLI::App& ticket, Session& session) {
  auto arguments = std::make_shared<AttachArguments>();
  auto* command = ticket.add_subcommand("attach", "Attach a file to a ticket");
  command->add_option("number", arguments->number, "INC-17")->required();
  command->add_option("file", arguments->file, "The file")->required();
  command->add_option("--name", arguments->name, "Another name than the file's");
  command->add_flag("--internal", arguments->internal, "Not for the requester");
  command->callback([arguments, &session] {
    session.run([&](ApiClient& client) { return attach(client, *arguments, session); });
  });
}

struct FileArguments {
  std::string number, which, to;
};

// By its id, or by a name that one alone has.
base::Result<json::object> find_attachment(ApiClient& client, const FileArguments& arguments) {
  const auto answer = client.get(attachments_path(arguments.number));
  if (!answer) return answer.error();
  const json::value* found = nullptr;
  for (const auto& one : answer->at("items").as_array()) {
    if (text_at(one, "/id") == arguments.which) return one.as_object();
    if (text_at(one, "/name") != arguments.which) continue;
    if (found) return base::fail(Errc::conflict, "several attachments have this name: name one by its id");
    found = &one;
  }
  if (found) return found->as_object();
  return base::fail(Errc::not_found, arguments.number + " has no attachment \"" + arguments.which + "\"");
}

base::Result<void> write_all(int file, std::string_view content, const std::string& path) {
  while (!content.empty()) {
    const auto written = ::write(file, content.data(), content.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return base::fail(Errc::io_failed, path + ": " + std::strerror(errno));
    content.remove_prefix(static_cast<std::size_t>(written));
  }
  return {};
}

// Never over a file that is there.
base::Result<void> save(const std::string& path, const std::string& content) {
  if (path == "-") return write_all(STDOUT_FILENO, content, "standard output");
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (file < 0) return base::fail(Errc::invalid_argument, path + ": " + std::strerror(errno));
  const auto written = write_all(file, content, path);
  if (::close(file) != 0 && written) return base::fail(Errc::io_failed, path + ": " + std::strerror(errno));
  return written;
}

base::Result<void> download(ApiClient& client, const FileArguments& arguments) {
  const auto found = find_attachment(client, arguments);
  if (!found) return found.error();
  const auto content =
      client.get_bytes(attachments_path(arguments.number) + "/" + encoded(text_at(*found, "/id")));
  if (!content) return content.error();
  const auto path = arguments.to.empty() ? last_part(text_at(*found, "/name")) : arguments.to;
  if (const auto saved = save(path, *content); !saved) return saved;
  if (path != "-") message("saved as " + printable(path));
  return {};
}

void add_which(CLI::App& command, const std::shared_ptr<FileArguments>& arguments) {
  command.add_option("number", arguments->number, "INC-17")->required();
  command.add_option("attachment", arguments->which, "Its id or name")->required();
}

}  // namespace

void add_ticket_attachment_commands(CLI::App& ticket, Session& session) {
  add_attach(ticket, session);
  auto arguments = std::make_shared<FileArguments>();
  auto* list = ticket.add_subcommand("attachments", "What is attached to a ticket");
  list->add_option("number", arguments->number, "INC-17")->required();
  list->callback([arguments, &session] {
    session.run([&](ApiClient& client) -> base::Result<void> {
      const auto answer = client.get(attachments_path(arguments->number));
      if (!answer) return answer.error();
      print_list(*answer, columns, session.output);
      return {};
    });
  });
  auto* get = ticket.add_subcommand("download", "Save an attachment as a file");
  add_which(*get, arguments);
  get->add_option("--to", arguments->to, "Path of the file, which must not be there; - for standard output");
  get->callback([arguments, &session] {
    session.run([&](ApiClient& client) { return download(client, *arguments); });
  });
  auto* remove = ticket.add_subcommand("detach", "Take an attachment away, for good");
  add_which(*remove, arguments);
  remove->callback([arguments, &session] {
    session.run([&](ApiClient& client) -> base::Result<void> {
      const auto found = find_attachment(client, *arguments);
      if (!found) return found.error();
      return client.remove(attachments_path(arguments->number) + "/" + encoded(text_at(*found, "/id")));
    });
  });
}

}  // namespace censo::cli
