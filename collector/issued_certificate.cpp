#include "collector/issued_certificate.h"

#include "base/clock.h"

#include <boost/json.hpp>

#include <string>

namespace censo::collector {

Response issued_certificate(const Services& services, const Request& request, std::string_view agent_id,
                            const access::IssuedCertificate& certificate) {
  const auto& host = services.agents_host.empty() ? request.host : services.agents_host;
  return Response::created(boost::json::serialize(boost::json::object{
      {"agent_id", agent_id},
      {"certificate", certificate.pem},
      {"ca", services.authority.certificate_pem()},
      {"report_url", "https://" + host + ":" + std::to_string(services.agents_port) + "/api/v1/reports"},
      {"expires_at", base::to_iso8601(certificate.expires_at)}}));
}

Response certificate_behind(const Services& services, std::string_view agent_id,
                            const access::IssuedCertificate& certificate) {
  return Response::created(
      boost::json::serialize(boost::json::object{{"agent_id", agent_id},
                                                 {"certificate", certificate.pem},
                                                 {"ca", services.authority.certificate_pem()},
                                                 {"expires_at", base::to_iso8601(certificate.expires_at)}}));
}

Response probe_certificates(const Services& services, const Request& request,
                            const access::ProbeCertificates& made) {
  const auto& host = services.agents_host.empty() ? request.host : services.agents_host;
  return Response::created(boost::json::serialize(
      boost::json::object{{"probe", made.name},
                          {"agent_id", made.agent_id},
                          {"certificate", made.client.pem},
                          {"server_certificate", made.server.pem},
                          {"ca", services.authority.certificate_pem()},
                          {"agents_url", "https://" + host + ":" + std::to_string(services.agents_port)},
                          {"expires_at", base::to_iso8601(made.client.expires_at)}}));
}

}  // namespace censo::collector
