#include "agent/known_product.h"

#include <algorithm>
#include <array>

namespace censo::agent {
namespace {

constexpr std::array<KnownProduct, 52> programs{{
    {"apache2", "Apache HTTP Server", "web_server", ""},
    {"caddy", "Caddy", "web_server", ""},
    {"httpd", "Apache HTTP Server", "web_server", ""},
    {"lighttpd", "lighttpd", "web_server", ""},
    {"nginx", "nginx", "web_server", ""},
    {"angie", "Angie", "web_server", ""},
    {"litespeed", "LiteSpeed", "web_server", ""},
    {"openresty", "OpenResty", "web_server", ""},
    {"traefik", "Traefik", "web_server", ""},
    {"clickhouse", "ClickHouse", "database_server", ""},
    {"cockroach", "CockroachDB", "database_server", ""},
    {"etcd", "etcd", "database_server", ""},
    {"influxd", "InfluxDB", "database_server", ""},
    {"mariadbd", "MariaDB", "database_server", ""},
    {"mongod", "MongoDB", "database_server", "mongodb"},
    {"mongos", "MongoDB router", "database_server", "mongodb"},
    {"mysqld", "MySQL", "database_server", ""},
    {"oracle", "Oracle Database", "database_server", ""},
    {"db2sysc", "IBM Db2", "database_server", ""},
    {"postgres", "PostgreSQL", "database_server", ""},
    {"firebird", "Firebird", "database_server", ""},
    {"redis-check-rdb", "Redis", "database_server", "redis"},
    {"redis-server", "Redis", "database_server", "redis"},
    {"sqlservr", "Microsoft SQL Server", "database_server", "mssql-server"},
    {"valkey-server", "Valkey", "database_server", ""},
    {"nats-server", "NATS", "message_queue", ""},
    {"mosquitto", "Mosquitto", "message_queue", ""},
    {"beam.smp", "Erlang/OTP", "generic_service", "rabbitmq-server"},
    {"php-fpm", "PHP-FPM", "application_server", ""},
    {"chronyd", "chrony", "generic_service", ""},
    {"cupsd", "CUPS", "generic_service", ""},
    {"dnsmasq", "dnsmasq", "generic_service", ""},
    {"dockerd", "Docker", "generic_service", ""},
    {"dovecot", "Dovecot", "generic_service", ""},
    {"exim4", "Exim", "generic_service", ""},
    {"grafana", "Grafana", "generic_service", ""},
    {"haproxy", "HAProxy", "generic_service", ""},
    {"kubelet", "Kubernetes kubelet", "generic_service", ""},
    {"memcached", "Memcached", "generic_service", ""},
    {"minio", "MinIO", "generic_service", ""},
    {"named", "BIND", "generic_service", "bind9"},
    {"ntpd", "NTP", "generic_service", "ntp"},
    {"prometheus", "Prometheus", "generic_service", ""},
    {"slapd", "OpenLDAP", "generic_service", ""},
    {"smbd", "Samba", "generic_service", "samba"},
    {"snmpd", "Net-SNMP", "generic_service", ""},
    {"squid", "Squid", "generic_service", ""},
    {"sshd", "OpenSSH", "generic_service", "openssh-server"},
    {"unbound", "Unbound", "generic_service", ""},
    {"varnishd", "Varnish", "generic_service", ""},
    {"vault", "HashiCorp Vault", "generic_service", ""},
    {"vsftpd", "vsftpd", "generic_service", ""},
}};

// The first whose mark is in the arguments.
constexpr std::array<KnownProduct, 22> java_marks{{
    {"org.apache.catalina.startup.Bootstrap", "Apache Tomcat", "application_server", ""},
    {"org.jboss.modules", "WildFly", "application_server", ""},
    {"com.sun.enterprise.glassfish", "GlassFish", "application_server", ""},
    {"weblogic.Server", "Oracle WebLogic", "application_server", ""},
    {"com.ibm.ws.", "IBM WebSphere", "application_server", ""},
    {"org.eclipse.jetty", "Eclipse Jetty", "application_server", ""},
    {"jenkins.war", "Jenkins", "application_server", ""},
    {"org.keycloak", "Keycloak", "application_server", ""},
    {"quarkus-run.jar", "Quarkus application", "application_server", ""},
    {"org.elasticsearch", "Elasticsearch", "database_server", ""},
    {"org.opensearch", "OpenSearch", "database_server", ""},
    {"org.apache.cassandra", "Apache Cassandra", "database_server", ""},
    {"org.neo4j", "Neo4j", "database_server", ""},
    {"solr.solr.home", "Apache Solr", "database_server", ""},
    {"org.apache.hadoop.hbase", "Apache HBase", "database_server", ""},
    {"org.apache.zookeeper", "Apache ZooKeeper", "generic_service", ""},
    {"kafka.Kafka", "Apache Kafka", "message_queue", ""},
    {"activemq", "Apache ActiveMQ", "message_queue", ""},
    {"org.logstash", "Logstash", "generic_service", ""},
    {"org.graylog", "Graylog", "generic_service", ""},
    {"org.apache.spark", "Apache Spark", "generic_service", ""},
    {"org.sonar", "SonarQube", "generic_service", ""},
}};

constexpr KnownProduct unknown{"", "", "generic_service", ""};
constexpr std::array<std::string_view, 6> interpreters{"java", "node", "perl", "php", "python", "ruby"};

// "php-fpm8.2" and "postgres: 15" are versions of a program.
bool is_version_of(std::string_view program, std::string_view name) {
  return program.starts_with(name) &&
         program.find_first_not_of("0123456789.-", name.size()) == std::string_view::npos;
}

}  // namespace

const KnownProduct& product_of_program(std::string_view program) {
  auto found = std::find_if(programs.begin(), programs.end(),
                            [&](const KnownProduct& row) { return row.program == program; });
  if (found == programs.end())
    found = std::find_if(programs.begin(), programs.end(),
                         [&](const KnownProduct& row) { return is_version_of(program, row.program); });
  return found == programs.end() ? unknown : *found;
}

const KnownProduct& product_of_java(std::string_view arguments) {
  const auto found = std::find_if(java_marks.begin(), java_marks.end(), [&](const KnownProduct& row) {
    return arguments.find(row.program) != std::string_view::npos;
  });
  return found == java_marks.end() ? unknown : *found;
}

bool is_interpreter(std::string_view program) {
  return std::any_of(interpreters.begin(), interpreters.end(),
                     [&](std::string_view name) { return is_version_of(program, name); });
}

}  // namespace censo::agent
