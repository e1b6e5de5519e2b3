// Certificates that services show to others, found by the services' configuration. Keys are not read apart
// from the file that holds both.
#include "agent/attributes.h"
#include "agent/certificate_facts.h"
#include "agent/source.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>

namespace censo::agent::sources {
namespace {

constexpr std::size_t max_config_bytes = 512 * 1024;
constexpr std::size_t max_certificate_bytes = 256 * 1024;
constexpr std::size_t max_certificates = 500;

// A file, or a folder with its files, and the word that a certificate's path follows.
struct Place {
  std::string_view service, path, word;
};
constexpr std::array<Place, 31> places{
    {{"nginx", "/etc/nginx/nginx.conf", "ssl_certificate"},
     {"nginx", "/etc/nginx/conf.d/", "ssl_certificate"},
     {"nginx", "/etc/nginx/sites-enabled/", "ssl_certificate"},
     {"Apache HTTP Server", "/etc/apache2/sites-enabled/", "sslcertificatefile"},
     {"Apache HTTP Server", "/etc/httpd/conf/httpd.conf", "sslcertificatefile"},
     {"Apache HTTP Server", "/etc/httpd/conf.d/", "sslcertificatefile"},
     {"lighttpd", "/etc/lighttpd/lighttpd.conf", "ssl.pemfile"},
     {"lighttpd", "/etc/lighttpd/conf-enabled/", "ssl.pemfile"},
     {"HAProxy", "/etc/haproxy/haproxy.cfg", "crt"},
     {"HAProxy", "/etc/haproxy/conf.d/", "crt"},
     {"Postfix", "/etc/postfix/main.cf", "smtpd_tls_cert_file"},
     {"Postfix", "/etc/postfix/main.cf", "smtpd_tls_chain_files"},
     {"Exim", "/etc/exim4/exim4.conf.localmacros", "main_tls_certificate"},
     {"Dovecot", "/etc/dovecot/dovecot.conf", "ssl_cert"},
     {"Dovecot", "/etc/dovecot/conf.d/", "ssl_cert"},
     {"Dovecot", "/etc/dovecot/conf.d/", "ssl_server_cert_file"},
     {"MySQL", "/etc/mysql/mysql.conf.d/", "ssl-cert"},
     {"MySQL", "/etc/mysql/mysql.conf.d/", "ssl_cert"},
     {"MariaDB", "/etc/mysql/mariadb.conf.d/", "ssl-cert"},
     {"MariaDB", "/etc/mysql/mariadb.conf.d/", "ssl_cert"},
     {"MariaDB", "/etc/my.cnf.d/", "ssl_cert"},
     {"PostgreSQL", "/var/lib/pgsql/data/postgresql.conf", "ssl_cert_file"},
     {"Redis", "/etc/redis/redis.conf", "tls-cert-file"},
     {"MongoDB", "/etc/mongod.conf", "certificatekeyfile"},
     {"OpenLDAP", "/etc/ldap/slapd.conf", "tlscertificatefile"},
     {"OpenLDAP", "/etc/ldap/slapd.d/cn=config.ldif", "olctlscertificatefile"},
     {"OpenLDAP", "/etc/openldap/slapd.d/cn=config.ldif", "olctlscertificatefile"},
     {"vsftpd", "/etc/vsftpd.conf", "rsa_cert_file"},
     {"ProFTPD", "/etc/proftpd/tls.conf", "tlsrsacertificatefile"},
     {"Mosquitto", "/etc/mosquitto/conf.d/", "certfile"},
     {"OpenVPN", "/etc/openvpn/server/", "cert"}}};

// Words of a line, whatever quotes and separators the program likes.
std::vector<std::string_view> words_of(std::string_view line) {
  constexpr std::string_view separators = " \t\r=;:'\"<>(),";
  std::vector<std::string_view> words;
  while (true) {
    const auto begin = line.find_first_not_of(separators);
    if (begin == std::string_view::npos) return words;
    const auto end = std::min(line.find_first_of(separators, begin), line.size());
    words.push_back(line.substr(begin, end - begin));
    line.remove_prefix(end);
  }
}

void take_paths(std::string_view config, const Place& place,
                std::map<std::string, std::set<std::string>>& found) {
  for (const auto line : base::split(config, '\n')) {
    if (base::trim(line).starts_with('#')) continue;
    const auto words = words_of(line);
    for (std::size_t i = 0; i + 1 < words.size(); ++i) {
      const bool named = base::equal_ignoring_case(words[i], place.word);
      if (named && words[i + 1].starts_with('/') && found.size() < max_certificates)
        found[std::string(words[i + 1])].insert(std::string(place.service));
    }
  }
}

// Path of a certificate -> services that show it.
std::map<std::string, std::set<std::string>> certificates_in_use(const Host& host) {
  std::map<std::string, std::set<std::string>> found;
  for (const auto& place : places) {
    std::vector<std::string> files{std::string(place.path)};
    if (place.path.ends_with('/')) {
      const auto names = host.list_folder(place.path);
      files.clear();
      for (const auto& name : names ? *names : std::vector<std::string>())
        files.push_back(std::string(place.path) + name);
    }
    for (const auto& file : files) {
      if (const auto text = host.read_file(file, max_config_bytes)) take_paths(*text, place, found);
    }
  }
  return found;
}

void add_certificate(const X509Facts& facts, const std::string& path, const std::set<std::string>& services,
                     SourceOutput& out) {
  auto& item = out.add("certificate");
  item.ref = "certificate:" + facts.fingerprint;
  auto& attributes = item.attributes;
  set_text(attributes, "fingerprint", facts.fingerprint);
  set_text(attributes, "name", facts.names.empty() ? facts.subject : facts.names.front());
  set_text(attributes, "subject", facts.subject);
  set_text(attributes, "issuer", facts.issuer);
  set_text(attributes, "serial_number", facts.serial_number);
  if (facts.not_before != 0) set_text(attributes, "not_before", base::to_iso8601(facts.not_before));
  if (facts.not_after != 0) set_text(attributes, "not_after", base::to_iso8601(facts.not_after));
  attributes.set("subject_names", facts.names);
  set_text(attributes, "path", path);
  attributes.set("used_by", inventory::TextList(services.begin(), services.end()));
}

}  // namespace

base::Result<void> certificates(const Host& host, SourceOutput& out) {
  std::set<std::string> seen;
  for (const auto& [path, services] : certificates_in_use(host)) {
    const auto pem = host.read_file(path, max_certificate_bytes);
    const auto facts = pem ? read_certificate_facts(*pem) : base::Result<X509Facts>(pem.error());
    if (!facts) {
      const bool absent = facts.error().code == base::Errc::not_found;
      if (!absent) out.partial(base::fail(facts.error().code, facts.error().message, path));
      continue;
    }
    if (seen.insert(facts->fingerprint).second) add_certificate(*facts, path, services, out);
  }
  return {};
}

}  // namespace censo::agent::sources
