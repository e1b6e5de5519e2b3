#include "collector/cli/commands.h"

#include <fmt/core.h>
#include <CLI/CLI.hpp>
#include <boost/json.hpp>

namespace censo::cli {
namespace {

struct Login {
  std::string url, token_file, ca_file, fingerprint;
};

base::Result<Context> context_of(const Login& login) {
  Context context;
  context.url = login.url;
  while (!context.url.empty() && context.url.back() == '/') context.url.pop_back();
  auto token = read_secret(login.token_file);
  if (!token) return token.error();
  context.token = std::move(*token);
  if (!login.fingerprint.empty()) {
    auto ca = fetch_ca(context.url, login.fingerprint);
    if (!ca) return ca.error();
    context.ca = std::move(*ca);
  } else if (!login.ca_file.empty()) {
    auto ca = read_given_file(login.ca_file);
    if (!ca) return ca.error();
    context.ca = std::move(*ca);
  }
  return context;
}

base::Result<void> log_in(const Login& login) {
  const auto context = context_of(login);
  if (!context) return context.error();
  ApiClient client(*context);
  const auto who = client.get("/api/v1/whoami");
  if (!who) return who.error();
  if (auto saved = save_context(*context); !saved) return saved.error();
  message(fmt::format("Logged in to {} as {} ({})", context->url, printable(text_at(*who, "/name")),
                      text_at(*who, "/role")));
  return {};
}

base::Result<void> show_status(ApiClient& client, Session& session) {
  const auto who = client.get("/api/v1/whoami");
  if (!who) return who.error();
  auto status = client.get("/api/v1/status");
  if (!status) return status.error();
  if (auto* object = status->if_object()) (*object)["you"] = *who;
  print_object(*status,
               {{"you", "/you/name"},
                {"role", "/you/role"},
                {"token expires", "/you/expires_at"},
                {"collector", "/version"},
                {"database", "/database"},
                {"configuration items", "/cis"},
                {"agents", "/agents"},
                {"tickets", "/tickets"},
                {"scan jobs", "/scan_jobs"}},
               session.output);
  return {};
}

}  // namespace

void add_login_commands(CLI::App& app, Session& session) {
  auto login = std::make_shared<Login>();
  auto* command = app.add_subcommand("login", "Choose the collector to talk to, and check the token");
  command->add_option("url", login->url, "https://HOST:8443")->required();
  command->add_option("--token-file", login->token_file, "File with the API token; - reads standard input")
      ->default_val("-");
  auto* ca = command->add_option("--ca", login->ca_file, "File with the collector's CA certificate");
  command
      ->add_option("--ca-fingerprint", login->fingerprint,
                   "SHA-256 of the CA's key, as the collector prints it")
      ->excludes(ca);
  command->callback([login, &session] {
    if (auto done = log_in(*login); !done) session.exit_status = report_error(done.error());
  });

  app.add_subcommand("logout", "Forget the collector and the token")->callback([&session] {
    if (auto done = forget_context(); !done) session.exit_status = report_error(done.error());
  });
  app.add_subcommand("status", "The collector's state, and who you are to it")->callback([&session] {
    session.run([&](ApiClient& client) { return show_status(client, session); });
  });
}

}  // namespace censo::cli
