#include "cmdb/store/export_file.h"

#include "base/text.h"

#include <zstd.h>

#include <algorithm>
#include <array>
#include <bit>
#include <istream>
#include <ostream>
#include <stdexcept>

namespace censo::store {
namespace {

using base::Errc;

constexpr std::string_view magic = "censo export 1\n";
constexpr std::size_t block_bytes = 1024 * 1024;
constexpr std::size_t packed_limit = 2 * block_bytes;
constexpr std::size_t line_limit = 64 * 1024;
constexpr std::size_t header_limit = 4 * 1024 * 1024;
constexpr std::uint64_t cell_limit = 256 * 1024 * 1024;
constexpr std::size_t digest_bytes = 32;
constexpr int zstd_level = 3;

base::Sha256 chained(const base::Sha256& before, std::string_view block) {
  std::string both(reinterpret_cast<const char*>(before.data()), before.size());
  both += block;
  return base::sha256(both);
}

std::string_view text_of(const base::Sha256& digest) {
  return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

std::string big_endian(std::uint64_t value, int bytes) {
  std::string text;
  for (int shift = (bytes - 1) * 8; shift >= 0; shift -= 8) text.push_back(static_cast<char>(value >> shift));
  return text;
}

std::uint64_t from_big_endian(std::string_view text) {
  std::uint64_t value = 0;
  for (const char c : text) value = value << 8 | static_cast<unsigned char>(c);
  return value;
}

bool is_name(std::string_view text) {
  return !text.empty() && text.size() <= 100 && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
  });
}

// A path within the state folder.
bool is_file_name(std::string_view text) {
  const bool fits = std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '.' || c == '/' || c == '-';
  });
  return fits && !text.empty() && text.size() <= 100 && text.front() != '/' &&
         text.find("..") == std::string_view::npos;
}

// "ci 17 id:bigint size:double_precision"
std::optional<ExportedTable> table_of(const std::vector<std::string_view>& words) {
  const auto rows = words.size() > 3 ? base::parse_unsigned(words[2]) : std::nullopt;
  if (!rows || !is_name(words[1])) return std::nullopt;
  ExportedTable table{{std::string(words[1]), {}, {}}, *rows};
  for (std::size_t i = 3; i < words.size(); ++i) {
    const auto pair = base::split(words[i], ':');
    if (pair.size() != 2 || !is_name(pair[0]) || !is_name(pair[1])) return std::nullopt;
    std::string type(pair[1]);
    std::ranges::replace(type, '_', ' ');
    table.shape.columns.push_back({std::string(pair[0]), type});
  }
  return table;
}

}  // namespace

ExportWriter::ExportWriter(std::ostream& out) : out_(out) {
  out_ << magic;
}

void ExportWriter::header(const ExportHeader& header) {
  for (const auto& [name, digest] : header.migrations) bytes("migration " + name + " " + digest + "\n");
  for (const ExportedTable& table : header.tables) {
    std::string line = "table " + table.shape.name + " " + std::to_string(table.rows);
    for (const auto& column : table.shape.columns) {
      std::string type = column.type;
      std::ranges::replace(type, ' ', '_');
      line += " " + column.name + ":" + type;
    }
    bytes(line + "\n");
  }
  for (const auto& [name, size] : header.files) bytes("file " + name + " " + std::to_string(size) + "\n");
  bytes("\n");
}

void ExportWriter::file(std::string_view content) {
  bytes(content);
}

void ExportWriter::cell(const Cell& cell) {
  if (const auto* integer = std::get_if<std::int64_t>(&cell)) {
    bytes("i");
    number(static_cast<std::uint64_t>(*integer), 8);
  } else if (const auto* decimal = std::get_if<double>(&cell)) {
    bytes("d");
    number(std::bit_cast<std::uint64_t>(*decimal), 8);
  } else if (const auto* text = std::get_if<std::string>(&cell)) {
    bytes("t");
    number(text->size(), 4);
    bytes(*text);
  } else if (const auto* raw = std::get_if<base::Bytes>(&cell)) {
    bytes("b");
    number(raw->size(), 4);
    bytes({reinterpret_cast<const char*>(raw->data()), raw->size()});
  } else {
    bytes("n");
  }
}

void ExportWriter::end() {
  if (!block_.empty()) flush();
  flush();
}

void ExportWriter::bytes(std::string_view piece) {
  while (!piece.empty()) {
    const std::size_t fits = std::min(piece.size(), block_bytes - block_.size());
    block_ += piece.substr(0, fits);
    piece.remove_prefix(fits);
    if (block_.size() == block_bytes) flush();
  }
}

void ExportWriter::number(std::uint64_t value, int count) {
  bytes(big_endian(value, count));
}

void ExportWriter::flush() {
  std::string packed(block_.empty() ? 0 : ZSTD_compressBound(block_.size()), '\0');
  if (!block_.empty()) {
    const auto size = ZSTD_compress(packed.data(), packed.size(), block_.data(), block_.size(), zstd_level);
    if (ZSTD_isError(size)) throw std::runtime_error(std::string("zstd: ") + ZSTD_getErrorName(size));
    packed.resize(size);
  }
  chain_ = chained(chain_, block_);
  out_ << big_endian(packed.size(), 4) << big_endian(block_.size(), 4) << text_of(chain_) << packed;
  block_.clear();
}

