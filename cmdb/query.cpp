#include "cmdb/query.h"

#include "base/text.h"

#include <algorithm>
#include <array>
#include <optional>

namespace censo::cmdb {
namespace {

using base::Errc;

constexpr std::array<std::string_view, 9> signs{":", "=", "!=", "~", "<", "<=", ">", ">=", ":"};
constexpr std::string_view ends_a_value = " \t\r\n()\"<>=!";
constexpr std::string_view white_space = " \t\r\n";

bool is_field_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '.';
}

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

// "00:1b:2", "fe80::1": colons between hexadecimal groups are an address, not a field.
bool looks_like_an_address(std::string_view word) {
  const auto groups = base::split(word, ':');
  const auto hexadecimal = [](std::string_view group) {
    return group.size() <= 4 && group.find_first_not_of("0123456789abcdefABCDEF") == group.npos;
  };
  return groups.size() > 1 && std::ranges::all_of(groups, hexadecimal);
}

bool is_keyword(std::string_view word) {
  return word == "AND" || word == "OR" || word == "NOT";
}

struct Literal {
  std::string text;
  bool quoted = false, prefix = false;
};

class Parser {
 public:
  Parser(std::string_view text, const QueryLimits& limits) : text_(text), limits_(limits) {}

  base::Result<Query> parse() {
    if (text_.size() > limits_.bytes) {
      return base::fail(Errc::limit_exceeded, "expected at most " + std::to_string(limits_.bytes) + " bytes",
                        "q");
    }
    const auto valid = base::valid_utf8_bytes(text_);
    if (valid != text_.size())
      return base::fail(Errc::malformed, "expected UTF-8", place_in_query(valid + 1));
    skip_space();
    Query query = at_ == text_.size() ? Query{} : any_of(0);
    if (!fault_ && at_ < text_.size()) refuse("expected a term, found " + found());
    if (fault_) return *fault_;
    return query;
  }

 private:
  // One level of parentheses a call: `depth` bounds the recursion of all four.
  Query any_of(std::size_t depth) {
    Query whole{Query::Kind::any_of, {}, {}};
    append(whole, all_of(depth));
    while (!fault_ && take_word("OR")) append(whole, all_of(depth));
    return unwrapped(std::move(whole));
  }

  Query all_of(std::size_t depth) {
    Query whole{Query::Kind::all_of, {}, {}};
    append(whole, factor(depth));
    while (!fault_ && at_ < text_.size() && text_[at_] != ')' && !sees_word("OR")) {
      take_word("AND");
      append(whole, factor(depth));
    }
    return unwrapped(std::move(whole));
  }

  Query factor(std::size_t depth) {
    if (depth > limits_.depth) {
      refuse("expected at most " + std::to_string(limits_.depth) + " levels", Errc::limit_exceeded);
      return {};
    }
    const bool minus = at_ + 1 < text_.size() && text_[at_] == '-' && !is_space(text_[at_ + 1]);
    if (minus || sees_word("NOT")) {
      if (minus)
        ++at_;
      else
        take_word("NOT");
      Query negated{Query::Kind::none_of, {}, {}};
      negated.parts.push_back(factor(depth + 1));
      return negated;
    }
    if (at_ < text_.size() && text_[at_] == '(') return in_parentheses(depth);
    return {Query::Kind::term, term(), {}};
  }

  Query in_parentheses(std::size_t depth) {
    ++at_;
    skip_space();
    Query inner = any_of(depth + 1);
    if (fault_) return inner;
    if (at_ == text_.size() || text_[at_] != ')') refuse("expected \")\", found " + found());
    ++at_;
    skip_space();
    return inner;
  }

  QueryTerm term() {
    QueryTerm read;
    read.position = at_ + 1;
    if (++terms_ > limits_.terms) {
      refuse("expected at most " + std::to_string(limits_.terms) + " terms", Errc::limit_exceeded);
    }
    if (at_ == text_.size() || text_[at_] == ')' || sees_word("OR") || sees_word("AND")) {
      refuse("expected a term, found " + found());
    }
    read.field = field();
    if (!read.field.empty()) read.comparison = comparison();
    const Literal value = literal(read.field.empty());
    read.value = value.text;
    read.prefix = value.prefix;
    if (!read.field.empty()) complete(read, value);
    skip_space();
    return read;
  }

