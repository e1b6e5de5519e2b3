// `censo import`: rows of an asset register.
#include "collector/cli/commands.h"
#include "collector/cli/register_pieces.h"

#include <CLI/CLI.hpp>
#include <boost/json.hpp>

#include <filesystem>
#include <utility>

namespace censo::cli {
namespace {

namespace json = boost::json;

constexpr std::size_t most_bytes = std::size_t{64} * 1024 * 1024;

struct ImportArguments {
  std::string file, source, class_name;
  bool dry_run = false;
};

// The answers for all pieces as one.
class WholeAnswer {
 public:
  void add(const json::value& answer) {
    for (const auto& [outcome, count] : answer.at("counts").as_object()) {
      auto& sum = counts_[outcome];
      sum = (sum.is_int64() ? sum.as_int64() : 0) + count.as_int64();
    }
    for (const auto& row : answer.at("items").as_array()) items_.push_back(row);
    for (const auto& fault : answer.at("errors").as_array()) errors_.push_back(fault);
  }
  json::object take(bool dry_run) && {
    return {{"counts", std::move(counts_)},
            {"items", std::move(items_)},
            {"errors", std::move(errors_)},
            {"dry_run", dry_run}};
  }

 private:
  json::object counts_;
  json::array items_, errors_;
};

base::Result<json::object> send_pieces(ApiClient& client, const ImportArguments& arguments,
                                       const std::vector<RegisterPiece>& pieces, bool dry_run) {
  WholeAnswer whole;
  ProgressLine progress;
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    const auto answer = client.post_text("/api/v1/imports/register",
                                         {{"source", arguments.source},
                                          {"class", arguments.class_name},
                                          {"line", std::to_string(pieces[i].line)},
                                          {"dry_run", dry_run ? "true" : ""}},
                                         pieces[i].csv, "text/csv");
    if (!answer) return answer.error();
    whole.add(*answer);
    if (pieces.size() > 1) {
      progress.show((dry_run ? "tried " : "imported ") + std::to_string(i + 1) + " of " +
                    std::to_string(pieces.size()) + " parts");
    }
  }
  return std::move(whole).take(dry_run);
}

void print_outcomes(const json::object& answer, const Session& session) {
  if (session.output.format != Format::table || !session.output.field.empty()) {
    return print_list(
        answer,
        {{"line", "/line"}, {"outcome", "/outcome"}, {"item", "/ci/name"}, {"id", "/ci/id"}, {"why", "/why"}},
        session.output);
  }
  json::array rows, changes;
  for (const auto& row : answer.at("items").as_array()) {
    if (text_at(row, "/outcome") != "unchanged") rows.push_back(row);
    const auto* changed = row.as_object().if_contains("changes");
    if (!changed) continue;
    for (auto change : changed->as_array()) {
      change.as_object()["line"] = row.at("line");
      change.as_object()["item"] = row.at("ci").is_object() ? row.at("ci").at("name") : json::value("");
      changes.push_back(std::move(change));
    }
  }
  print_section("Rows", rows,
                {{"line", "/line"},
                 {"outcome", "/outcome"},
                 {"item", "/ci/name"},
                 {"class", "/ci/class"},
                 {"id", "/ci/id"},
                 {"why", "/why"}});
  print_section("Changes", changes,
                {{"line", "/line"},
                 {"item", "/item"},
                 {"what", "/what"},
                 {"subject", "/subject"},
                 {"old", "/old"},
                 {"new", "/new"}});
  std::string counts;
  for (const auto& [outcome, count] : answer.at("counts").as_object())
    counts += (counts.empty() ? "" : ", ") + std::to_string(count.as_int64()) + " " + std::string(outcome);
  message(counts.empty() ? "no rows" : counts);
}

base::Error refused(const json::array& errors, const std::string& file) {
  print_section("Faults", errors, {{"line", "/line"}, {"column", "/column"}, {"fault", "/message"}});
  return base::fail(base::Errc::malformed, "nothing was imported: correct these rows first", file);
}

// All rows are tried before the first is written.
base::Result<void> import_file(ApiClient& client, ImportArguments arguments, const Session& session) {
  const auto text = read_given_file(arguments.file, most_bytes);
  if (!text) return text.error();
  if (arguments.source.empty()) arguments.source = std::filesystem::path(arguments.file).stem().string();
  const auto pieces = register_pieces(*text);
  if (!pieces) {
    return base::fail(pieces.error().code, pieces.error().message,
                      arguments.file + ", " + pieces.error().where);
  }
  auto answer = send_pieces(client, arguments, *pieces, true);
  if (!answer) return answer.error();
  const bool is_good = answer->at("errors").as_array().empty();
  if (is_good && !arguments.dry_run) answer = send_pieces(client, arguments, *pieces, false);
  if (!answer) return answer.error();
  if (is_good || arguments.dry_run) print_outcomes(*answer, session);
  if (!is_good) return refused(answer->at("errors").as_array(), arguments.file);
  if (arguments.dry_run) message("nothing was written");
  return {};
}

}  // namespace

void add_import_commands(CLI::App& app, Session& session) {
  auto arguments = std::make_shared<ImportArguments>();
  auto* command = app.add_subcommand("import", "Import rows of an asset register (docs/import.md)");
  command->add_option("file", arguments->file, "CSV in UTF-8 whose first line names the columns")->required();
  command->add_option("--source", arguments->source,
                      "The register's name (the file's): its rows replace its earlier ones");
  command->add_option("--class", arguments->class_name, "Of rows without a class of their own");
  command->add_flag("--dry-run", arguments->dry_run, "Only say what would be created, changed and linked");
  command->callback([arguments, &session] {
    session.run([&](ApiClient& client) { return import_file(client, *arguments, session); });
  });
}

}  // namespace censo::cli
