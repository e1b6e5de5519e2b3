#include "collector/scanner/announcements/sayings.h"

#include "base/text.h"
#include "collector/scanner/ports/greetings.h"

#include <arpa/nameser.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <vector>

namespace censo::scanner {
namespace {

// What tells kinds of devices apart; "_services" answers with the names of all that there are.
constexpr std::array<std::string_view, 20> asked{"_services._dns-sd._udp",
                                                 "_device-info._tcp",
                                                 "_ipp._tcp",
                                                 "_ipps._tcp",
                                                 "_printer._tcp",
                                                 "_pdl-datastream._tcp",
                                                 "_uscan._tcp",
                                                 "_axis-video._tcp",
                                                 "_rtsp._tcp",
                                                 "_smb._tcp",
                                                 "_afpovertcp._tcp",
                                                 "_adisk._tcp",
                                                 "_workstation._tcp",
                                                 "_googlecast._tcp",
                                                 "_airplay._tcp",
                                                 "_raop._tcp",
                                                 "_hap._tcp",
                                                 "_sip._udp",
                                                 "_sonos._tcp",
                                                 "_http._tcp"};
constexpr std::size_t most_records = 256;  // of one datagram

std::string name_octets(std::string_view name) {
  std::string octets;
  for (std::size_t at = 0; at < name.size();) {
    const auto end = std::min(name.find('.', at), name.size());
    octets += static_cast<char>(end - at);
    octets += name.substr(at, end - at);
    at = end + 1;
  }
  return octets + '\0';
}

// A label as it is; in names, resolvers write "\032" for a space and "\." for a dot.
std::vector<std::string> labels_of(const ns_msg& message, const std::uint8_t* at) {
  std::array<std::uint8_t, NS_MAXCDNAME> plain{};
  std::vector<std::string> labels;
  if (ns_name_unpack(ns_msg_base(message), ns_msg_end(message), at, plain.data(), plain.size()) < 0)
    return labels;
  for (std::size_t i = 0; i < plain.size() && plain[i] != 0 && plain[i] < 64; i += 1 + plain[i]) {
    if (i + 1 + plain[i] > plain.size()) return {};
    labels.emplace_back(reinterpret_cast<const char*>(&plain[i + 1]), plain[i]);
  }
  return labels;
}

// Of the name of a record, which ns_parserr() has written out.
std::vector<std::string> labels_of(const std::string& written) {
  std::vector<std::string> labels(1);
  for (std::size_t i = 0; i < written.size(); ++i) {
    if (written[i] == '.') {
      labels.emplace_back();
    } else if (written[i] != '\\') {
      labels.back() += written[i];
    } else if (i + 3 < written.size() && std::isdigit(static_cast<unsigned char>(written[i + 1]))) {
      labels.back() += static_cast<char>(base::parse_unsigned(written.substr(i + 1, 3)).value_or('?'));
      i += 3;
    } else if (++i < written.size()) {
      labels.back() += written[i];
    }
  }
  while (!labels.empty() && labels.back().empty()) labels.pop_back();
  return labels;
}

// "_ipp._tcp" of "Office._ipp._tcp.local", and of "_ipp._tcp.local" itself; "" where no service is named.
std::string service_in(const std::vector<std::string>& labels) {
  for (std::size_t i = 0; i + 1 < labels.size(); ++i) {
    const auto protocol = base::to_lower(labels[i + 1]);
    if (labels[i].starts_with('_') && (protocol == "_tcp" || protocol == "_udp")) {
      const auto service = base::to_lower(labels[i]) + "." + protocol;
      return service == "_dns-sd._udp" ? std::string() : service;
    }
  }
  return {};
}

class Reader {
 public:
  explicit Reader(const ns_msg& message) : message_(message) {}

