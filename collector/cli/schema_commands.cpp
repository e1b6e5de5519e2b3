#include "base/text.h"
#include "collector/cli/commands.h"

#include <CLI/CLI.hpp>
#include <boost/json.hpp>

#include <algorithm>
#include <utility>

namespace censo::cli {
namespace {

const Columns class_columns{{"class", "/class"},       {"extends", "/extends"},   {"kind", "/kind"},
                            {"abstract", "/abstract"}, {"built in", "/built_in"}, {"label", "/label/en"},
                            {"etiqueta", "/label/es"}};
const Columns relation_columns{{"relation", "/relation"},
                               {"from", "/from"},
                               {"to", "/to"},
                               {"impact", "/impact"},
                               {"cardinality", "/cardinality"},
                               {"built in", "/built_in"},
                               {"label", "/label/en"},
                               {"etiqueta", "/label/es"}};
const Columns attribute_columns{{"attribute", "/name"}, {"type", "/type"},      {"unit", "/unit"},
                                {"values", "/values"},  {"label", "/label/en"}, {"etiqueta", "/label/es"},
                                {"from", "/defined_by"}};

// Classes or relation types.
struct Schema {
  std::string path;  // "/api/v1/classes"
  Columns columns;
};

struct SchemaArguments {
  std::string file, name;
  bool dry_run = false, replace = false;
};
using Arguments = std::shared_ptr<SchemaArguments>;

Query dry_run_query(const SchemaArguments& arguments) {
  return {{"dry_run", arguments.dry_run ? "true" : ""}};
}

void say_dry_run(const SchemaArguments& arguments) {
  if (arguments.dry_run) message("a dry run: it fits, and nothing was changed");
}

// The server names a fault's place in what it was sent ("definition:3", "classes/robot.yaml:3"); people want
// it in their file.
base::Error in_file(base::Error error, const std::string& file, const std::string& name) {
  const auto colon = error.where.rfind(':');
  if (colon == std::string::npos) return error;
  const std::string place = error.where.substr(0, colon);
  if (place == "definition" || place.ends_with("/" + name + ".yaml")) error.where.replace(0, colon, file);
  return error;
}

// The name in "class: robot" or "relation: guards", as far as it is needed to replace it.
std::string name_in(const std::string& yaml) {
  for (const std::string key : {"class:", "relation:"}) {
    const auto at = yaml.rfind(key, 0) == 0 ? 0 : yaml.find("\n" + key);
    if (at == std::string::npos) continue;
    const auto begin = yaml.find_first_not_of(" \t", yaml.find(':', at) + 1);
    if (begin == std::string::npos) continue;
    return yaml.substr(begin, yaml.find_first_of(" \t\r\n#", begin) - begin);
  }
  return {};
}

// JSON cannot carry anything else to the server, which would tell the place.
base::Result<void> check_utf8(const std::string& yaml, const std::string& file) {
  const std::size_t sound = base::valid_utf8_bytes(yaml);
  if (sound == yaml.size()) return {};
  const auto line = 1 + std::count(yaml.begin(), yaml.begin() + static_cast<std::ptrdiff_t>(sound), '\n');
  return base::fail(base::Errc::malformed, "expected UTF-8, found other bytes",
                    file + ":" + std::to_string(line));
}

void add_add(CLI::App& command_tree, const Schema& schema, Session& session) {
  auto arguments = std::make_shared<SchemaArguments>();
  auto* command = command_tree.add_subcommand("add", "Add a definition from a YAML file (docs/classes.md)");
  command->add_option("file", arguments->file, "The file")->required();
  command->add_flag("--replace", arguments->replace, "Instead of what users defined under this name");
  command->add_flag("--dry-run", arguments->dry_run, "Only say whether it fits");
  command->callback([arguments, &session, path = schema.path] {
    session.run([&](ApiClient& client) -> base::Result<void> {
      const auto yaml = read_given_file(arguments->file);
      if (!yaml) return yaml.error();
      if (const auto checked = check_utf8(*yaml, arguments->file); !checked) return checked.error();
      const boost::json::object body{{"yaml", *yaml}};
      const std::string name = name_in(*yaml);
      const auto answer =
          arguments->replace ? client.send("PUT", path + "/" + encoded(name), dry_run_query(*arguments), body)
                             : client.send("POST", path, dry_run_query(*arguments), body);
      if (!answer) return in_file(answer.error(), arguments->file, name);
      print_object(*answer, {{"name", "/name"}}, session.output);
      say_dry_run(*arguments);
      return {};
    });
  });
}

void add_remove(CLI::App& command_tree, const Schema& schema, Session& session) {
  auto arguments = std::make_shared<SchemaArguments>();
  auto* command = command_tree.add_subcommand("remove", "Remove what users defined");
  command->add_option("name", arguments->name, "Its name")->required();
  command->add_flag("--dry-run", arguments->dry_run, "Only say whether anything is in the way");
  command->callback([arguments, &session, path = schema.path] {
    session.run([&](ApiClient& client) -> base::Result<void> {
      const auto answer =
          client.send("DELETE", path + "/" + encoded(arguments->name), dry_run_query(*arguments));
      if (!answer) return answer.error();
      say_dry_run(*arguments);
      return {};
    });
  });
}

void add_show(CLI::App& command_tree, const Schema& schema, Session& session) {
  auto arguments = std::make_shared<SchemaArguments>();
  auto* command = command_tree.add_subcommand("show", "One definition with all it inherits");
  command->add_option("name", arguments->name, "Its name")->required();
  command->callback([arguments, &session, schema] {
    session.run([&](ApiClient& client) -> base::Result<void> {
      const auto answer = client.get(schema.path + "/" + encoded(arguments->name));
      if (!answer) return answer.error();
      print_object(*answer, schema.columns, session.output);
      const auto* attributes = answer->as_object().if_contains("attributes");
      const bool table = session.output.format == Format::table && session.output.field.empty();
      if (table && attributes != nullptr)
        print_section("Attributes", attributes->as_array(), attribute_columns);
      return {};
    });
  });
}

void add_list(CLI::App& command_tree, const Schema& schema, Session& session) {
  auto* command = command_tree.add_subcommand("list", "All of them");
  command->callback([&session, schema] {
    session.run([&](ApiClient& client) -> base::Result<void> {
      const auto answer = client.get(schema.path);
      if (!answer) return answer.error();
      print_list(*answer, schema.columns, session.output);
      return {};
    });
  });
}

void add_all(CLI::App& command_tree, const Schema& schema, Session& session) {
  command_tree.require_subcommand(1);
  add_list(command_tree, schema, session);
  add_show(command_tree, schema, session);
  add_add(command_tree, schema, session);
  add_remove(command_tree, schema, session);
}

}  // namespace

void add_schema_commands(CLI::App& app, Session& session) {
  add_all(*app.add_subcommand("class", "Classes of items and components, and what users add to them"),
          {"/api/v1/classes", class_columns}, session);
  add_all(*app.add_subcommand("relation", "Relation types, and what users add to them"),
          {"/api/v1/relations", relation_columns}, session);
}

}  // namespace censo::cli
