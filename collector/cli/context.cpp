#include "collector/cli/context.h"

#include "base/file.h"

#include <boost/json.hpp>

#include <unistd.h>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>

namespace censo::cli {
namespace {

using base::Errc;
using base::fail;

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string() : value;
}

base::Result<Context> parse_context(std::string_view text, const std::string& path) {
  boost::json::error_code error;
  const auto value = boost::json::parse(text, error);
  const auto* object = error ? nullptr : value.if_object();
  if (object == nullptr)
    return fail(Errc::malformed, "expected a JSON object as `censo login` writes it", path);
  Context context;
  for (const auto& [name, target] :
       {std::pair{"url", &context.url}, {"token", &context.token}, {"ca", &context.ca}}) {
    const auto* member = object->if_contains(name);
    if (member == nullptr) continue;
    if (!member->is_string()) return fail(Errc::malformed, std::string("expected a text as ") + name, path);
    *target = member->get_string().c_str();
  }
  return context;
}

base::Result<void> apply_environment(Context& context) {
  if (auto url = environment("CENSO_URL"); !url.empty()) context.url = url;
  if (auto token = environment("CENSO_TOKEN"); !token.empty()) context.token = token;
  if (const auto file = environment("CENSO_CA"); !file.empty()) {
    auto pem = base::read_own_file(file);
    if (!pem) return pem.error();
    context.ca = std::move(*pem);
  }
  return {};
}

}  // namespace

std::string context_path() {
  if (auto path = environment("CENSO_CLI_CONFIG"); !path.empty()) return path;
  std::string folder = environment("XDG_CONFIG_HOME");
  if (folder.empty()) folder = environment("HOME") + "/.config";
  return folder + "/censo/censo.json";
}

base::Result<Context> load_context() {
  Context context;
  const std::string path = context_path();
  const auto text = base::read_own_file(path);
  if (text) {
    auto parsed = parse_context(*text, path);
    if (!parsed) return parsed.error();
    context = std::move(*parsed);
  } else if (text.error().code != Errc::not_found) {
    return text.error();
  }
  if (auto applied = apply_environment(context); !applied) return applied.error();
  if (context.url.empty())
    return fail(Errc::unauthenticated,
                "not logged in; run `censo login https://HOST:8443 --token-file FILE --ca FILE`", path);
  return context;
}

base::Result<void> save_context(const Context& context) {
  const std::filesystem::path path = context_path();
  if (path.has_parent_path() && !std::filesystem::exists(path.parent_path()))
    if (auto made = base::make_private_folder(path.parent_path().string()); !made) return made.error();
  const boost::json::object object{{"url", context.url}, {"token", context.token}, {"ca", context.ca}};
  return base::write_own_file(path.string(), boost::json::serialize(object) + "\n", 0600);
}

base::Result<void> forget_context() {
  const std::string path = context_path();
  if (::unlink(path.c_str()) == 0 || errno == ENOENT) return {};
  return fail(Errc::io_failed, std::string("cannot remove it: ") + std::strerror(errno), path);
}

}  // namespace censo::cli
