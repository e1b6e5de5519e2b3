// The items and the relationships through which harm passes, in memory: less than 100 bytes an item and a
// relationship (docs/decisions/0110-graph-in-memory.md). One thread changes it while nobody reads, or many
// read; ImpactGraph (cmdb/impact_graph.h) sees to that.
#pragma once

#include "cmdb/adjacency.h"
#include "cmdb/configuration_item.h"
#include "cmdb/rule_table.h"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace censo::cmdb {

class ClassCatalog;  // cmdb/class_catalog.h

// A relation type through which harm passes.
struct HarmRelation {
  std::string name;
  bool from_harms = false;             // failure of its `from` harms its `to`; else the other way round
  std::optional<std::int64_t> min_up;  // how many must be up where no rule says otherwise
  friend bool operator==(const HarmRelation&, const HarmRelation&) = default;
};
std::vector<HarmRelation> harm_relations(const ClassCatalog& catalog);  // by name

class CiGraph {
 public:
  explicit CiGraph(std::vector<HarmRelation> relations) : relations_(std::move(relations)) {}

  struct Item {
    CiId id;
    std::string_view class_name, name;
    bool retired = false;
  };
  // A new item, or what is known of it now.
  CiIndex put(const Item& item);
  void drop(CiIndex item);  // it is in the database no more
  void set_merged_into(CiIndex item, std::optional<CiIndex> other);
  // How many of those that `item` needs by this relation must be up; nothing: no rule of its own.
  void set_min_up(CiIndex item, RelationIndex relation, std::optional<std::int64_t> min_up);
  // Replaces all harms, and gives back what memory the items were put with too much.
  void load(std::span<const Harm> harms);
  void set(const Harm& harm, bool there);
  // Packs what changed when it has grown to an eighth; cost: that of a load from memory.
  void compact_if_due();

  // As stored: of this item alone, whatever it is merged with; in both directions.
  std::vector<Harm> harms_of(CiIndex item) const;
  std::size_t size() const { return ids_.size(); }
  std::size_t relationships() const { return consumers_.steps(); }
  std::size_t bytes() const;
  const std::vector<HarmRelation>& relations() const { return relations_; }
  std::optional<RelationIndex> relation(std::string_view name) const;

  std::optional<CiIndex> find(CiId id) const;
  CiId id_of(CiIndex item) const { return CiId(ids_[item]); }
  const std::string& class_of(CiIndex item) const { return class_names_[classes_[item]]; }
  std::string_view name_of(CiIndex item) const;
  bool known(CiIndex item) const { return (flags_[item] & dropped) == 0; }
  bool retired(CiIndex item) const { return (flags_[item] & is_retired) != 0; }
  // Neither fails nor passes harm on.
  bool stands_aside(CiIndex item) const { return (flags_[item] & (is_retired | dropped)) != 0; }
  // The item that stands for this one, mostly itself.
  CiIndex root_of(CiIndex item) const { return (flags_[item] & merged) == 0 ? item : end_of_merges(item); }
  bool has_rule(CiIndex root, RelationIndex relation) const {
    return relations_[relation].min_up ||
           ((flags_[root] & (ruled | stands_for)) && min_up_of(root, relation));
  }
  // Its own rule, one of an item merged into it, or the relation type's; nothing: it needs them all.
  std::optional<std::int64_t> min_up_of(CiIndex root, RelationIndex relation) const;

  // Calls see(other root, relation) for each item that the failure of `root` may harm, and for each that
  // `root` needs; an item and relation may come twice when items are merged. Retired ones are left out.
  template <class See>
  void each_consumer(CiIndex root, See&& see) const {
    each(consumers_, root, see);
  }
  template <class See>
  void each_supplier(CiIndex root, See&& see) const {
    each(suppliers_, root, see);
  }

 private:
  enum Flag : std::uint8_t { is_retired = 1, dropped = 2, merged = 4, stands_for = 8, ruled = 16 };

  CiIndex end_of_merges(CiIndex item) const;
  std::vector<CiIndex> merged_into(CiIndex root) const;
  void set_flag(CiIndex item, Flag flag, bool on);
  void add_name(CiIndex item, std::string_view name);
  std::uint16_t class_index(std::string_view name);

  template <class See>
  void each(const Adjacency& adjacency, CiIndex root, See& see) const {
    const auto row_of = [&](CiIndex item) {
      for (const Step& step : adjacency.of(item)) {
        const CiIndex other = root_of(step.other());
        if (other != root && !stands_aside(other)) see(other, step.relation);
      }
    };
    row_of(root);
    if ((flags_[root] & stands_for) == 0) return;
    for (const CiIndex member : merged_into(root)) row_of(member);
  }

  std::vector<HarmRelation> relations_;
  std::vector<std::int64_t> ids_;
  std::size_t sorted_ = 0;  // so many of the first ids rise
  std::unordered_map<std::int64_t, CiIndex> unsorted_;
  std::vector<std::uint8_t> flags_;
  std::vector<std::uint16_t> classes_;
  std::vector<std::string> class_names_;
  std::uint16_t last_class_ = 0;      // items often come in rows of one class
  std::vector<std::uint32_t> names_;  // where each begins in name_bytes_: two bytes of length, the text
  std::string name_bytes_;
  std::size_t dead_name_bytes_ = 0;
  Adjacency consumers_, suppliers_;
  std::unordered_map<CiIndex, CiIndex> merges_;
  std::unordered_map<CiIndex, std::vector<CiIndex>> members_;
  RuleTable rules_;
};

}  // namespace censo::cmdb
