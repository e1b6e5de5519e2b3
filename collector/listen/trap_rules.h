// What SNMP notifications mean: schemas/traps.yaml. docs/events.md explains the keys.
#pragma once

#include "base/embedded.h"
#include "base/result.h"
#include "collector/listen/event_form.h"
#include "collector/scanner/trap.h"

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace censo::collector::listen {

struct TrapRule {
  std::vector<scanner::Oid> traps;                         // whole, or what is below where it ends with ".*"
  std::vector<bool> below;                                 // of each
  std::map<std::string, std::vector<std::string>> values;  // of variables: one of each has to be there
  EventForm form;
};

// Immutable, safe from any thread.
struct TrapRules {
  std::map<std::string, scanner::Oid> variables;  // names for the columns of tables, or for single values
  std::vector<TrapRule> rules;                    // the first that fits decides; the last fits all

  // "traps.yaml" among the files. Errc::malformed with file and line; Errc::not_found: it is not there.
  static base::Result<TrapRules> load(std::span<const base::EmbeddedFile> files);

  const TrapRule& rule_of(const scanner::Trap& trap) const;
  // Of the item that the device is: by its engine id, its own address, that of the sender. Nothing: its rule
  // wants none.
  std::optional<desk::EventMessage> message_of(const scanner::Trap& trap, const std::string& address) const;

 private:
  Values values_of(const scanner::Trap& trap) const;
};

// As people read it: text where it is text, else hex.
std::string value_text(const scanner::VarBind& bind);

}  // namespace censo::collector::listen
