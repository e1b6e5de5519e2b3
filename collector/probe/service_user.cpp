#include "collector/probe/service_user.h"

#include <grp.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace censo::collector::probe {
namespace {

base::Error failed(const char* what, const std::string& where) {
  return base::fail(base::Errc::io_failed, std::string(what) + ": " + std::strerror(errno), where);
}

}  // namespace

base::Result<void> become_service_user(const std::string& state_folder) {
  if (::geteuid() != 0) return {};
  const passwd* user = ::getpwnam("censo");
  if (user == nullptr) return {};
  const auto uid = user->pw_uid;
  const auto gid = user->pw_gid;
  if (::mkdir(state_folder.c_str(), 0700) == 0) {
    if (::chown(state_folder.c_str(), uid, gid) != 0)
      return failed("the folder cannot be given away", state_folder);
  } else if (errno != EEXIST) {
    return failed("the folder cannot be made", state_folder);
  }
  if (::setgroups(0, nullptr) != 0 || ::setgid(gid) != 0 || ::setuid(uid) != 0)
    return failed("the user cannot be changed", "censo");
  return {};
}

}  // namespace censo::collector::probe
