// From schema files to complete definitions that fit each other.
#pragma once

#include "base/embedded.h"
#include "base/result.h"
#include "cmdb/class_catalog.h"

#include <memory>
#include <span>

namespace censo::cmdb {

// `added` is what users wrote: classes and relation types of their own, and files named as a built-in class,
// which add attributes to it and hold nothing else. Errors are those of ClassCatalog::load().
base::Result<std::unique_ptr<ClassTables>> load_tables(std::span<const base::EmbeddedFile> built_in,
                                                       std::span<const base::EmbeddedFile> added = {});

}  // namespace censo::cmdb