  // A range, or the version behind a package's name.
  void complete(QueryTerm& term, const Literal& value) {
    const auto dots = value.quoted ? std::string::npos : value.text.find("..");
    const bool may_be_range = term.comparison == Comparison::is || term.comparison == Comparison::equal;
    if (dots != std::string::npos && may_be_range && !term.prefix) {
      term.comparison = Comparison::range;
      term.value = value.text.substr(0, dots);
      term.upper = value.text.substr(dots + 2);
      if (term.value.empty() && term.upper.empty()) refuse("expected a value on a side of \"..\"");
      return;
    }
    const bool compares =
        at_ < text_.size() && std::string_view("<>=!").find(text_[at_]) != std::string_view::npos;
    if (!compares || term.comparison != Comparison::is) return;
    term.version_comparison = comparison();
    const Literal version = literal(false);
    term.version = version.text;
    if (version.text.empty() || version.prefix) refuse("expected a version");
  }

  // Empty, and nothing read, where no field and sign stand.
  std::string field() {
    if (at_ == text_.size() || !is_letter(text_[at_])) return {};
    const auto word_end = std::min(text_.find_first_of(" \t\r\n()\"", at_), text_.size());
    const auto word = text_.substr(at_, word_end - at_);
    const bool of_a_quote = word.ends_with(':') && word_end < text_.size() && text_[word_end] == '"';
    if (!of_a_quote && looks_like_an_address(word)) return {};
    auto end = at_;
    while (end < text_.size() && is_field_letter(text_[end])) ++end;
    if (end == text_.size() || std::string_view(":=!~<>").find(text_[end]) == std::string_view::npos)
      return {};
    if (text_[end] == '!' && (end + 1 == text_.size() || text_[end + 1] != '=')) return {};
    std::string name = base::to_lower(text_.substr(at_, end - at_));
    at_ = end;
    return name;
  }

  Comparison comparison() {
    for (const auto one : {Comparison::not_equal, Comparison::at_most, Comparison::at_least, Comparison::is,
                           Comparison::equal, Comparison::contains, Comparison::less, Comparison::greater}) {
      if (!text_.substr(at_).starts_with(sign_of(one))) continue;
      at_ += sign_of(one).size();
      return one;
    }
    refuse("expected one of : = != ~ < <= > >=, found " + found());
    return Comparison::is;
  }

  Literal literal(bool free_text) {
    Literal read;
    if (at_ < text_.size() && text_[at_] == '"') {
      read = quoted();
    } else {
      const auto end = std::min(text_.find_first_of(ends_a_value, at_), text_.size());
      read.text = text_.substr(at_, end - at_);
      at_ = end;
      if (read.text.size() > 1 && read.text.ends_with('*')) {
        read.text.pop_back();
        read.prefix = true;
      }
    }
    if (read.text.empty() && !fault_) refuse("expected a value, found " + found());
    const bool glued = free_text && at_ < text_.size() && !is_space(text_[at_]) && text_[at_] != ')';
    if (glued && !fault_) refuse("expected a space, found " + found() + "; put the text in quotes");
    return read;
  }

  Literal quoted() {
    const auto opened = at_++;
    Literal read{{}, true, false};
    while (at_ < text_.size() && text_[at_] != '"') {
      if (text_[at_] == '\\' && at_ + 1 < text_.size()) ++at_;
      read.text += text_[at_++];
    }
    if (at_ == text_.size()) {
      at_ = opened;
      refuse("expected the other quote of this one");
      return read;
    }
    ++at_;
    read.prefix = at_ < text_.size() && text_[at_] == '*';
    if (read.prefix) ++at_;
    return read;
  }

