#include "collector/cli/commands.h"

#include <CLI/CLI.hpp>
#include <boost/json.hpp>

namespace censo::cli {
namespace {

struct SetArguments {
  std::string name, community_file, user, auth, auth_file, privacy, privacy_file, context;
  bool v1 = false, v3 = false;
};

// Adds the first line of the file as `member`; no file, no member.
base::Result<void> add_secret(boost::json::object& body, std::string_view member, const std::string& file) {
  if (file.empty()) return {};
  auto secret = read_secret(file);
  if (!secret) return secret.error();
  body[member] = *secret;
  return {};
}

base::Result<void> set_credential(ApiClient& client, const SetArguments& arguments) {
  boost::json::object body{{"version", arguments.v3 ? "v3" : arguments.v1 ? "v1" : "v2c"}};
  if (auto added = add_secret(body, "community", arguments.community_file); !added) return added.error();
  if (auto added = add_secret(body, "auth_passphrase", arguments.auth_file); !added) return added.error();
  if (auto added = add_secret(body, "privacy_passphrase", arguments.privacy_file); !added)
    return added.error();
  for (const auto& [member, value] : {std::pair{"user", arguments.user},
                                      {"auth", arguments.auth},
                                      {"privacy", arguments.privacy},
                                      {"context", arguments.context}})
    if (!value.empty()) body[member] = value;
  const auto done = client.put("/api/v1/snmp-credentials/" + encoded(arguments.name), body);
  if (!done) return done.error();
  return {};
}

}  // namespace

void add_credential_commands(CLI::App& scan, Session& session) {
  auto* credential = scan.add_subcommand("credential", "SNMP credentials; secrets are written, never shown");
  credential->require_subcommand(1);

  auto arguments = std::make_shared<SetArguments>();
  auto* set = credential->add_subcommand("set", "Add or replace a credential");
  set->add_option("name", arguments->name, "What scans call it")->required();
  auto* v3 = set->add_flag("--v3", arguments->v3, "SNMPv3; otherwise v2c");
  set->add_flag("--v1", arguments->v1, "SNMPv1, for old printers and UPSes that know no other")->excludes(v3);
  set->add_option("--community-file", arguments->community_file,
                  "v1, v2c: file with the community; - reads standard input");
  set->add_option("--user", arguments->user, "v3: user name");
  set->add_option("--auth", arguments->auth, "v3: md5, sha1, sha224, sha256, sha384 or sha512");
  set->add_option("--auth-passphrase-file", arguments->auth_file, "v3: file with the passphrase");
  set->add_option("--privacy", arguments->privacy, "v3: des, aes128, aes192 or aes256");
  set->add_option("--privacy-passphrase-file", arguments->privacy_file, "v3: file with the passphrase");
  set->add_option("--context", arguments->context, "v3: context name");
  set->callback([arguments, &session] {
    session.run([&](ApiClient& client) { return set_credential(client, *arguments); });
  });

  credential->add_subcommand("list", "Names, versions and users")->callback([&session] {
    session.run([&](ApiClient& client) -> base::Result<void> {
      const auto answer = client.get("/api/v1/snmp-credentials");
      if (!answer) return answer.error();
      print_list(*answer,
                 {{"name", "/name"},
                  {"version", "/version"},
                  {"user", "/user"},
                  {"updated", "/updated_at", Show::age}},
                 session.output);
      return {};
    });
  });

  auto name = std::make_shared<std::string>();
  auto* remove = credential->add_subcommand("rm", "Forget a credential");
  remove->add_option("name", *name, "Its name")->required();
  remove->callback([name, &session] {
    session.run(
        [&](ApiClient& client) { return client.remove("/api/v1/snmp-credentials/" + encoded(*name)); });
  });
}

}  // namespace censo::cli
