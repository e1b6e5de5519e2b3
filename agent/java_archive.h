// What a Java archive (JAR File Specification; .jar, .war, .ear) is and holds: by Maven's pom.properties, its
// manifest, and the names of the archives inside it.
#pragma once

#include "agent/zip_archive.h"

#include <string>
#include <string_view>
#include <vector>

namespace censo::agent {

struct JavaArtifact {
  std::string group;    // Maven's: "org.apache.logging.log4j"; empty where only a name tells
  std::string name;     // "log4j-core"
  std::string version;  // "2.17.1"; empty: not known
  std::string
      within;  // the folder in the archive: "BOOT-INF/lib"; empty: the archive itself, or merged into it
};

// "log4j-1.2-api-2.17.1.jar" is log4j-1.2-api of 2.17.1.
JavaArtifact artifact_of_file_name(std::string_view file_name);
// The main section's attributes; a line that begins with a space goes on with the one before.
std::string manifest_value(std::string_view manifest, std::string_view name);

// The archive itself first, then what was merged into it, then the archives inside it, at most 2,000.
std::vector<JavaArtifact> java_artifacts(const ZipArchive& archive, std::string_view file_name);

}  // namespace censo::agent
