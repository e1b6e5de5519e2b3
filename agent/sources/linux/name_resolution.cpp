// DNS servers and search domains (resolv.conf(5)); behind systemd-resolved those that it asks itself.
#include "agent/ip_address.h"
#include "agent/source.h"
#include "base/text.h"

#include <algorithm>

namespace censo::agent::sources {
namespace {

constexpr std::string_view resolver_stub = "127.0.0.53";
constexpr std::size_t max_entries = 64;

struct ResolverConfiguration {
  inventory::TextList servers, search;
};

// "fe80::1%eth0" has its scope left out of the check, not out of the text.
bool is_server(std::string_view text) {
  return parse_ip_address(text.substr(0, text.find('%'))).has_value();
}

void add_once(inventory::TextList& list, std::string text) {
  if (list.size() < max_entries && std::find(list.begin(), list.end(), text) == list.end()) {
    list.push_back(std::move(text));
  }
}

ResolverConfiguration parse_resolver_configuration(std::string_view text) {
  ResolverConfiguration configuration;
  for (const std::string_view line : base::split(text, '\n')) {
    const auto words = base::split_words(line.substr(0, line.find_first_of("#;")));
    if (words.size() < 2) continue;
    if (words[0] == "nameserver" && is_server(words[1])) {
      add_once(configuration.servers, base::sanitize_utf8(words[1], 256));
    } else if (words[0] == "search" || words[0] == "domain") {
      configuration.search.clear();  // the last line of the two kinds counts
      for (std::size_t i = 1; i < words.size(); ++i)
        add_once(configuration.search, base::sanitize_utf8(words[i], 256));
    }
  }
  return configuration;
}

}  // namespace

base::Result<void> name_resolution(const Host& host, SourceOutput& out) {
  const auto text = host.read_file("/etc/resolv.conf");
  if (!text) return text.error();
  auto configuration = parse_resolver_configuration(*text);
  if (configuration.servers == inventory::TextList{std::string(resolver_stub)}) {
    if (const auto upstream = host.read_file("/run/systemd/resolve/resolv.conf")) {
      configuration = parse_resolver_configuration(*upstream);
    }
  }
  out.section.attributes.set("dns_servers", std::move(configuration.servers));
  out.section.attributes.set("dns_search", std::move(configuration.search));
  return {};
}

}  // namespace censo::agent::sources
