// As much of JSON Schema 2020-12 as schemas/report.schema.json uses; throws on any other keyword.
#pragma once

#include <boost/json.hpp>

namespace censo::inventory {

class JsonSchema {
 public:
  explicit JsonSchema(boost::json::value schema) : root_(std::move(schema)) {}
  bool accepts(const boost::json::value& value) const { return accepts(root_, value); }
  // The definition of this name.
  const boost::json::object& definition(std::string_view name) const;

 private:
  bool accepts(const boost::json::value& schema, const boost::json::value& value) const;
  bool keyword(std::string_view name, const boost::json::object& schema,
               const boost::json::value& value) const;
  bool members(const boost::json::object& schema, const boost::json::object& value) const;

  boost::json::value root_;
};

}  // namespace censo::inventory
