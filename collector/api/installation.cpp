#include "collector/agent_packages.h"
#include "collector/route.h"
#include "collector/services.h"

namespace censo::collector::api {
namespace {

base::Result<Response> with_type(base::Result<std::string> content, const char* type) {
  if (!content) return content.error();
  Response response = Response::ok(std::move(*content));
  response.content_type = type;
  return response;
}

}  // namespace

// Nothing here is secret: a script, and the packages that it installs. Who may enrol is what the token says.
Routes installation(const Services& services) {
  const auto script = [&services](store::Transaction&, const Request&) {
    return with_type(services.packages.install_script(services.server_pin), "text/x-shellscript");
  };
  const auto package = [&services](store::Transaction&, const Request& request) {
    return with_type(services.packages.content(request.parameter("file")), "application/octet-stream");
  };
  return {{"GET",
           "/enrol.sh",
           Role::none,
           Access::read,
           "The script that installs an agent and enrols it",
           {},
           script},
          {"GET", "/agents/{file}", Role::none, Access::read, "A package of the agent", {}, package}};
}

}  // namespace censo::collector::api
