// The answers that carry certificates: of enrolment and of renewal.
#pragma once

#include "collector/access/certificate_authority.h"
#include "collector/access/probes.h"
#include "collector/route.h"
#include "collector/services.h"

#include <string_view>

namespace censo::collector {

Response issued_certificate(const Services& services, const Request& request, std::string_view agent_id,
                            const access::IssuedCertificate& certificate);

// The same for an agent behind a probe, which knows by which name its agent called it.
Response certificate_behind(const Services& services, std::string_view agent_id,
                            const access::IssuedCertificate& certificate);

// The same for a probe, with the certificate that it shows to agents, and where it calls.
Response probe_certificates(const Services& services, const Request& request,
                            const access::ProbeCertificates& made);

}  // namespace censo::collector
