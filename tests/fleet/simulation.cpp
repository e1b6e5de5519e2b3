#include "tests/fleet/simulation.h"

#include "tests/fleet/life.h"
#include "tests/fleet/rates.h"
#include "tests/fleet/reporters.h"

#include <algorithm>
#include <queue>
#include <utility>

namespace censo::fleet {
namespace {

enum class Step {
  agent,
  agent_again,
  scan,
  register_row,
  guest_row,
  rename,
  batch_rename,
  reimage,
  board_swap,
  nic_swap,
  disk_swap,
  replace,
  vm_rename,
  new_vm,
  leave_clone_name
};

struct Due {
  base::TimeMs at;
  std::size_t order;  // of two at one time, the one that was planned first
  Step step;
  std::size_t asset;
  bool operator>(const Due& other) const { return std::pair(at, order) > std::pair(other.at, other.order); }
};

// An unchanged host says nothing new, so that regular reports can be as rare as this.
constexpr base::TimeMs agent_period = 90 * day_ms, device_scan_period = 30 * day_ms,
                       computer_scan_period = 60 * day_ms, register_period = 120 * day_ms,
                       guest_period = 90 * day_ms;
constexpr int days_of_clones = 4;  // with daily reports of both: agents report at least daily

// What explains an error best.
Happening rarest_of(const Asset& asset) {
  return asset.happenings.empty() ? Happening::enrolled : asset.happenings.rbegin()->first;
}

std::string_view name_of_kind(inventory::OriginKind kind) {
  switch (kind) {
    case inventory::OriginKind::agent: return "agent";
    case inventory::OriginKind::scanner: return "scanner";
    case inventory::OriginKind::import: return "import";
  }
  return "";
}

class Simulation {
 public:
  Simulation(const Settings& settings, const Audience& audience)
      : settings_(settings),
        audience_(audience),
        life_(settings.seed),
        end_(simulation_start + settings.months * month_ms) {}

  Truth run() {
    populate();
    while (!queue_.empty()) {
      const Due due = queue_.top();
      queue_.pop();
      now_ = due.at;
      do_step(due);
    }
    return {std::move(life_.assets), std::move(records_), life_.counts};
  }

 private:
  Asset& asset(std::size_t index) { return life_.assets[index]; }
  Random& random() { return life_.random; }

  void plan(base::TimeMs at, Step step, std::size_t index) {
    if (at < end_) queue_.push({at, planned_++, step, index});
  }
  void plan_soon(Step step, std::size_t index) {
    plan(now_ + random().between(hour_ms, day_ms), step, index);
  }
  // The next of events that come at random.
  void plan_event(double per_year, Step step, std::size_t index) {
    if (per_year > 0) plan(now_ + random().until_next(year_ms / per_year), step, index);
  }

  void populate();
  void fill(AssetKind kind, double share);
  void begin(std::size_t index, base::TimeMs settled);
  void plan_life(std::size_t index);
  void do_step(const Due& due);
  void do_event(const Due& due);
  void change(const Due& due, double per_year, void (Life::*event)(Asset&));
  void let_agent_report(std::size_t index, bool regular);
  void let_scan(std::size_t index);
  void send(inventory::Report report, std::size_t& record, std::size_t index, Happening made_by);
  void make_vm();
  void rename_batch();
  std::size_t running_vm_from(std::size_t index);

