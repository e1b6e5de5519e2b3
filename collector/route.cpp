#include "collector/route.h"

#include <array>
#include <stdexcept>

namespace censo::collector {
namespace {

constexpr std::array<std::pair<Role, std::string_view>, 7> role_names{
    {{Role::none, "none"},
     {Role::agent, "agent"},
     {Role::event_sender, "event_sender"},
     {Role::calendar_reader, "calendar_reader"},
     {Role::viewer, "viewer"},
     {Role::technician, "technician"},
     {Role::admin, "admin"}}};

}  // namespace

std::string_view name_of(Role role) {
  return role_names[static_cast<std::size_t>(role)].second;
}

base::Result<Role> parse_role(std::string_view text) {
  for (const auto& [role, name] : role_names) {
    if (role >= Role::event_sender && name == text) return role;
  }
  return base::fail(base::Errc::invalid_argument,
                    "expected the role viewer, technician, admin, event_sender or calendar_reader, found \"" +
                        std::string(text.substr(0, 40)) + "\"",
                    "role");
}

bool may_call(Role caller, Role least) {
  if (least == Role::none) return true;
  if (least == Role::agent || caller == Role::agent) return caller == least;
  if (least == Role::event_sender) return caller == least || caller >= Role::technician;
  if (caller == Role::event_sender) return false;
  return caller >= least;
}

const std::string& Request::parameter(std::string_view name) const {
  const auto found = parameters.find(name);
  if (found == parameters.end()) throw std::logic_error("the route has no parameter " + std::string(name));
  return found->second;
}

std::string Request::query_or(std::string_view name, std::string_view otherwise) const {
  const auto found = query.find(name);
  return found == query.end() ? std::string(otherwise) : found->second;
}

}  // namespace censo::collector
