#include "collector/cli/mail_commands.h"

#include "collector/cli/commands.h"

#include <fmt/core.h>
#include <CLI/CLI.hpp>
#include <boost/json.hpp>

#include <chrono>
#include <memory>
#include <string>
#include <thread>
#include <utility>

namespace censo::cli {
namespace {

namespace json = boost::json;

const Columns server_columns{
    {"mail", "/way"},          {"host", "/host"},     {"port", "/port"},
    {"security", "/security"}, {"user", "/user"},     {"password", "/password"},
    {"address", "/address"},   {"folder", "/folder"}, {"tried", "/checked_at", Show::age},
    {"problem", "/problem"}};
const Columns mail_columns{{"id", "/id"},          {"when", "/created_at", Show::age},
                           {"to", "/address"},     {"subject", "/subject"},
                           {"notice", "/notice"},  {"state", "/state"},
                           {"tries", "/tries"},    {"next", "/next_at"},
                           {"problem", "/problem"}};

struct ServerArguments {
  std::string way, host, security = "tls", user, password_file, ca_file, address, name, language = "en",
                         folder = "INBOX";
  int port = 0;
};

base::Result<void> set_server(ApiClient& client, const ServerArguments& arguments, const Session& session) {
  json::object body{{"host", arguments.host},    {"security", arguments.security},
                    {"user", arguments.user},    {"address", arguments.address},
                    {"name", arguments.name},    {"language", arguments.language},
                    {"folder", arguments.folder}};
  if (arguments.port > 0) body["port"] = arguments.port;
  if (!arguments.password_file.empty()) {
    const auto password = read_secret(arguments.password_file);
    if (!password) return password.error();
    body["password"] = *password;
  }
  if (!arguments.ca_file.empty()) {
    const auto ca = read_given_file(arguments.ca_file, 32'000);
    if (!ca) return ca.error();
    body["ca"] = *ca;
  }
  const auto done = client.put("/api/v1/mail-servers/" + arguments.way, body);
  if (!done) return done.error();
  print_object(*done, server_columns, session.output);
  return {};
}

void add_server(CLI::App& mail, Session& session) {
  auto arguments = std::make_shared<ServerArguments>();
  auto* set = mail.add_subcommand("set", "Set the server for mail out (SMTP) or in (IMAP)");
  set->add_option("way", arguments->way, "out or in")->required()->check(CLI::IsMember({"out", "in"}));
  set->add_option("host", arguments->host, "The server")->required();
  set->add_option("--address", arguments->address, "The desk's own address")->required();
  set->add_option("--port", arguments->port, "Unless it is the usual one")->check(CLI::Range(1, 65535));
  set->add_option("--security", arguments->security, "tls, starttls, or none on this machine alone")
      ->check(CLI::IsMember({"tls", "starttls", "none"}))
      ->capture_default_str();
  set->add_option("--user", arguments->user, "Who logs in");
  set->add_option("--password-file", arguments->password_file,
                  "File with the password; - reads standard input");
  set->add_option("--ca", arguments->ca_file, "File with the CA that signed the server's certificate (PEM)");
  set->add_option("--name", arguments->name, "out: shown beside the address");
  set->add_option("--language", arguments->language, "out: en or es")->capture_default_str();
  set->add_option("--folder", arguments->folder, "in: where mail arrives")->capture_default_str();
  set->callback([arguments, &session] {
    session.run([&](ApiClient& client) { return set_server(client, *arguments, session); });
  });
  auto way = std::make_shared<std::string>();
  auto* remove = mail.add_subcommand("unset", "Use no server for mail out or in");
  remove->add_option("way", *way, "out or in")->required();
  remove->callback([way, &session] {
    session.run([&](ApiClient& client) { return client.remove("/api/v1/mail-servers/" + encoded(*way)); });
  });
  mail.add_subcommand("show", "The servers, and how they fare")->callback([&session] {
    session.run([&](ApiClient& client) -> base::Result<void> {
      const auto answer = client.get("/api/v1/mail-servers");
      if (!answer) return answer.error();
      print_list(*answer, server_columns, session.output);
      return {};
    });
  });
}

// Waits until the first try is over, at most a minute.
base::Result<void> test(ApiClient& client, const std::string& address, const Session& session) {
  auto mail = client.post("/api/v1/mail-test", json::object{{"address", address}});
  if (!mail) return mail.error();
  const auto path = "/api/v1/mail/" + encoded(text_at(*mail, "/id"));
  message("waiting for the server ...");
  for (int i = 0; i < 60 && text_at(*mail, "/tries") == "0"; ++i) {
    std::this_thread::sleep_for(std::chrono::seconds(1));
    mail = client.get(path);
    if (!mail) return mail.error();
  }
  print_object(*mail, mail_columns, session.output);
  if (text_at(*mail, "/state") == "sent") return {};
  return base::fail(base::Errc::unavailable, text_at(*mail, "/tries") == "0"
                                                 ? "nobody has tried to send it within a minute"
                                                 : "the mail was not taken: " + text_at(*mail, "/problem"));
}

void add_test(CLI::App& mail, Session& session) {
  auto address = std::make_shared<std::string>();
  auto* command = mail.add_subcommand("test", "Send a mail to this address and say what became of it");
  command->add_option("address", *address, "Yours")->required();
  command->callback([address, &session] {
    session.run([&](ApiClient& client) { return test(client, *address, session); });
  });
}

struct QueueArguments {
  std::string state;
  ListSettings settings;
};

void add_queue(CLI::App& mail, Session& session) {
  auto arguments = std::make_shared<QueueArguments>();
  auto* list = mail.add_subcommand("list", "Mail on its way out, newest first");
  list->add_option("--state", arguments->state, "waiting, sent or failed");
  add_list_options(*list, arguments->settings);
  list->callback([arguments, &session] {
    session.run([&](ApiClient& client) -> base::Result<void> {
      const auto answer =
          fetch_list(client, "/api/v1/mail", {{"state", arguments->state}}, arguments->settings);
      if (!answer) return answer.error();
      print_list(*answer, mail_columns, session.output);
      return {};
    });
  });
  auto id = std::make_shared<std::string>();
  auto* retry = mail.add_subcommand("retry", "Try a mail again at once");
  retry->add_option("id", *id, "Its id")->required();
  retry->callback([id, &session] {
    session.run([&](ApiClient& client) -> base::Result<void> {
      const auto done = client.post("/api/v1/mail/" + encoded(*id) + "/retry", json::object{});
      if (!done) return done.error();
      return {};
    });
  });
}

struct AddressArguments {
  std::string person, address;
};

void add_addresses(CLI::App& mail, Session& session) {
  auto arguments = std::make_shared<AddressArguments>();
  auto* addresses = mail.add_subcommand("address", "Where people are written to, by their tokens' names");
  addresses->require_subcommand(1);
  addresses->add_subcommand("list", "Those that were set")->callback([&session] {
    session.run([&](ApiClient& client) -> base::Result<void> {
      const auto answer = client.get("/api/v1/mail-addresses");
      if (!answer) return answer.error();
      print_list(*answer, {{"person", "/person"}, {"address", "/address"}}, session.output);
      return {};
    });
  });
  auto* set = addresses->add_subcommand("set", "Set one");
  set->add_option("person", arguments->person, "A token's name")->required();
  set->add_option("address", arguments->address, "ana@example.org")->required();
  set->callback([arguments, &session] {
    session.run([&](ApiClient& client) -> base::Result<void> {
      const auto done = client.put("/api/v1/mail-addresses/" + encoded(arguments->person),
                                   json::object{{"address", arguments->address}});
      if (!done) return done.error();
      return {};
    });
  });
  auto* remove = addresses->add_subcommand("rm", "Forget one");
  remove->add_option("person", arguments->person, "A token's name")->required();
  remove->callback([arguments, &session] {
    session.run([&](ApiClient& client) {
      return client.remove("/api/v1/mail-addresses/" + encoded(arguments->person));
    });
  });
}

}  // namespace

void add_mail_commands(CLI::App& app, Session& session) {
  auto* mail = app.add_subcommand("mail", "Mail of the desk: servers, addresses, what is on its way");
  mail->require_subcommand(1);
  add_server(*mail, session);
  add_test(*mail, session);
  add_queue(*mail, session);
  add_addresses(*mail, session);
  add_mail_in_commands(*mail, session);
}

}  // namespace censo::cli
