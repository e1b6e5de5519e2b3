#include "cmdb/derived_section.h"

#include "base/text.h"
#include "cmdb/account_use.h"
#include "cmdb/attachment.h"
#include "cmdb/ingest_run.h"
#include "cmdb/ip_network.h"
#include "cmdb/relationship_span.h"
#include "cmdb/relationship_store.h"
#include "cmdb/routing_peer.h"

#include <algorithm>
#include <array>
#include <initializer_list>
#include <map>
#include <set>
#include <string>
#include <utility>

namespace censo::cmdb {
namespace {

using inventory::Item;
using inventory::Report;
using inventory::Section;

constexpr std::int64_t first_dynamic_port =
    32768;                             // handed out by the kernel, unless a known product listens there
constexpr char own_ref_mark = '\x01';  // no report can have such a ref

// Bridges that container engines and hypervisors make: their networks are inside the host.
constexpr std::array<std::string_view, 9> inner_bridges{"docker", "br-",   "virbr",   "cni", "podman",
                                                        "lxcbr",  "lxdbr", "flannel", "veth"};

// Of a report: what they lack may have told of anybody at a port.
constexpr std::array<std::string_view, 5> topology_sections{"lldp", "neighbours", "spanning_tree",
                                                            "forwarding", "routing_peers"};

inventory::TextList list(const inventory::Attributes& attributes, std::string_view name) {
  const inventory::Value* value = attributes.find(name);
  const auto* texts = value ? std::get_if<inventory::TextList>(value) : nullptr;
  return texts ? *texts : inventory::TextList();
}

class Deriving {
 public:
  Deriving(IngestRun& run, const Report& report) : run_(run), report_(report) {
    section_.name = derived_section_name;
  }

  Section take() {
    section_.complete = names_all_sections();
    ClassMemory classes(run_.catalog);
    for (const Section& section : report_.sections) {
      bool tells = std::ranges::find(topology_sections, section.name) != topology_sections.end();
      for (const Item& item : section.items) tells |= note(item, *classes.find(item.class_name));
      section_.complete &= section.complete || !tells;
      for (const auto& relationship : section.relationships) {
        said_.emplace(relationship.type, relationship.from);
        ports_.note(relationship);
      }
    }
    for (const Item* socket : sockets_) add_endpoint(*socket);
    for (const auto& [network, addresses] : networks_) add_subnet(network, addresses);
    for (const Item* guest : guests_) add_to_subject("hosted_on", *guest);
    for (const Item* part : attached_) add_to_subject("attached_to", *part);
    for (auto& [ci, evidence] : ports_.attachments(run_, report_))
      relate("connects_to", "self", id_mark + base::to_text(ci), std::move(evidence));
    for (auto& [ci, evidence] : peers_.adjacencies(run_))
      relate("peers_with", "self", id_mark + base::to_text(ci), std::move(evidence));
    add_host_of_container();
    if (run_.catalog.is_a(report_.subject_class, "workstation")) add_users();
    Report sealed;
    sealed.sections.push_back(std::move(section_));
    inventory::seal(sealed);
    Section section = std::move(sealed.sections.front());
    section.digest = base::to_hex(base::sha256(section.digest + base::join(own_addresses(), ",")));
    return section;
  }

 private:
  // A source that failed and left its section out says nothing of what it would have told.
  bool names_all_sections() {
    std::set<std::string_view> named{derived_section_name};
    for (const Section& section : report_.sections) named.insert(section.name);
    if (run_.texts) {
      for (const auto& section : run_.texts->unchanged) named.insert(section.name);
    }
    const auto stored =
        run_.tx.query("select section from source_section where source_id = $1", run_.source.id.value);
    return std::ranges::all_of(stored, [&](const store::Row& row) { return named.contains(row.text(0)); });
  }

  // True: something follows from it.
  bool note(const Item& item, const ClassDefinition& definition) {
    if (definition.kind == ClassKind::component) return note_component(item);
    if (item.ref.empty()) return false;
    if (run_.catalog.is_a(definition.name, "software_runtime")) {
      services_.emplace(item.attributes.text("instance"), &item);
    } else if (is_any(definition.name, {"virtual_machine", "container"})) {
      guests_.push_back(&item);
    } else if (is_any(definition.name, {"monitor", "docking_station", "peripheral"})) {
      attached_.push_back(&item);
    } else {
      return false;
    }
    return true;
  }

