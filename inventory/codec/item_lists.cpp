#include "inventory/codec/item_lists.h"

#include "base/text.h"

#include <boost/endian/conversion.hpp>

#include <array>
#include <bit>
#include <cstdint>
#include <optional>
#include <utility>

namespace censo::inventory::codec {
namespace {

constexpr std::string_view list_begin = "\"items\":[";
constexpr std::string_view item_begin = "{\"class\":\"";
constexpr std::size_t most_digits = 18;  // fits 64 bits whatever they are

constexpr std::uint64_t each_byte(unsigned char byte) {
  return 0x0101010101010101ULL * byte;
}

constexpr std::uint64_t has_zero_byte(std::uint64_t word) {
  return (word - each_byte(0x01)) & ~word & each_byte(0x80);
}

bool stands_for_itself(char c) {
  return c >= 0x20 && c < 0x7f && c != '"' && c != '\\';
}

// How many of the eight bytes do, up to the first that does not. Carries and borrows spoil bytes above that
// one only.
std::size_t stand_for_themselves(const char* bytes) {
  const std::uint64_t word = boost::endian::load_little_u64(reinterpret_cast<const unsigned char*>(bytes));
  const std::uint64_t controls = (word - each_byte(0x20)) | (word + each_byte(0x01)) | word;
  const std::uint64_t others = (controls & each_byte(0x80)) | has_zero_byte(word ^ each_byte('"')) |
                               has_zero_byte(word ^ each_byte('\\'));
  return static_cast<std::size_t>(std::countr_zero(others)) / 8;
}

// Reads what our own writer writes, byte for byte. Whatever else is valid JSON, it refuses.
class Scanner {
 public:
  Scanner(std::string_view json, const LeavesAsText& leaves_as_text, const ReportLimits& limits)
      : json_(json), leaves_as_text_(leaves_as_text), limits_(limits) {}

  std::optional<ItemList> list_at(std::size_t begin) {
    at_ = begin;
    ItemList list;
    list.begin = begin;
    nodes_ = 0;
    names_.clear();
    if (!literal('[')) return std::nullopt;
    do {
      if (list.items.size() == limits_.max_items_per_section || !item(list.items)) return std::nullopt;
    } while (literal(','));
    if (!literal(']') || !next_is('}')) return std::nullopt;
    list.end = at_;
    list.nodes = nodes_;
    return list;
  }

 private:
  bool next_is(char c) const { return at_ < json_.size() && json_[at_] == c; }

  bool literal(char c) {
    if (!next_is(c)) return false;
    ++at_;
    return true;
  }
  bool literal(std::string_view text) {
    if (json_.compare(at_, text.size(), text) != 0) return false;
    at_ += text.size();
    return true;
  }

  // In byte order, as the canonical form wants it.
  bool item(std::vector<ItemText>& items) {
    const std::size_t begin = at_;
    if (!literal(item_begin)) return false;
    --at_;
    ItemText item;
    const auto class_name = text(limits_.max_name_bytes);
    if (!class_name || !is_left(*class_name)) return false;
    item.class_name = *class_name;
    if (!literal(",\"attributes\":")) return false;
    const std::size_t attributes_begin = at_;
    if (!attributes()) return false;
    item.attributes = json_.substr(attributes_begin, at_ - attributes_begin);
    if (!literal('}')) return false;
    item.whole = json_.substr(begin, at_ - begin);
    if (!items.empty() && item.whole < items.back().whole) return false;
    nodes_ += 3;
    items.push_back(item);
    return true;
  }

  bool is_left(std::string_view class_name) {
    if (class_name != last_class_) {
      last_class_ = class_name;
      last_is_left_ = class_name.find('\\') == std::string_view::npos && leaves_as_text_(class_name);
    }
    return last_is_left_;
  }

  // The names are mostly those of the item before, in the same order.
  bool attributes() {
    if (!literal('{')) return false;
    std::size_t place = 0;
    do {
      const bool as_before = place < names_.size() && literal(names_[place]);
      if (!as_before && !name(place)) return false;
      if (++place > limits_.max_keys_per_object || !value()) return false;
    } while (literal(','));
    return literal('}');
  }

