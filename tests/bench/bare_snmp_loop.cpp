#include "tests/bench/bare_snmp_loop.h"

#include <net-snmp/net-snmp-config.h>

#include <net-snmp/net-snmp-includes.h>

#include <net-snmp/library/large_fd_set.h>

#include <arpa/inet.h>
#include <sys/epoll.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <string>

namespace censo::scanner {
namespace {

struct Asked {
  void* session = nullptr;
  int socket = -1;
  const std::vector<AskedPdu>* questions = nullptr;
  std::size_t next = 0;
  std::size_t* received = nullptr;
  bool waiting = false;
};

int take(int operation, netsnmp_session*, int, netsnmp_pdu*, void* asked) {
  auto& device = *static_cast<Asked*>(asked);
  if (operation != NETSNMP_CALLBACK_OP_RECEIVED_MESSAGE) return 1;
  device.waiting = false;
  ++*device.received;
  return 1;
}

void ask(Asked& device) {
  const auto& question = (*device.questions)[device.next++ % device.questions->size()];
  auto* pdu = snmp_pdu_create(question.tag);
  pdu->non_repeaters = static_cast<long>(question.unrepeated);
  pdu->max_repetitions = static_cast<long>(question.repetitions);
  for (const auto& name : question.oids) {
    std::array<oid, 128> arcs{};
    std::copy(name.arcs.begin(), name.arcs.end(), arcs.begin());
    snmp_add_null_var(pdu, arcs.data(), name.arcs.size());
  }
  device.waiting = true;
  if (snmp_sess_async_send(device.session, pdu, take, &device) == 0) snmp_free_pdu(pdu);
}

void open(Asked& device, std::uint32_t address, std::uint16_t port) {
  const in_addr number{htonl(address)};
  auto peer = std::string("udp:") + inet_ntoa(number) + ":" + std::to_string(port);
  std::string community = "public";
  netsnmp_session session;
  snmp_sess_init(&session);
  session.version = SNMP_VERSION_2c;
  session.peername = peer.data();
  session.community = reinterpret_cast<u_char*>(community.data());
  session.community_len = community.size();
  session.timeout = 5'000'000;
  device.session = snmp_sess_open(&session);
  device.socket = snmp_sess_transport(device.session)->sock;
}

}  // namespace

double bare_pdus_a_second(std::uint32_t first_address, std::uint16_t port, std::size_t sessions,
                          std::size_t pdus, const std::vector<std::vector<AskedPdu>>& questions) {
  std::size_t received = 0, sent = 0;
  std::vector<Asked> devices(sessions);
  const int poller = epoll_create1(EPOLL_CLOEXEC);
  for (std::size_t i = 0; i < sessions; ++i) {
    const auto address = first_address + static_cast<std::uint32_t>(i);
    open(devices[i], address, port);
    devices[i].questions = &questions[address % questions.size()];
    devices[i].received = &received;
    epoll_event event{EPOLLIN, {.ptr = &devices[i]}};
    epoll_ctl(poller, EPOLL_CTL_ADD, devices[i].socket, &event);
  }
  netsnmp_large_fd_set ready;
  netsnmp_large_fd_set_init(&ready, 4'096);
  const auto start = std::chrono::steady_clock::now();
  for (auto& device : devices) ask(device), ++sent;
  std::array<epoll_event, 64> events{};
  bool silent = false;
  while (received < pdus && !silent) {
    const int count = epoll_wait(poller, events.data(), static_cast<int>(events.size()), 2'000);
    silent = count <= 0;
    for (int i = 0; i < count; ++i) {
      auto& device = *static_cast<Asked*>(events[static_cast<std::size_t>(i)].data.ptr);
      NETSNMP_LARGE_FD_ZERO(&ready);
      NETSNMP_LARGE_FD_SET(device.socket, &ready);
      snmp_sess_read2(device.session, &ready);
      if (!device.waiting && sent < pdus) ask(device), ++sent;
    }
  }
  const auto seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  netsnmp_large_fd_set_cleanup(&ready);
  for (auto& device : devices) snmp_sess_close(device.session);
  close(poller);
  return received < pdus ? 0 : static_cast<double>(received) / seconds;
}

}  // namespace censo::scanner
