#include "collector/json_body.h"
#include "collector/route.h"
#include "collector/services.h"
#include "desk/desk_role.h"

#include <boost/json.hpp>

namespace censo::collector::api {
namespace {

namespace json = boost::json;
using store::Transaction;

desk::GrantedRole grant_of(const Request& request) {
  return {request.parameter("person"), request.parameter("role")};
}

base::Result<Response> list(Transaction& tx, const Request&) {
  return Response::ok(json_items(desk::granted_roles(tx), [](const desk::GrantedRole& grant) {
    return json::object{{"person", grant.person}, {"role", grant.role}};
  }));
}

base::Result<Response> grant(Transaction& tx, const Request& request) {
  const auto granted = desk::grant_role(tx, grant_of(request));
  if (!granted) return granted.error();
  return Response::no_content();
}

base::Result<Response> withdraw(Transaction& tx, const Request& request) {
  const auto withdrawn = desk::withdraw_role(tx, grant_of(request));
  if (!withdrawn) return withdrawn.error();
  return Response::no_content();
}

}  // namespace

Routes desk_roles(const Services&) {
  return {
      {"GET", "/api/v1/desk-roles", Role::viewer, Access::read, "Roles granted at the desk", {}, list},
      {"PUT",
       "/api/v1/desk-roles/{person}/{role}",
       Role::admin,
       Access::write,
       "Grant a role at the desk",
       {},
       grant},
      {"DELETE",
       "/api/v1/desk-roles/{person}/{role}",
       Role::admin,
       Access::write,
       "Withdraw a role at the desk",
       {},
       withdraw},
  };
}

}  // namespace censo::collector::api
