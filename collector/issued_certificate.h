// The answer that carries an agent's certificate: of enrolment and of renewal.
#pragma once

#include "collector/access/certificate_authority.h"
#include "collector/route.h"
#include "collector/services.h"

#include <string_view>

namespace censo::collector {

Response issued_certificate(const Services& services, const Request& request, std::string_view agent_id,
                            const access::IssuedCertificate& certificate);

}  // namespace censo::collector
