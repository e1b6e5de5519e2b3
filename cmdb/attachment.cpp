#include "cmdb/attachment.h"

#include "base/text.h"
#include "cmdb/derived_section.h"
#include "cmdb/ingest_run.h"
#include "cmdb/relationship_span.h"
#include "cmdb/relationship_store.h"
#include "cmdb/stored_json.h"

#include <algorithm>
#include <array>
#include <optional>

namespace censo::cmdb {
namespace {

constexpr std::string_view protocol = "forwarding";
constexpr std::array<std::int64_t, 4> steps{1, 4, 16, 64};
constexpr base::TimeMs still_believed_ms = base::TimeMs{7} * 24 * 60 * 60 * 1000;

bool is_telephone(const std::string& platform) {
  return base::to_lower(platform).find("phone") != std::string::npos;
}

// A telephone passes on what is plugged into it, and is no uplink.
bool leads_on(const inventory::Item& neighbour) {
  if (neighbour.class_name == "discovered_neighbour")
    return !is_telephone(neighbour.attributes.text("platform"));
  const std::string capabilities = neighbour.attributes.text("capabilities");
  if (capabilities.find("telephone") != std::string::npos) return false;
  return std::ranges::any_of(std::array{"bridge", "router", "access_point", "repeater"},
                             [&](const char* word) { return capabilities.find(word) != std::string::npos; });
}

std::int64_t step_of(std::size_t addresses) {
  const auto step = std::ranges::find_if(
      steps, [&](std::int64_t most) { return addresses <= static_cast<std::size_t>(most); });
  return step == steps.end() ? 0 : *step;
}

std::vector<std::string> words_of(const std::string& list) {
  std::vector<std::string> words;
  for (const auto word : base::split(list, ',')) words.emplace_back(base::trim(word));
  return words;
}

void append(inventory::Attributes& attributes, std::string_view name, const std::string& value) {
  const std::string before = attributes.text(name);
  attributes.set(name, before.empty() ? value : before + ", " + value);
}

std::int64_t addresses_at(const inventory::Attributes& evidence) {
  const auto* value = evidence.find("addresses_at_port");
  const auto* number = value ? std::get_if<std::int64_t>(value) : nullptr;
  return number ? *number : 0;
}

// What another source's scan said of a host's place.
struct OtherPlace {
  std::int64_t relationship = 0;
  CiId device;
  std::set<std::string> macs;
  std::int64_t addresses = 0;
  base::TimeMs seen = 0;
  bool locked = false;  // a person says so
};

std::vector<OtherPlace> other_places(const IngestRun& run, CiId host) {
  std::vector<OtherPlace> places;
  for (const store::Row& row :
       run.tx.query("select r.id, r.from_ci, r.evidence, s.last_seen, r.locked_by from relationship r"
                    " join ci_source s on s.id = r.source_id where r.to_ci = $1 and r.type = 'connects_to'"
                    " and r.section = $2 and r.source_id <> $3 and r.ended_at is null",
                    host.value, derived_section_name, run.source.id.value)) {
    const auto evidence = attributes_from_json(row.text(2));
    if (evidence.text("protocol") != protocol) continue;
    const auto macs = words_of(evidence.text("remote_mac"));
    places.push_back({row.integer(0),
                      CiId(row.integer(1)),
                      {macs.begin(), macs.end()},
                      addresses_at(evidence),
                      row.integer(3),
                      !row.text(4).empty()});
  }
  return places;
}

struct Owner {
  std::string mac;
  CiId ci;
  bool passes_on = false;  // network gear, behind which others may be
};

// The one piece of hardware that has this address.
std::optional<Owner> owner_of(const IngestRun& run, const std::string& mac) {
  std::optional<Owner> owner;
  for (const store::Row& row : run.tx.query(
           "select distinct c.id, c.class from ci_key k join ci c on c.id = k.ci_id where k.value = $1"
           " and k.rule in ('mac_addresses', 'base_mac', 'mac') and c.merged_into is null"
           " and c.stage <> 'retired'",
           mac)) {
    const std::string class_name = row.text(1);
    if (owner || !run.catalog.is_a(class_name, "hardware")) return std::nullopt;
    owner =
        Owner{mac, CiId(row.integer(0)),
              run.catalog.is_a(class_name, "network_device") && !run.catalog.is_a(class_name, "ip_phone")};
  }
  return owner && owner->ci == run.source.ci ? std::nullopt : owner;
}

// Of the addresses at one port. Beside network gear the others are behind it.
std::vector<Owner> owners_at(const IngestRun& run, const std::set<std::string>& macs) {
  std::vector<Owner> owners;
  for (const std::string& mac : macs)
    if (auto owner = owner_of(run, mac)) owners.push_back(std::move(*owner));
  if (std::ranges::any_of(owners, &Owner::passes_on))
    std::erase_if(owners, [](const Owner& owner) { return !owner.passes_on; });
  return owners;
}

bool is_better_known(const IngestRun& run, const Owner& owner, std::int64_t addresses) {
  return std::ranges::any_of(other_places(run, owner.ci), [&](const OtherPlace& other) {
    const bool nearer = other.addresses <= addresses && other.seen > run.now - still_believed_ms;
    return other.macs.contains(owner.mac) && (other.locked || nearer);
  });
}

}  // namespace

bool LearnedAddresses::note(const inventory::Item& item) {
  if (item.class_name == "forwarding_entry") {
    addresses_[item.attributes.text("port")].insert(item.attributes.text("mac_address"));
    return true;
  }
  const bool neighbour = item.class_name == "lldp_neighbour" || item.class_name == "discovered_neighbour";
  if (neighbour && leads_on(item)) uplinks_.insert(item.attributes.text("local_port"));
  return neighbour;
}

std::vector<Attachment> LearnedAddresses::attachments(const IngestRun& run) const {
  std::map<CiId, inventory::Attributes> evidence;
  for (const auto& [port, macs] : addresses_) {
    const std::int64_t addresses = step_of(macs.size());
    if (addresses == 0 || uplinks_.contains(port)) continue;
    for (const Owner& owner : owners_at(run, macs)) {
      if (is_better_known(run, owner, addresses)) continue;
      inventory::Attributes& of_host = evidence[owner.ci];
      of_host.set("protocol", protocol);
      append(of_host, "local_port", port);
      append(of_host, "remote_mac", owner.mac);
      of_host.set("addresses_at_port", std::max(addresses, addresses_at(of_host)));
    }
  }
  std::vector<Attachment> attachments;
  for (auto& [host, attributes] : evidence) attachments.push_back({host, std::move(attributes)});
  return attachments;
}

void end_weaker_attachments(IngestRun& run, const FoundRelationship& found) {
  if (found.type != "connects_to" || found.evidence.text("protocol") != protocol) return;
  const auto mine = words_of(found.evidence.text("remote_mac"));
  for (const OtherPlace& other : other_places(run, found.to)) {
    const bool all_here = std::ranges::all_of(
        other.macs, [&](const std::string& mac) { return std::ranges::find(mine, mac) != mine.end(); });
    if (!all_here || other.locked) continue;
    end_relationship(run.tx, run.feed, other.relationship, run.now, run.now);
    const auto place = run.tx.query_one("select name from ci where id = $1", found.to.value);
    run.history.add(
        {other.device, "relationship_removed", "connects_to " + place->text(0), place->text(0), ""});
  }
}

}  // namespace censo::cmdb
