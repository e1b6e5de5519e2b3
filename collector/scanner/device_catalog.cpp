#include "collector/scanner/device_catalog.h"

#include "base/file.h"
#include "collector/scanner/devices/vendor_names.h"

#include <algorithm>
#include <filesystem>
#include <set>
#include <tuple>

namespace censo::scanner {

std::span<const base::EmbeddedFile> embedded_devices();

namespace {

namespace fs = std::filesystem;

constexpr std::string_view root_name = "standard";

// The arcs of a rule's prefix that the identifier starts with; nothing: it fits none.
std::optional<std::size_t> longest_prefix(const std::vector<Oid>& prefixes, const Oid& oid) {
  std::optional<std::size_t> longest;
  for (const auto& prefix : prefixes) {
    if (oid.starts_with(prefix)) longest = std::max(longest.value_or(0), prefix.arcs.size());
  }
  return longest;
}

// The rule's fixed conditions; presences need questions to the device.
std::optional<std::size_t> fits(const MatchRule& rule, const DeviceSignature& signature,
                                const std::string& enterprise) {
  const auto prefix = longest_prefix(rule.object_prefixes, signature.object_id);
  if (!rule.object_prefixes.empty() && !prefix) return std::nullopt;
  const auto matches = [&](const Pattern& pattern) { return pattern.matches(signature.sys_descr); };
  if (!rule.sys_descr.empty() && std::none_of(rule.sys_descr.begin(), rule.sys_descr.end(), matches)) {
    return std::nullopt;
  }
  if (rule.enterprise && !rule.enterprise->matches(enterprise)) return std::nullopt;
  if (rule.sys_name && !rule.sys_name->matches(signature.sys_name)) return std::nullopt;
  return prefix.value_or(0);
}

// Higher is better.
auto rank(const Candidate& candidate) {
  const auto& rule = *candidate.rule;
  return std::tuple(candidate.definition->precedence, candidate.prefix, !rule.present.empty(),
                    !rule.sys_descr.empty() || rule.sys_name.has_value());
}

std::optional<std::uint32_t> enterprise_of(const Oid& oid) {
  static const Oid enterprises{{1, 3, 6, 1, 4, 1}};
  if (!oid.starts_with(enterprises) || oid.arcs.size() <= enterprises.arcs.size()) return std::nullopt;
  return oid.arcs[enterprises.arcs.size()];
}

base::Result<std::string> site_file(const fs::path& path) {
  constexpr std::size_t most_bytes = 16 * 1024 * 1024;
  return base::read_own_file(path.string(), most_bytes);
}

}  // namespace

base::Result<DeviceCatalog> DeviceCatalog::built_in() {
  return load(embedded_devices());
}

base::Result<DeviceCatalog> DeviceCatalog::load(std::span<const base::EmbeddedFile> files) {
  DeviceCatalog catalog;
  catalog.vendors_ = std::make_shared<VendorNames>();
  for (const auto& file : files) {
    if (auto added = catalog.add(file); !added) return added.error();
  }
  if (auto linked = catalog.link(); !linked) return linked.error();
  return catalog;
}

base::Result<DeviceCatalog> DeviceCatalog::with_folder(const std::string& folder) {
  auto catalog = built_in();
  std::error_code missing;
  if (!catalog || !fs::is_directory(folder, missing)) return catalog;
  std::vector<fs::path> paths;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (entry.is_regular_file()) paths.push_back(entry.path());
  }
  std::sort(paths.begin(), paths.end());
  for (const auto& path : paths) {
    const bool enterprises = path.filename() == "enterprises.tsv", manuf = path.filename() == "manuf";
    if (!enterprises && !manuf && path.extension() != ".yaml") continue;
    auto content = site_file(path);
    if (!content) return content.error();
    if (enterprises) catalog->vendors_->use_enterprises(std::move(*content));
    if (manuf) catalog->vendors_->use_manuf(std::move(*content));
    if (enterprises || manuf) continue;
    const auto name = fs::relative(path, folder).native();
    if (auto added = catalog->add({name, *content}); !added) return added.error();
  }
  if (auto linked = catalog->link(); !linked) return linked.error();
  return catalog;
}

base::Result<void> DeviceCatalog::add(const base::EmbeddedFile& file) {
  if (fs::path(file.path).filename() == "vendors.yaml") return vendors_->add_names(file.path, file.content);
  auto definition = parse_device_definition(file.path, file.content);
  if (!definition) return definition.error();
  const auto same = [&](const auto& other) { return other->name == definition->name; };
  const auto old = std::find_if(definitions_.begin(), definitions_.end(), same);
  if (old != definitions_.end()) {
    **old = std::move(*definition);
  } else {
    definitions_.push_back(std::make_unique<DeviceDefinition>(std::move(*definition)));
  }
  return {};
}

// Parents found, and no circle among them.
base::Result<void> DeviceCatalog::link() {
  fallback_ = find(root_name);
  if (!fallback_) return base::fail(base::Errc::malformed, "the definition 'standard' is missing");
  for (auto& definition : definitions_) {
    if (definition->extends.empty()) continue;
    definition->parent = parent_of(*definition);
    if (!definition->parent) {
      return base::fail(base::Errc::malformed,
                        "extends: no definition is called '" + definition->extends + "'", definition->file);
    }
  }
  for (const auto& definition : definitions_) {
    std::set<const DeviceDefinition*> seen;
    for (const DeviceDefinition* at = definition.get(); at; at = at->parent) {
      if (!seen.insert(at).second) {
        return base::fail(base::Errc::malformed, "extends: the definition inherits from itself",
                          definition->file);
      }
    }
  }
  return {};
}

const DeviceDefinition* DeviceCatalog::parent_of(const DeviceDefinition& definition) const {
  const auto folder = definition.name.substr(0, definition.name.rfind('/') + 1);
  for (const auto& place : {folder, std::string("general/"), std::string()}) {
    if (const auto* parent = find(place + definition.extends); parent && parent != &definition) return parent;
  }
  return nullptr;
}

const DeviceDefinition* DeviceCatalog::find(std::string_view name) const {
  const auto found = std::find_if(definitions_.begin(), definitions_.end(),
                                  [&](const auto& definition) { return definition->name == name; });
  return found == definitions_.end() ? nullptr : found->get();
}

std::vector<Candidate> DeviceCatalog::candidates(const DeviceSignature& signature) const {
  const auto enterprise = enterprise_name(signature.object_id);
  std::vector<Candidate> found;
  for (const auto& definition : definitions_) {
    for (const auto& rule : definition->match) {
      if (const auto prefix = fits(rule, signature, enterprise))
        found.push_back({definition.get(), &rule, *prefix});
    }
  }
  std::stable_sort(found.begin(), found.end(),
                   [](const Candidate& a, const Candidate& b) { return rank(a) > rank(b); });
  return found;
}

std::string DeviceCatalog::enterprise_name(const Oid& object_id) const {
  const auto number = enterprise_of(object_id);
  return number ? vendors_->of_enterprise(*number) : std::string();
}

std::string DeviceCatalog::owner_of_mac(std::string_view mac) const {
  return vendors_->of_mac(mac);
}

}  // namespace censo::scanner