  void record(const ns_rr& rr) {
    const auto owner = labels_of(std::string(ns_rr_name(rr)));
    if (owner.size() < 2) return;
    switch (ns_rr_type(rr)) {
      case ns_t_ptr: pointer(owner, rr); break;
      case ns_t_srv: server(owner, rr); break;
      case ns_t_txt: text(owner, rr); break;
      case ns_t_a:
      case ns_t_aaaa: host(owner); break;
      default: break;
    }
  }
  Sayings take() { return std::move(said_); }

 private:
  void set(std::string_view name, std::string_view value) {
    const auto cleaned = clean_saying(value);
    if (!cleaned.empty()) add_sayings(said_, {{std::string(name), cleaned}});
  }
  void service(const std::string& name) {
    if (!name.empty()) set("mdns_services", name);
  }
  void host(const std::vector<std::string>& labels) {
    if (labels.size() == 2 && base::equal_ignoring_case(labels[1], "local")) set("mdns_name", labels[0]);
  }

  // Of an address backwards, the name of the host; else of a service, what offers it.
  void pointer(const std::vector<std::string>& owner, const ns_rr& rr) {
    const auto target = labels_of(message_, ns_rr_rdata(rr));
    if (base::equal_ignoring_case(owner.back(), "arpa")) return host(target);
    service(service_in(target));
    service(service_in(owner));
  }
  void server(const std::vector<std::string>& owner, const ns_rr& rr) {
    constexpr std::size_t before_target = 6;  // priority, weight, port
    service(service_in(owner));
    if (ns_rr_rdlen(rr) > before_target) host(labels_of(message_, ns_rr_rdata(rr) + before_target));
  }

  // Length and "key=value", one after the other (RFC 6763, 6.3).
  void text(const std::vector<std::string>& owner, const ns_rr& rr) {
    const auto about = service_in(owner);
    service(about);
    const std::string_view all(reinterpret_cast<const char*>(ns_rr_rdata(rr)), ns_rr_rdlen(rr));
    for (std::size_t at = 0; at < all.size();) {
      const std::size_t length = static_cast<unsigned char>(all[at]);
      const auto pair = all.substr(at + 1, length);
      at += 1 + length;
      if (const auto equals = pair.find('='); equals != pair.npos)
        value(about, base::to_lower(pair.substr(0, equals)), pair.substr(equals + 1));
    }
  }
  void value(const std::string& about, const std::string& key, std::string_view text) {
    const bool prints = about.starts_with("_ipp") || about == "_printer._tcp" || about == "_uscan._tcp" ||
                        about == "_pdl-datastream._tcp" || about == "_scanner._tcp";
    if (key == "usb_mfg" || key == "mfg" || key == "manufacturer" || key == "vendor") set("mdns_maker", text);
    if ((prints && key == "ty") || key == "model" || (about == "_googlecast._tcp" && key == "md") ||
        (about == "_hap._tcp" && key == "md"))
      set("mdns_model", text);
  }

  const ns_msg& message_;
  Sayings said_;
};

}  // namespace

std::string mdns_question() {
  std::string question("\0\0\0\0\0\0\0\0\0\0\0\0", 12);
  question[5] = static_cast<char>(asked.size());
  for (const auto name : asked) {
    question += name_octets(std::string(name) + ".local");
    question += std::string("\0\x0c\x80\x01", 4);  // PTR, IN, answers by unicast (RFC 6762, 5.4)
  }
  return question;
}

Sayings mdns_sayings(std::span<const std::uint8_t> datagram) {
  ns_msg message;
  if (datagram.size() > 9000 ||
      ns_initparse(datagram.data(), static_cast<int>(datagram.size()), &message) < 0)
    return {};
  if (ns_msg_getflag(message, ns_f_qr) == 0) return {};  // a question
  Reader reader(message);
  std::size_t seen = 0;
  for (const auto section : {ns_s_an, ns_s_ar}) {
    for (int i = 0; i < ns_msg_count(message, section) && seen < most_records; ++i, ++seen) {
      ns_rr rr;
      if (ns_parserr(&message, section, i, &rr) < 0) break;
      reader.record(rr);
    }
  }
  return reader.take();
}

}  // namespace censo::scanner