base::Result<ExportReader> ExportReader::open(std::istream& in) {
  ExportReader reader(in);
  std::array<char, magic.size()> start{};
  in.read(start.data(), start.size());
  if (std::string_view(start.data(), static_cast<std::size_t>(in.gcount())) != magic) {
    return reader.damaged("expected a file that begins with \"censo export 1\"");
  }
  reader.next_ = magic.size();
  if (const auto read = reader.read_header(); !read) return read.error();
  return reader;
}

base::Error ExportReader::damaged(const std::string& what) const {
  return base::fail(Errc::malformed, what, "byte " + std::to_string(at_));
}

base::Result<void> ExportReader::next_block() {
  at_ = next_;
  if (ended_) return damaged("the file ends before its rows do");
  std::string head(8 + digest_bytes, '\0');
  in_->read(head.data(), static_cast<std::streamsize>(head.size()));
  if (in_->gcount() != static_cast<std::streamsize>(head.size())) return damaged("the file is cut off");
  const auto packed_size = from_big_endian(std::string_view(head).substr(0, 4));
  const auto size = from_big_endian(std::string_view(head).substr(4, 4));
  if (packed_size > packed_limit || size > block_bytes) return damaged("a block is larger than any may be");
  std::string packed(packed_size, '\0');
  in_->read(packed.data(), static_cast<std::streamsize>(packed.size()));
  if (in_->gcount() != static_cast<std::streamsize>(packed.size())) return damaged("the file is cut off");
  block_.assign(size, '\0');
  used_ = 0;
  const auto unpacked =
      packed.empty() ? 0 : ZSTD_decompress(block_.data(), block_.size(), packed.data(), packed.size());
  chain_ = chained(chain_, block_);
  if (ZSTD_isError(unpacked) || unpacked != size || std::string_view(head).substr(8) != text_of(chain_)) {
    return damaged("a block is damaged");
  }
  next_ += head.size() + packed.size();
  ended_ = size == 0;
  return {};
}

base::Result<std::string> ExportReader::bytes(std::uint64_t count) {
  std::string text;
  while (text.size() < count) {
    if (used_ == block_.size()) {
      if (const auto read = next_block(); !read) return read.error();
      continue;
    }
    const auto piece = std::min<std::uint64_t>(count - text.size(), block_.size() - used_);
    text.append(block_, used_, piece);
    used_ += piece;
  }
  return text;
}

base::Result<std::uint64_t> ExportReader::number(int count) {
  const auto text = bytes(static_cast<std::uint64_t>(count));
  if (!text) return text.error();
  return from_big_endian(*text);
}

base::Result<std::string> ExportReader::line() {
  std::string text;
  for (;;) {
    const auto next = bytes(1);
    if (!next) return next.error();
    if (*next == "\n") return text;
    text += *next;
    if (text.size() > line_limit) return damaged("a line of the header is too long");
  }
}

base::Result<void> ExportReader::read_header() {
  for (std::size_t read_bytes = 0; read_bytes < header_limit;) {
    const auto text = line();
    if (!text) return text.error();
    if (text->empty()) return {};
    read_bytes += text->size();
    if (const auto read = read_header_line(*text); !read) return read.error();
  }
  return damaged("the header is too long");
}

base::Result<void> ExportReader::read_header_line(std::string_view line) {
  const auto words = base::split(line, ' ');
  if (words[0] == "migration" && words.size() == 3) {
    header_.migrations.emplace_back(words[1], words[2]);
    return {};
  }
  if (words[0] == "file" && words.size() == 3) {
    const auto size = base::parse_unsigned(words[2]);
    if (size && *size <= block_bytes && is_file_name(words[1])) {
      header_.files.emplace_back(words[1], *size);
      return {};
    }
  }
  if (words[0] == "table") {
    if (auto table = table_of(words)) {
      header_.tables.push_back(std::move(*table));
      return {};
    }
  }
  return damaged("expected a migration, a table or a file in the header, found \"" +
                 base::sanitize_utf8(line, 60) + "\"");
}

base::Result<std::string> ExportReader::file(std::uint64_t count) {
  return bytes(count);
}

base::Result<Cell> ExportReader::cell() {
  const auto letter = bytes(1);
  if (!letter) return letter.error();
  if (*letter == "n") return Cell(nullptr);
  if (*letter == "i" || *letter == "d") {
    const auto value = number(8);
    if (!value) return value.error();
    return *letter == "i" ? Cell(static_cast<std::int64_t>(*value)) : Cell(std::bit_cast<double>(*value));
  }
  if (*letter != "t" && *letter != "b") return damaged("a cell is of no known type");
  const auto size = number(4);
  if (!size) return size.error();
  if (*size > cell_limit) return damaged("a cell is larger than any may be");
  auto content = bytes(*size);
  if (!content) return content.error();
  if (*letter == "t") return Cell(std::move(*content));
  return Cell(base::Bytes(content->begin(), content->end()));
}

base::Result<std::vector<Cell>> ExportReader::row(std::size_t columns) {
  std::vector<Cell> cells;
  cells.reserve(columns);
  for (std::size_t i = 0; i < columns; ++i) {
    auto next = cell();
    if (!next) return next.error();
    cells.push_back(std::move(*next));
  }
  return cells;
}

base::Result<void> ExportReader::end() {
  if (used_ != block_.size()) return damaged("more rows than the header says");
  if (!ended_) {
    if (const auto read = next_block(); !read) return read.error();
  }
  if (!ended_) return damaged("more rows than the header says");
  if (in_->peek() != std::istream::traits_type::eof()) return damaged("something follows the end");
  return {};
}

}  // namespace censo::store
