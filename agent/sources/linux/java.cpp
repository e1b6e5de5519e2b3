// Java archives below the folders where programs are installed, and those that running Java programs name.
// Each tells what it is, what was merged into it and which archives it holds. People's own folders are not
// looked at.
#include "agent/attributes.h"
#include "agent/java_archive.h"
#include "agent/process_files.h"
#include "agent/source.h"

#include <algorithm>
#include <array>
#include <set>

namespace censo::agent::sources {
namespace {

constexpr std::array<std::string_view, 3> folders{"/opt", "/usr/local/share/java", "/usr/share/java"};
// Of programs that have their archives in a folder of their own: "/usr/share/elasticsearch/lib".
constexpr std::array<std::string_view, 3> shared_folders{"/usr/local", "/usr/share", "/var/lib"};
constexpr std::array<std::string_view, 4> inner_folders{"lib", "modules", "webapps", "plugins"};
// Large ones that hold no Java archives.
constexpr std::array<std::string_view, 5> left_out{".git", "doc", "gems", "node_modules", "site-packages"};
constexpr std::size_t max_archives = 5000, max_entries = 20'000;
constexpr int max_depth = 8;

bool is_archive(std::string_view name) {
  return name.ends_with(".jar") || name.ends_with(".war") || name.ends_with(".ear");
}
bool is_left_out(std::string_view name) {
  return std::find(left_out.begin(), left_out.end(), name) != left_out.end();
}
bool is_personal(std::string_view path) {
  return path.starts_with("/home/") || path.starts_with("/root/");
}
std::string folder_of(const std::string& path) {
  return path.substr(0, path.rfind('/'));
}

class Archives {
 public:
  explicit Archives(const Host& host) : host_(host) {}

  void walk(const std::string& folder, int depth = 0) {
    const auto names = host_.list_folder(folder);
    for (const auto& name : names ? *names : std::vector<std::string>()) {
      if (full()) return;
      ++entries_;
      const std::string path = folder + "/" + name;
      if (is_archive(name)) {
        paths_.insert(path);
      } else if (depth < max_depth && !is_left_out(name) && is_folder(path)) {
        walk(path, depth + 1);
      }
    }
  }
  // What "-jar" and class paths name.
  void of_command_line(std::string_view arguments) {
    for (const auto argument : base::split(arguments, '\0'))
      for (const auto path : base::split(argument, ':'))
        if (!full() && path.starts_with('/') && is_archive(path) && !is_personal(path)) paths_.emplace(path);
  }

  bool full() const { return paths_.size() >= max_archives || entries_ >= max_entries; }
  const std::set<std::string>& paths() const { return paths_; }

 private:
  // Links lead to what is found without them, or in circles.
  bool is_folder(const std::string& path) const {
    const auto status = host_.status(path);
    return status && status->kind == FileKind::folder;
  }

  const Host& host_;
  std::set<std::string> paths_;
  std::size_t entries_ = 0;
};

void add_running(const Host& host, Archives& archives) {
  const auto processes = process_ids(host);
  if (!processes) return;
  for (const auto id : processes->ids) {
    const auto name = host.read_file(process_path(id, "comm"), 64);
    if (!name || base::trim(*name) != "java") continue;
    const auto arguments = host.read_file(process_path(id, "cmdline"), 256 * 1024);
    if (arguments) archives.of_command_line(*arguments);
  }
}

// What is no archive hides nothing that could be gone; what cannot be read may.
void refuse(base::Error error, const std::string& path, SourceOutput& out) {
  if (error.code != base::Errc::malformed && error.code != base::Errc::unsupported) return out.partial(error);
  out.note("malformed", error.message, path);
}

// Adds what one archive tells. Two versions of a name in one folder are told apart by their archives' paths.
void add_archive(const Host& host, const std::string& path, std::set<std::string>& known, SourceOutput& out) {
  const auto status = host.status(path);
  if (!status || status->kind != FileKind::regular) return;
  auto file = host.open_file(path);
  if (!file) return out.partial(file.error());
  const auto archive = ZipArchive::open(std::move(*file));
  if (!archive) return refuse(archive.error(), path, out);
  for (const auto& artifact : java_artifacts(*archive, path)) {
    if (artifact.version.empty()) continue;
    std::string instance = artifact.within.empty() ? folder_of(path) : path + "!/" + artifact.within;
    if (!known.insert(artifact.name + '\0' + instance).second) {
      instance = artifact.within.empty() ? path : instance + "/" + artifact.name + "-" + artifact.version;
      if (!known.insert(artifact.name + '\0' + instance).second) continue;
    }
    auto& attributes = out.add("software_package").attributes;
    set_text(attributes, "manager", "java");
    set_text(attributes, "name", artifact.name);
    set_text(attributes, "version", artifact.version);
    set_text(attributes, "instance", instance);
    if (!artifact.group.empty()) set_text(attributes, "source", artifact.group + ":" + artifact.name);
  }
}

}  // namespace

base::Result<void> java(const Host& host, SourceOutput& out) {
  Archives archives(host);
  for (const auto folder : folders) archives.walk(std::string(folder));
  for (const auto shared : shared_folders) {
    const auto names = host.list_folder(shared);
    for (const auto& name : names ? *names : std::vector<std::string>())
      for (const auto inner : inner_folders)
        archives.walk(std::string(shared) + "/" + name + "/" + std::string(inner));
  }
  add_running(host, archives);
  std::set<std::string> known;
  for (const auto& path : archives.paths()) add_archive(host, path, known, out);
  if (archives.full())
    out.partial(base::fail(base::Errc::limit_exceeded,
                           "more than 5000 Java archives, or 20000 files where they lie"));
  return {};
}

}  // namespace censo::agent::sources