  // Sequences of one kind are one sequence, whatever the parentheses.
  static void append(Query& whole, Query part) {
    if (part.kind == whole.kind && whole.kind != Query::Kind::none_of) {
      std::ranges::move(part.parts, std::back_inserter(whole.parts));
    } else {
      whole.parts.push_back(std::move(part));
    }
  }
  static Query unwrapped(Query whole) {
    if (whole.parts.size() != 1) return whole;
    Query only = std::move(whole.parts.front());
    return only;
  }

  static bool is_space(char c) { return white_space.find(c) != std::string_view::npos; }
  void skip_space() { at_ = std::min(text_.find_first_not_of(white_space, at_), text_.size()); }

  bool sees_word(std::string_view word) const {
    const auto rest = text_.substr(std::min(at_, text_.size()));
    return rest.starts_with(word) && (rest.size() == word.size() || is_space(rest[word.size()]) ||
                                      rest[word.size()] == '(' || rest[word.size()] == ')');
  }
  bool take_word(std::string_view word) {
    if (!sees_word(word)) return false;
    at_ += word.size();
    skip_space();
    return true;
  }

  std::string found() const {
    if (at_ >= text_.size()) return "the end";
    return "\"" + base::sanitize_utf8(text_.substr(at_), 20) + "\"";
  }
  void refuse(std::string message, Errc code = Errc::malformed) {
    if (!fault_) fault_ = base::fail(code, std::move(message), place_in_query(at_ + 1));
    at_ = text_.size();
  }

  std::string_view text_;
  const QueryLimits& limits_;
  std::size_t at_ = 0, terms_ = 0;
  std::optional<base::Error> fault_;
};

bool stands_bare(std::string_view value) {
  const auto plain = [](char c) { return is_field_letter(c) || c == '-' || c == '/' || c == '+'; };
  return !value.empty() && std::ranges::all_of(value, plain) && value.front() != '-' &&
         value.find("..") == value.npos && !is_keyword(value);
}

std::string in_quotes(std::string_view value) {
  std::string text = "\"";
  for (const char c : value) {
    if (c == '"' || c == '\\') text += '\\';
    text += c;
  }
  return text + "\"";
}

std::string quoted(std::string_view value) {
  return stands_bare(value) ? std::string(value) : in_quotes(value);
}

}  // namespace

std::string_view sign_of(Comparison comparison) {
  return signs[static_cast<std::size_t>(comparison)];
}

std::string place_in_query(std::size_t position) {
  return "q:" + std::to_string(position);
}

bool operator==(const QueryTerm& a, const QueryTerm& b) {
  return a.field == b.field && a.comparison == b.comparison && a.value == b.value && a.upper == b.upper &&
         a.prefix == b.prefix && a.version_comparison == b.version_comparison && a.version == b.version;
}

base::Result<Query> parse_query(std::string_view text, const QueryLimits& limits) {
  return Parser(text, limits).parse();
}

std::string to_text(const QueryTerm& term) {
  if (term.field.empty()) return quoted(term.value) + (term.prefix ? "*" : "");
  std::string text = term.field + std::string(sign_of(term.comparison));
  if (term.comparison == Comparison::range) return text + term.value + ".." + term.upper;
  const bool alone = term.version.empty() && !term.prefix;
  const bool misread = alone && looks_like_an_address(text + term.value);
  text += (misread ? in_quotes(term.value) : quoted(term.value)) + (term.prefix ? "*" : "");
  if (!term.version.empty()) text += std::string(sign_of(term.version_comparison)) + quoted(term.version);
  return text;
}

std::string to_text(const Query& query) {
  if (query.kind == Query::Kind::term) return to_text(query.term);
  if (query.kind == Query::Kind::none_of) {
    const Query& part = query.parts.front();
    const bool simple = part.kind == Query::Kind::term || part.kind == Query::Kind::none_of;
    return simple ? "-" + to_text(part) : "-(" + to_text(part) + ")";
  }
  std::vector<std::string> parts;
  for (const Query& part : query.parts) {
    const bool inner = part.kind == Query::Kind::all_of || part.kind == Query::Kind::any_of;
    parts.push_back(inner ? "(" + to_text(part) + ")" : to_text(part));
  }
  return base::join(parts, query.kind == Query::Kind::all_of ? " " : " OR ");
}

}  // namespace censo::cmdb