  // What belongs to other items of the report tells nothing of the subject.
  bool note_component(const Item& item) {
    if (!item.owner.empty()) return false;
    if (item.class_name == "listening_socket") {
      sockets_.push_back(&item);
    } else if (item.class_name == "network_interface") {
      note_interface(item);
    } else if (item.class_name == "ip_interface") {
      note_address(item.attributes.text("address") + "/" +
                   std::to_string(item.attributes.integer("prefix_length")));
    } else if (item.class_name == "user_session") {
      sessions_.push_back(&item);
    } else {
      return ports_.note(item) || peers_.note(item);
    }
    return true;
  }

  void note_interface(const Item& item) {
    const std::string name = item.attributes.text("name");
    const bool inner =
        std::ranges::any_of(inner_bridges, [&](std::string_view prefix) { return name.starts_with(prefix); });
    if (inner) return;
    for (const std::string& address : list(item.attributes, "addresses")) note_address(address);
  }

  void note_address(const std::string& address) {
    if (auto network = network_of(address))
      networks_[*network].push_back(address.substr(0, address.find('/')));
  }

  bool is_any(std::string_view class_name, std::initializer_list<std::string_view> ancestors) const {
    return std::ranges::any_of(ancestors,
                               [&](auto ancestor) { return run_.catalog.is_a(class_name, ancestor); });
  }

  Item& add(std::string_view class_name, const std::string& ref) {
    section_.items.push_back({std::string(class_name), own_ref_mark + ref, "", {}});
    return section_.items.back();
  }

  void relate(std::string_view type, std::string from, std::string to, inventory::Attributes evidence = {}) {
    section_.relationships.push_back(
        {std::string(type), std::move(from), std::move(to), std::move(evidence)});
  }

  // A service is its unit without the kind: "ssh.service" and "ssh.socket" are the instance "ssh".
  const Item* service_of_unit(const std::string& unit) const {
    const auto service = services_.find(unit.substr(0, unit.rfind('.')));
    return service == services_.end() ? nullptr : service->second;
  }

  void add_endpoint(const Item& socket) {
    const auto& attributes = socket.attributes;
    const Item* service = service_of_unit(attributes.text("unit"));
    const std::int64_t port = attributes.integer("port");
    if (!service || port == 0) return;
    if (port >= first_dynamic_port && service->attributes.text("product").empty()) return;
    const std::string protocol = attributes.text("protocol");
    const std::string address = attributes.text("address");
    const bool any_address = address == "0.0.0.0" || address == "::" || address.empty() || address == "*";
    const std::string at = any_address ? std::to_string(port) : address + ":" + std::to_string(port);
    const std::string ref = "endpoint " + protocol + " " + at;
    const bool is_new = endpoints_.insert(ref).second;
    if (!is_new) return;
    Item& endpoint = add("endpoint", ref);
    endpoint.attributes.set("name", report_.subject_name + " " + protocol + "/" + at);
    endpoint.attributes.set("host", base::to_text(run_.source.ci));
    endpoint.attributes.set("protocol", protocol);
    endpoint.attributes.set("address", any_address ? "*" : address);
    endpoint.attributes.set("port", port);
    inventory::Attributes evidence;
    evidence.set("executable", attributes.text("executable"));
    relate("listens_on", service->ref, endpoint.ref, std::move(evidence));
  }

  void add_subnet(const std::string& network, const inventory::TextList& addresses) {
    Item& subnet = add("subnet", "subnet " + network);
    subnet.attributes.set("prefix", network);
    inventory::Attributes evidence;
    evidence.set("addresses", addresses);
    relate("in_subnet", "self", subnet.ref, std::move(evidence));
  }

  void add_to_subject(std::string_view type, const Item& item) {
    if (!said_.contains({type, item.ref})) relate(type, item.ref, "self");
  }

