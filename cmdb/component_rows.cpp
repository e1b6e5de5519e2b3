#include "cmdb/component_rows.h"

#include "cmdb/search.h"
#include "cmdb/search_row.h"
#include "cmdb/stored_json.h"
#include "cmdb/version.h"

#include <limits>

namespace censo::cmdb {
namespace {

constexpr std::size_t all_rows = std::numeric_limits<std::int32_t>::max();

std::string text_in(const std::string& json, std::string_view name) {
  const auto value = value_in_json(json, name);
  const auto* text = value ? std::get_if<std::string>(&*value) : nullptr;
  return text ? *text : "";
}

PackageRow package_from(const store::Row& row) {
  const std::string& json = row.text(1);
  return {row.integer(0), text_in(json, "name"), text_in(json, "version"), text_in(json, "manager"),
          text_in(json, "architecture")};
}

template <class Fits>
RowIds rows_of_class(store::Transaction& tx, const std::string& class_name, const Fits& fits) {
  RowIds ids;
  tx.each(
      "select id, attributes from component_row where class = $1",
      [&](store::Row&& row) {
        if (fits(row.text(1))) ids.push_back(row.integer(0));
        return true;
      },
      class_name);
  return ids;
}

RowIds software_rows(store::Transaction& tx, const BoundTerm& term) {
  std::vector<PackageRow> packages;
  if (term.comparison != Comparison::contains) {
    packages = packages_named(tx, term.text, term.prefix, all_rows);
  } else {
    tx.each("select id, attributes from component_row where class = 'software_package'",
            [&](store::Row&& row) {
              auto package = package_from(row);
              if (text_fits(term, package.name)) packages.push_back(std::move(package));
              return true;
            });
  }
  RowIds ids;
  for (const PackageRow& package : packages) {
    const bool fits = term.written.version.empty() ||
                      version_fits(package, term.written.version_comparison, term.written.version);
    if (fits) ids.push_back(package.id);
  }
  return ids;
}

bool socket_fits(const BoundTerm& term, const std::string& json) {
  const auto port = value_in_json(json, "port");
  return port && value_fits(term, *port) && (term.text.empty() || text_in(json, "protocol") == term.text);
}

}  // namespace

std::vector<PackageRow> packages_named(store::Transaction& tx, const std::string& name, bool begins,
                                       std::size_t limit) {
  std::vector<PackageRow> packages;
  const auto add = [&](store::Row&& row) {
    packages.push_back(package_from(row));
    return packages.size() < limit;
  };
  if (begins) {
    tx.each(
        "select id, attributes from component_row where class = 'software_package'"
        " and name >= $1 and name < $2 order by (attributes ->> "
        "'name'), id",
        add, name, end_of_range(name));
  } else {
    tx.each(
        "select id, attributes from component_row where class = 'software_package'"
        " and name = $1 order by id",
        add, name);
  }
  return packages;
}

std::vector<PackageRow> packages_after(store::Transaction& tx, const std::string& name, std::size_t limit) {
  std::vector<PackageRow> packages;
  tx.each(
      "select id, attributes from component_row where class = 'software_package'"
      " and name > $1 order by name, id",
      [&](store::Row&& row) {
        auto package = package_from(row);
        if (packages.size() >= limit && packages.back().name != package.name) return false;
        packages.push_back(std::move(package));
        return true;
      },
      name);
  return packages;
}

bool version_fits(const PackageRow& package, Comparison comparison, const std::string& wanted) {
  const auto order = compare_versions(scheme_of_manager(package.manager), package.version, wanted);
  switch (comparison) {
    case Comparison::less: return order < 0;
    case Comparison::at_most: return order <= 0;
    case Comparison::greater: return order > 0;
    case Comparison::at_least: return order >= 0;
    case Comparison::not_equal: return order != 0;
    default: return order == 0;
  }
}

RowIds rows_that_fit(store::Transaction& tx, const BoundTerm& term) {
  switch (term.kind) {
    case TermKind::software: return software_rows(tx, term);
    case TermKind::port:
      return rows_of_class(tx, "listening_socket",
                           [&](const std::string& json) { return socket_fits(term, json); });
    case TermKind::has_component:
      return rows_of_class(tx, term.names.front(), [](const std::string&) { return true; });
    default:
      return rows_of_class(tx, term.names.front(), [&](const std::string& json) {
        const auto value = value_in_json(json, term.names.back());
        return value && value_fits(term, *value);
      });
  }
}

}  // namespace censo::cmdb
