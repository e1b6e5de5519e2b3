#include "agent/java_archive.h"

#include "base/text.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <optional>

namespace censo::agent {
namespace {

constexpr std::size_t max_artifacts = 2000, max_text_bytes = 256 * 1024;

bool is_archive(std::string_view name) {
  return name.ends_with(".jar") || name.ends_with(".war") || name.ends_with(".ear");
}

bool begins_with_digit(std::string_view text) {
  return !text.empty() && std::isdigit(static_cast<unsigned char>(text[0])) != 0;
}

std::string_view last_part(std::string_view path) {
  return path.substr(path.rfind('/') + 1);  // npos + 1 is 0
}

// "version=2.17.1" of java.util.Properties, as Maven writes it.
std::string property(std::string_view text, std::string_view name) {
  for (const auto line : base::split(text, '\n')) {
    const auto equals = line.find('=');
    if (equals != line.npos && base::trim(line.substr(0, equals)) == name)
      return std::string(base::trim(line.substr(equals + 1)));
  }
  return {};
}

// What the directory names that is worth a look.
struct Found {
  std::optional<ZipEntry> manifest;
  std::vector<ZipEntry> properties;
  std::vector<std::string_view> archives;
};

Found entries_of(const ZipArchive& archive) {
  Found found;
  archive.each_entry([&found](const ZipEntry& entry) {
    if (entry.name == "META-INF/MANIFEST.MF") found.manifest = entry;
    if (entry.name.starts_with("META-INF/maven/") && entry.name.ends_with("/pom.properties") &&
        found.properties.size() < max_artifacts)
      found.properties.push_back(entry);
    if (is_archive(entry.name) && found.archives.size() < max_artifacts) found.archives.push_back(entry.name);
  });
  return found;
}

std::vector<JavaArtifact> maven_artifacts(const ZipArchive& archive, const Found& found) {
  std::vector<JavaArtifact> artifacts;
  for (const auto& entry : found.properties) {
    const auto text = archive.content(entry, max_text_bytes);
    if (!text) continue;
    JavaArtifact artifact{
        property(*text, "groupId"), property(*text, "artifactId"), property(*text, "version"), {}};
    if (!artifact.name.empty() && !artifact.version.empty()) artifacts.push_back(std::move(artifact));
  }
  return artifacts;
}

// An archive without Maven's file: its name, and what its manifest says of the version.
JavaArtifact named_artifact(const ZipArchive& archive, const Found& found, std::string_view file_name) {
  auto artifact = artifact_of_file_name(file_name);
  if (!found.manifest) return artifact;
  const auto manifest = archive.content(*found.manifest, max_text_bytes);
  if (!manifest) return artifact;
  for (const auto* name : {"Implementation-Version", "Bundle-Version", "Specification-Version"}) {
    if (!artifact.version.empty()) break;
    artifact.version = manifest_value(*manifest, name);
  }
  artifact.group = manifest_value(*manifest, "Implementation-Vendor-Id");
  return artifact;
}

}  // namespace

JavaArtifact artifact_of_file_name(std::string_view file_name) {
  file_name = last_part(file_name);
  file_name = file_name.substr(0, file_name.rfind('.'));
  // The last part that begins with a digit, with those that do so before it, is where the version begins.
  auto begin = file_name.npos;
  for (auto dash = file_name.rfind('-'); dash != file_name.npos && dash > 0;
       dash = file_name.rfind('-', dash - 1)) {
    if (begins_with_digit(file_name.substr(dash + 1)))
      begin = dash;
    else if (begin != file_name.npos)
      break;
  }
  if (begin == file_name.npos) return {{}, std::string(file_name), {}, {}};
  return {{}, std::string(file_name.substr(0, begin)), std::string(file_name.substr(begin + 1)), {}};
}

std::string manifest_value(std::string_view manifest, std::string_view name) {
  std::string value;
  bool inside = false;
  for (auto line : base::split(manifest, '\n')) {
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.empty()) break;  // other sections are of single files
    if (line[0] == ' ') {
      if (inside) value += line.substr(1);
      continue;
    }
    if (inside) break;
    const auto colon = line.find(':');
    inside = colon != line.npos && line.substr(0, colon) == name;
    if (inside) value = base::trim(line.substr(colon + 1));
  }
  return value;
}

std::vector<JavaArtifact> java_artifacts(const ZipArchive& archive, std::string_view file_name) {
  const Found found = entries_of(archive);
  const auto by_name = artifact_of_file_name(file_name);
  auto artifacts = maven_artifacts(archive, found);
  // Of several the one that the file is named after is the archive, the others were merged into it.
  const auto own = std::find_if(artifacts.begin(), artifacts.end(), [&](const JavaArtifact& artifact) {
    return artifacts.size() == 1 || artifact.name == by_name.name;
  });
  if (own != artifacts.end())
    std::rotate(artifacts.begin(), own, own + 1);
  else
    artifacts.insert(artifacts.begin(), named_artifact(archive, found, file_name));
  for (const auto path : found.archives) {
    if (artifacts.size() >= max_artifacts) break;
    auto artifact = artifact_of_file_name(path);
    const auto slash = path.rfind('/');
    artifact.within = slash == path.npos ? "." : std::string(path.substr(0, slash));
    artifacts.push_back(std::move(artifact));
  }
  return artifacts;
}

}  // namespace censo::agent
