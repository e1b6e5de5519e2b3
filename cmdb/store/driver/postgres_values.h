// Values on their way to and from libpq, and what its error codes mean.
#pragma once

#include "cmdb/store/transaction.h"

#include <libpq-fe.h>

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace censo::store::driver {

struct ClearResult {
  void operator()(PGresult* result) const { PQclear(result); }
};
using PgResult = std::unique_ptr<PGresult, ClearResult>;

// The parameters of one statement in the form that libpq takes. Keeps pointers into `parameters`, which must
// outlive it. Throws StoreError(statement) for a text that PostgreSQL cannot hold: with a NUL byte or not
// UTF-8.
class PgParameters {
 public:
  PgParameters(std::string_view sql, std::span<const Parameter> parameters);

  int count() const { return static_cast<int>(values_.size()); }
  // Numbers and bytes say their type; texts and nulls take that of the place where they stand.
  const Oid* types() const { return types_.data(); }
  const char* const* values() const { return values_.data(); }
  const int* lengths() const { return lengths_.data(); }
  const int* formats() const { return formats_.data(); }
  // One letter a parameter: statements are prepared anew for other types.
  const std::string& signature() const { return signature_; }

 private:
  void add_text(std::string_view sql, const std::string& text);
  void add(Oid type, const char* value, std::size_t length, int format, char letter);

  std::vector<std::string> numbers_;  // their texts; reserved, so that they stay where they are
  std::vector<Oid> types_;
  std::vector<const char*> values_;
  std::vector<int> lengths_, formats_;
  std::string signature_;
};

Row row_of(const PGresult* result, int row);

StoreError::Kind kind_of_state(std::string_view sqlstate);

}  // namespace censo::store::driver
