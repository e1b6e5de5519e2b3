// What may be attached to tickets: schemas/attachments.yaml. Data, not code; docs/desk.md explains the keys.
#pragma once

#include "base/embedded.h"
#include "base/result.h"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace censo::desk {

struct AttachmentType {
  std::string type;                  // media type that it is kept and sent as
  std::vector<std::string> endings;  // of its files' names, in lower case; the first where there is none
  std::vector<std::string> also;     // other media types that its content is taken for
};

struct AttachmentRules {
  std::int64_t bytes = 0;              // of one
  std::int64_t count = 0;              // of one ticket
  std::int64_t bytes_of_a_ticket = 0;  // all of them together
  std::vector<AttachmentType> types;

  // "attachments.yaml" among the files. Errc::malformed with file and line; Errc::not_found: it is not there.
  static base::Result<AttachmentRules> load(std::span<const base::EmbeddedFile> files);

  // nullptr: content of this media type is not taken.
  const AttachmentType* find(std::string_view media_type) const;
};

// The name that a file is kept by, of 1 to 200 bytes: without folders, controls, marks of direction and what
// Windows does not take, and with an ending of its type. So "a/../run.bat" with a text in it is
// "run.bat.txt".
std::string attachment_name(std::string_view given, const AttachmentType& type);

}  // namespace censo::desk