  const Settings& settings_;
  const Audience& audience_;
  Life life_;
  base::TimeMs now_ = simulation_start, end_;
  std::priority_queue<Due, std::vector<Due>, std::greater<>> queue_;
  std::size_t planned_ = 0, sites_ = 1;
  std::vector<Record> records_;
  std::vector<std::vector<std::string>> docks_;  // of each site: MAC addresses
};

void Simulation::populate() {
  sites_ = std::max<std::size_t>(1, settings_.machines / machines_of_a_site);
  docks_.resize(sites_);
  for (auto& docks : docks_) {
    while (docks.size() < machines_of_a_site / 4) docks.push_back(life_.factory.make_mac("00:e0:4c"));
  }
  fill(AssetKind::server, share_of_servers);
  fill(AssetKind::laptop, share_of_laptops);
  fill(AssetKind::desktop, share_of_desktops);
  fill(AssetKind::virtual_machine, share_of_virtual_machines);
  fill(AssetKind::container, share_of_containers);
  fill(AssetKind::network_device, share_of_network_devices);
  fill(AssetKind::printer,
       1.0 - static_cast<double>(life_.assets.size()) / static_cast<double>(settings_.machines));
  plan(simulation_start + settings_.months * month_ms / 2, Step::batch_rename, none);
  plan_event(share_of_virtual_machines * static_cast<double>(settings_.machines) * new_vm_per_year,
             Step::new_vm, none);
}

void Simulation::fill(AssetKind kind, double share) {
  const auto count = static_cast<std::size_t>(share * static_cast<double>(settings_.machines) + 0.5);
  const bool guest = kind == AssetKind::virtual_machine || kind == AssetKind::container;
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t site = i % sites_;
    const std::size_t host = guest ? life_.host_at(site) : none;
    if (guest && host == none) continue;
    const std::size_t index =
        life_.add(guest ? life_.factory.make_guest(kind, asset(host), host) : life_.factory.make(kind, site));
    begin(index, 20 * day_ms);
  }
}

// Its first reports; `settled` later all of them have been.
void Simulation::begin(std::size_t index, base::TimeMs settled) {
  const Asset& it = asset(index);
  const bool first = random().chance(imported_first);
  const base::TimeMs agent_at = now_ + random().between(settled / 4, settled);
  if (is_physical(it) && !it.register_tag.empty())
    plan(
        first ? now_ + random().between(hour_ms, settled / 4) : agent_at + random().between(day_ms, month_ms),
        Step::register_row, index);
  if (is_computer(it.kind)) plan(agent_at, Step::agent, index);
  if (it.kind == AssetKind::virtual_machine && random().chance(listed_by_hypervisor))
    plan(now_ + random().between(hour_ms, settled), Step::guest_row, index);
  if (!is_computer(it.kind) || it.has_snmp)
    plan(now_ + random().between(hour_ms, month_ms), Step::scan, index);
  if (it.happenings.contains(Happening::image_cloned) || it.happenings.contains(Happening::vm_cloned) ||
      it.happenings.contains(Happening::vm_cloned_same_uuid)) {
    for (int day = 1; day <= days_of_clones; ++day) plan(agent_at + day * day_ms, Step::agent_again, index);
  }
  plan_life(index);
}

void Simulation::plan_life(std::size_t index) {
  switch (asset(index).kind) {
    case AssetKind::laptop:
    case AssetKind::desktop:
      plan_event(asset(index).kind == AssetKind::laptop ? reimage_laptop_per_year : reimage_desktop_per_year,
                 Step::reimage, index);
      plan_event(refresh_per_year, Step::replace, index);
      plan_event(rename_per_year, Step::rename, index);
      if (asset(index).kind == AssetKind::desktop) plan_event(nic_swap_per_year, Step::nic_swap, index);
      break;
    case AssetKind::server:
      plan_event(reimage_server_per_year, Step::reimage, index);
      plan_event(nic_swap_per_year, Step::nic_swap, index);
      break;
    case AssetKind::virtual_machine:
      plan_event(reimage_vm_per_year, Step::reimage, index);
      plan_event(vm_rename_per_year, Step::vm_rename, index);
      return;
    case AssetKind::container: plan_event(new_container_per_year, Step::replace, index); return;
    case AssetKind::network_device:
    case AssetKind::printer: plan_event(device_replaced_per_year, Step::replace, index); return;
  }
  plan_event(board_swap_per_year, Step::board_swap, index);
  plan_event(disk_swap_per_year, Step::disk_swap, index);
}

void Simulation::do_step(const Due& due) {
  switch (due.step) {
    case Step::agent:
    case Step::agent_again: let_agent_report(due.asset, due.step == Step::agent); break;
    case Step::scan: let_scan(due.asset); break;
    case Step::register_row: {
      const Circumstances circumstances{now_, false, "", nullptr};
      const bool without = !asset(due.asset).register_serial;
      send(register_report(asset(due.asset), circumstances), asset(due.asset).register_record, due.asset,
           without ? Happening::import_without_serial : Happening::registered);
      plan(now_ + register_period, Step::register_row, due.asset);
      break;
    }
    case Step::guest_row: {
      if (asset(due.asset).gone) break;
      const Circumstances circumstances{now_, false, "", nullptr};
      send(guest_report(asset(due.asset), circumstances), asset(due.asset).guest_record, due.asset,
           Happening::guest_seen);
      plan(now_ + guest_period, Step::guest_row, due.asset);
      break;
    }
    case Step::batch_rename: rename_batch(); break;
    case Step::new_vm: make_vm(); break;
    default: do_event(due); break;
  }
}

void Simulation::do_event(const Due& due) {
  if (asset(due.asset).gone) return;
  switch (due.step) {
    case Step::reimage: change(due, reimage_laptop_per_year, &Life::reimage); break;
    case Step::board_swap: change(due, board_swap_per_year, &Life::swap_board); break;
    case Step::nic_swap: change(due, nic_swap_per_year, &Life::swap_nic); break;
    case Step::disk_swap: change(due, disk_swap_per_year, &Life::swap_disk); break;
    case Step::vm_rename:
      life_.rename_in_hypervisor(asset(due.asset));
      plan_soon(Step::guest_row, due.asset);
      break;
    case Step::rename:
    case Step::leave_clone_name:
      life_.rename(asset(due.asset), Happening::renamed);
      plan_soon(Step::agent_again, due.asset);
      break;
    case Step::replace:
      for (const Install& install : asset(due.asset).installs) {
        if (install.record != none) audience_.ended(install.record);
      }
      begin(life_.replace(due.asset), 15 * day_ms);
      break;
    default: break;
  }
}

// The event, the report that shows it, and the next one of its kind.
void Simulation::change(const Due& due, double per_year, void (Life::*event)(Asset&)) {
  const std::size_t before = asset(due.asset).install().record;
  (life_.*event)(asset(due.asset));
  if (asset(due.asset).install().record != before) audience_.ended(before);
  plan_soon(Step::agent_again, due.asset);
  plan_event(per_year, due.step, due.asset);
}

void Simulation::let_agent_report(std::size_t index, bool regular) {
  if (asset(index).gone) return;
  if (regular) plan(now_ + random().between(agent_period / 2, agent_period * 3 / 2), Step::agent, index);
  Asset& it = asset(index);
  it.running = random().below(it.installs.size());
  if (regular) it.boot_id = random().uuid();
  if (regular && it.kind == AssetKind::laptop && random().chance(address_change_share)) {
    it.address = life_.factory.make_address(it.site);
    life_.note(it, Happening::address_change);
  }
  for (Nic& nic : it.nics) {
    if (nic.assignment == "set") nic.mac = "d2" + life_.factory.make_mac("8c:8d:28").substr(2);
  }
  Circumstances circumstances{now_, random().chance(partial_report_share), "", nullptr};
  if (circumstances.partial) life_.note(it, Happening::partial_report);
  if (it.kind == AssetKind::laptop && random().chance(docked_share)) {
    circumstances.dock_mac = random().pick(docks_[it.site]);
    life_.note(it, Happening::docked, it.site + 1);
  }
  if (it.kind == AssetKind::container) circumstances.host = &asset(it.host);
  send(agent_report(it, circumstances), it.install().record, index, rarest_of(it));
}

void Simulation::let_scan(std::size_t index) {
  Asset& it = asset(index);
  if (it.gone) return;
  plan(now_ + (is_computer(it.kind) ? computer_scan_period : device_scan_period), Step::scan, index);
  Circumstances circumstances{now_, random().chance(partial_scan_share), "", nullptr};
  if (circumstances.partial) life_.note(it, Happening::partial_scan);
  send(scan_report(it, it.address, circumstances), it.scan_record, index,
       std::max(rarest_of(it), Happening::scanned));
  if (it.second_address.empty()) return;
  circumstances.at += hour_ms / 4;
  send(scan_report(it, it.second_address, circumstances), it.scan_record, index, Happening::two_addresses);
}

void Simulation::send(inventory::Report report, std::size_t& record, std::size_t index, Happening made_by) {
  if (record == none) {
    record = records_.size();
    records_.push_back(
        {index, std::string(name_of_kind(report.origin.kind)) + " " + report.origin.id, made_by});
    if (!asset(index).happenings.contains(made_by)) life_.note(asset(index), made_by);
  }
  const base::TimeMs at = report.taken_at;
  const bool daily = report.origin.kind == inventory::OriginKind::agent && asset(index).installs.size() == 1;
  audience_.report({std::move(report), record, at, daily});
}

// A new virtual machine: made from a clean template, or copied from one that runs.
void Simulation::make_vm() {
  plan_event(share_of_virtual_machines * static_cast<double>(settings_.machines) * new_vm_per_year,
             Step::new_vm, none);
  if (!random().chance(vm_clone_share)) {
    const std::size_t host = life_.host_at(random().below(sites_));
    if (host != none)
      begin(life_.add(life_.factory.make_guest(AssetKind::virtual_machine, asset(host), host)), 3 * day_ms);
    return;
  }
  const std::size_t original = running_vm_from(random().below(life_.assets.size()));
  if (original == none) return;
  const std::size_t copy = life_.clone(original);
  begin(copy, 3 * day_ms);
  for (int day = 1; day <= days_of_clones + 3; ++day) plan(now_ + day * day_ms, Step::agent_again, original);
  if (random().chance(renamed_after_clone))
    plan(now_ + random().between(4 * day_ms, 8 * day_ms), Step::leave_clone_name, copy);
}

// The first at or behind `index` that has reported; none: there is none.
std::size_t Simulation::running_vm_from(std::size_t index) {
  for (std::size_t i = 0; i < life_.assets.size(); ++i) {
    const std::size_t at = (index + i) % life_.assets.size();
    const Asset& it = asset(at);
    if (it.kind == AssetKind::virtual_machine && !it.gone && it.install().record != none) return at;
  }
  return none;
}

void Simulation::rename_batch() {
  const auto count = static_cast<std::size_t>(batch_rename_share * static_cast<double>(settings_.machines));
  std::size_t renamed = 0;
  for (std::size_t i = 0; i < life_.assets.size() && renamed < count; ++i) {
    if (asset(i).gone || asset(i).kind != AssetKind::laptop) continue;
    life_.rename(asset(i), Happening::batch_renamed);
    plan_soon(Step::agent_again, i);
    ++renamed;
  }
}

}  // namespace

std::string description_of(const Asset& asset) {
  const bool computer = is_computer(asset.kind);
  std::string text =
      std::string(name_of(asset.kind)) + " " + (computer ? asset.install().host_name : asset.device_name);
  if (!asset.sticker_serial.empty()) text += " (" + asset.sticker_serial + ")";
  std::string separator = ": ";
  for (const auto& [happening, group] : asset.happenings) {
    text += separator + std::string(name_of(happening));
    separator = ", ";
  }
  return text;
}

Truth simulate(const Settings& settings, const Audience& audience) {
  return Simulation(settings, audience).run();
}

}  // namespace censo::fleet