  std::string attribute_of_subject(std::string_view name) const {
    return inventory::subject_text(report_, name);
  }

  // Both have the kernel's boot id.
  void add_host_of_container() {
    const std::string boot_id = attribute_of_subject("boot_id");
    if (boot_id.empty()) return;
    note_running_system(boot_id);
    if (!run_.catalog.is_a(report_.subject_class, "container")) return;
    for (const store::Row& row :
         run_.tx.query("select c.id, c.class from running_system r join ci c on c.id = r.ci_id"
                       " where r.boot_id = $1 and c.id <> $2 and c.merged_into is null order by c.id",
                       boot_id, run_.source.ci.value)) {
      if (is_any(row.text(1), {"container"}) || !is_any(row.text(1), {"computer_system"})) continue;
      inventory::Attributes evidence;
      evidence.set("boot_id", boot_id);
      return relate("hosted_on", "self", id_mark + base::id_to_text(row.integer(0)), std::move(evidence));
    }
  }

  void note_running_system(const std::string& boot_id) {
    const auto known = run_.tx.query_one("select 1 from running_system where boot_id = $1 and ci_id = $2",
                                         boot_id, run_.source.ci.value);
    if (known) return;
    run_.tx.execute("delete from running_system where ci_id = $1", run_.source.ci.value);
    run_.tx.execute("insert into running_system (boot_id, ci_id) values ($1, $2)", boot_id,
                    run_.source.ci.value);
  }

  void add_users() {
    std::vector<std::string> accounts;
    for (const Item* session : sessions_) {
      const std::string from = session->attributes.text("remote_host");
      if (from.empty() || from.starts_with(':')) accounts.push_back(session->attributes.text("user"));
    }
    for (const AccountUse& use : note_accounts(run_.tx, run_.source.id, run_.now, accounts)) {
      Item& person = add("person", "person " + use.account);
      person.attributes.set("account", use.account);
      inventory::Attributes evidence;
      evidence.set("primary", use.primary);
      evidence.set("since", base::to_iso8601(use.first_seen).substr(0, 10));
      relate("used_by", "self", person.ref, std::move(evidence));
    }
  }

  inventory::TextList own_addresses() const {
    for (const Section& section : report_.sections) {
      if (section.attributes.find("ip_addresses")) return list(section.attributes, "ip_addresses");
    }
    return {};
  }

  IngestRun& run_;
  const Report& report_;
  Section section_;
  PortViews ports_;
  RoutingPeers peers_;
  std::vector<const Item*> sockets_, sessions_, guests_, attached_;
  std::map<std::string, const Item*> services_;              // by instance
  std::map<std::string, inventory::TextList> networks_;      // addresses in each
  std::set<std::pair<std::string_view, std::string>> said_;  // relations of the report itself: type and from
  std::set<std::string> endpoints_;
};

}  // namespace

void end_where_moved_from(IngestRun& run, std::span<const FoundRelationship> found) {
  for (const FoundRelationship& relationship : found) {
    end_weaker_attachments(run, relationship);
    if (relationship.type != "attached_to" && relationship.type != "hosted_on") continue;
    for (const store::Row& row : run.tx.query(
             "select id, to_ci from relationship where from_ci = $1 and type = $2 and to_ci <> $3 and "
             "source_id <> $4"
             " and section = $5 and ended_at is null and locked_by = '' and not exists (select 1 from "
             "relationship mine where"
             " mine.from_ci = $1 and mine.type = $2 and mine.to_ci = $3 and mine.source_id = $4 and"
             " mine.ended_at is null)",
             relationship.from.value, relationship.type, relationship.to.value, run.source.id.value,
             derived_section_name)) {
      end_relationship(run.tx, run.feed, row.integer(0), run.now, run.now);
      const auto place = run.tx.query_one("select name from ci where id = $1", row.integer(1));
      run.history.add({relationship.from, "relationship_removed", relationship.type + " " + place->text(0),
                       place->text(0), ""});
    }
  }
}

Section derived_section(IngestRun& run, const Report& report) {
  return Deriving(run, report).take();
}

}  // namespace censo::cmdb