  bool name(std::size_t place) {
    names_.resize(place);
    const std::size_t begin = at_;
    const auto name = text(limits_.max_name_bytes);
    if (!name || name->find('\\') != std::string_view::npos || !literal(':')) return false;
    if (place > 0 && *name <= names_.back().substr(1, names_.back().size() - 3)) return false;
    names_.push_back(json_.substr(begin, at_ - begin));
    return true;
  }

  bool value() {
    ++nodes_;
    if (at_ >= json_.size()) return false;
    switch (json_[at_]) {
      case '"': return text(limits_.max_text_bytes).has_value();
      case '[': return texts();
      case 't': return literal("true");
      case 'f': return literal("false");
      default: return integer();
    }
  }

  bool texts() {
    literal('[');
    std::size_t count = 0;
    do {
      ++nodes_;
      if (++count > limits_.max_items_per_section || !text(limits_.max_name_bytes)) return false;
    } while (literal(','));
    return literal(']');
  }

  bool integer() {
    const bool negative = literal('-');
    const std::size_t begin = at_;
    while (at_ < json_.size() && json_[at_] >= '0' && json_[at_] <= '9') ++at_;
    const std::size_t digits = at_ - begin;
    const bool zero_first = digits > 0 && json_[begin] == '0';
    return digits > 0 && digits <= most_digits && (!zero_first || (digits == 1 && !negative)) &&
           !next_is('.') && !next_is('e') && !next_is('E');
  }

  // What stands between the quotes, not empty; with its escapes, which make it longer than it is.
  std::optional<std::string_view> text(std::size_t max_bytes) {
    if (!literal('"')) return std::nullopt;
    const std::size_t begin = at_;
    bool beyond_ascii = false;
    while (true) {
      pass_what_stands_for_itself();
      if (at_ >= json_.size()) return std::nullopt;
      if (json_[at_] == '"') break;
      const bool high = (static_cast<unsigned char>(json_[at_]) & 0x80) != 0;
      beyond_ascii = beyond_ascii || high;
      if (high)
        ++at_;
      else if (!escape())
        return std::nullopt;
    }
    const std::string_view found = json_.substr(begin, at_ - begin);
    ++at_;
    if (found.empty() || found.size() > max_bytes || (beyond_ascii && !base::is_valid_utf8(found)))
      return std::nullopt;
    return found;
  }

  void pass_what_stands_for_itself() {
    while (at_ + 8 <= json_.size()) {
      const auto bytes = stand_for_themselves(json_.data() + at_);
      at_ += bytes;
      if (bytes < 8) return;
    }
    while (at_ < json_.size() && stands_for_itself(json_[at_])) ++at_;
  }

  bool escape() {
    static constexpr std::array<std::string_view, 5> escapes{"\\\"", "\\\\", "\\n", "\\t", "\\u007f"};
    for (const auto one : escapes) {
      if (literal(one)) return true;
    }
    return false;
  }

  const std::string_view json_;
  const LeavesAsText& leaves_as_text_;
  const ReportLimits& limits_;
  std::size_t at_ = 0, nodes_ = 0;
  std::string_view last_class_;
  bool last_is_left_ = false;
  std::vector<std::string_view> names_;  // `"name":`, of the last item, sorted
};

}  // namespace

std::vector<ItemList> find_item_lists(std::string_view json, const LeavesAsText& leaves_as_text,
                                      const ReportLimits& limits) {
  std::vector<ItemList> lists;
  Scanner scanner(json, leaves_as_text, limits);
  const std::string begins = std::string(list_begin) + std::string(item_begin);
  std::size_t from = 0;
  for (auto at = json.find(begins); at != std::string_view::npos; at = json.find(begins, from)) {
    auto list = scanner.list_at(at + list_begin.size() - 1);
    from = list ? list->end : at + begins.size();
    if (list) lists.push_back(std::move(*list));
  }
  return lists;
}

}  // namespace censo::inventory::codec
