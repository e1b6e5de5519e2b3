// How often things happen in the simulated fleet, and why so often. Shares are of what the line names, rates
// are per machine and year. Change one here and say the reason.
#pragma once

#include "base/clock.h"

namespace censo::fleet {

inline constexpr base::TimeMs hour_ms = 3'600'000;
inline constexpr base::TimeMs day_ms = 24 * hour_ms;
inline constexpr base::TimeMs month_ms = 30 * day_ms;
inline constexpr double year_ms = 365.0 * static_cast<double>(day_ms);
inline constexpr base::TimeMs simulation_start = 1'767'225'600'000;  // 2026-01-01

// What a fleet is made of: an organisation with offices, half of its servers' work in virtual machines.
inline constexpr double share_of_laptops = 0.42;
inline constexpr double share_of_desktops = 0.22;
inline constexpr double share_of_servers = 0.06;
inline constexpr double share_of_virtual_machines = 0.18;
inline constexpr double share_of_containers = 0.04;       // those with an agent of their own
inline constexpr double share_of_network_devices = 0.06;  // the rest are printers
inline constexpr std::size_t machines_of_a_site = 400;    // one scan job, one pool of docks

// Life of what is there.
inline constexpr double refresh_per_year = 0.20;         // five years of use
inline constexpr double name_kept_at_refresh = 0.40;     // the name belongs to the person or the desk
inline constexpr double reimage_laptop_per_year = 0.25;  // given to the next person, or broken by software
inline constexpr double reimage_desktop_per_year = 0.20;
inline constexpr double reimage_server_per_year = 0.10;  // new release of the operating system
inline constexpr double renamed_at_reimage = 0.35;       // the next person's
inline constexpr double rename_per_year = 0.05;          // people marry, teams move
inline constexpr double batch_rename_share = 0.02;       // one office gets a new naming scheme, in one day
inline constexpr double board_swap_per_year = 0.008;     // depot repairs are 2 to 4 %, a third of them boards
inline constexpr double serial_lost_at_board_swap =
    0.10;  // makers' technicians write the old one into the new board
inline constexpr double reimage_at_board_swap = 0.20;
inline constexpr double nic_swap_per_year = 0.01;    // cards of servers and desktops
inline constexpr double disk_swap_per_year = 0.02;   // and a new installation with it
inline constexpr double dual_boot_share = 0.003;     // of laptops and desktops: developers, laboratories
inline constexpr double address_change_share = 0.5;  // of reports: leases end, people move

// What makers, images and people do wrong.
inline constexpr double white_box_share = 0.05;            // of desktops: assembled, no maker's serial number
inline constexpr double unlisted_junk_share = 0.30;        // of those: a placeholder that no list knows
inline constexpr double shared_uuid_share = 0.004;         // of desktops: a batch of boards with one UUID
inline constexpr double shared_disk_serial_share = 0.005;  // of desktops: cheap disks with one serial number
inline constexpr double image_clone_share = 0.003;   // of laptops: imaged with the agent already enrolled
inline constexpr double default_name_share = 0.002;  // of computers: nobody changed "localhost"
inline constexpr double shared_engine_id_share =
    0.005;  // of network devices: one SNMP engine id in all of a firmware
inline constexpr double configured_engine_id_share =
    0.05;                                     // set by configuration, so that a spare takes it over
inline constexpr std::size_t batch_size = 8;  // machines that are bought or imaged together

// Adapters.
inline constexpr double docked_share = 0.45;       // of laptop reports: at a shared desk
inline constexpr double random_mac_share = 0.10;   // of laptops: Wi-Fi made up, the real one not shown
inline constexpr double vpn_adapter_share = 0.04;  // of laptops: a client's adapter that looks like a card

// Virtual machines and containers.
inline constexpr double new_vm_per_year = 0.20;
inline constexpr double vm_clone_share = 0.08;      // of new ones: copied with the agent's state
inline constexpr double same_uuid_at_clone = 0.10;  // copied as a file, not by the hypervisor
inline constexpr double renamed_after_clone = 0.85;
inline constexpr double reimage_vm_per_year = 0.05;
inline constexpr double vm_rename_per_year = 0.05;  // in the hypervisor's list only
inline constexpr double other_display_name_share = 0.25;
inline constexpr double swapped_uuid_share = 0.5;  // firmware before SMBIOS 2.6 tells the other byte order
inline constexpr double listed_by_hypervisor = 0.97;
inline constexpr double new_container_per_year = 2.0;  // each lives some months

// Reports.
inline constexpr double partial_report_share = 0.003;  // firmware tables not readable this time
inline constexpr double partial_scan_share = 0.02;     // a device that stopped answering in the middle
inline constexpr double snmp_on_server_share = 0.5;
inline constexpr double engine_id_seen_by_agent = 0.9;  // Net-SNMP's file is where the agent looks
inline constexpr double two_addresses_share = 0.10;     // network devices that a scan finds at two addresses
inline constexpr double device_replaced_per_year = 0.02;  // by a spare with the same configuration
inline constexpr double registered_share =
    0.90;  // of physical machines: in the asset register that is imported
inline constexpr double imported_first = 0.70;  // at purchase, before the first start
inline constexpr double no_serial_in_register =
    0.001;                                         // suppliers send lists with serials; typed rows are few
inline constexpr double named_in_register = 0.60;  // the others go by their asset tag
inline constexpr double tag_in_firmware = 0.15;    // ordered so

}  // namespace censo::fleet
