// The portable form of a whole database (docs/operations.md): the same bytes from either engine.
//
//   "censo export 1\n", then blocks: u32 bytes packed, u32 bytes unpacked, 32 bytes SHA-256 over the previous
//   block's SHA-256 and the unpacked bytes, the bytes packed with zstd; numbers have their highest byte
//   first. A block of nothing is the end. Unpacked and joined:
//
//   migration NAME SHA-256\n ...           the schema
//   table NAME ROWS COLUMN:TYPE ...\n ...  in the order in which their rows follow
//   file NAME BYTES\n ...                  files of the state folder, in the order in which they follow
//   \n, the files, then the rows; each cell is a letter (n, i, d, t, b) and its value.
#pragma once

#include "base/digest.h"
#include "base/result.h"
#include "cmdb/store/driver/shape.h"
#include "cmdb/store/transaction.h"

#include <cstdint>
#include <functional>
#include <iosfwd>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace censo::store {

struct ExportedTable {
  driver::Table shape;  // its key is not in the file
  std::uint64_t rows = 0;
};

struct ExportHeader {
  std::vector<std::pair<std::string, std::string>> migrations;  // name, digest; in order
  std::vector<ExportedTable> tables;
  std::vector<std::pair<std::string, std::uint64_t>> files;  // name in the state folder, bytes
};

// Writes to a stream that the caller opened; what fails sets the stream's state, asked once at the end.
class ExportWriter {
 public:
  explicit ExportWriter(std::ostream& out);
  void header(const ExportHeader& header);  // first, once
  void file(std::string_view content);
  void cell(const Cell& cell);
  void end();

 private:
  void bytes(std::string_view piece);
  void number(std::uint64_t value, int bytes);
  void flush();

  std::ostream& out_;
  std::string block_;
  base::Sha256 chain_{};
};

// Reads what anybody may have made: every error is Errc::malformed and says at which byte of the file.
class ExportReader {
 public:
  // `in` outlives the reader.
  static base::Result<ExportReader> open(std::istream& in);

  const ExportHeader& header() const { return header_; }
  // The next file of the header; all before the first row.
  base::Result<std::string> file(std::uint64_t bytes);
  // The next row of a table with so many columns; in the header's order.
  base::Result<std::vector<Cell>> row(std::size_t columns);
  // After the last row: nothing else may follow.
  base::Result<void> end();

 private:
  explicit ExportReader(std::istream& in) : in_(&in) {}
  base::Result<void> read_header();
  base::Result<void> read_header_line(std::string_view line);
  base::Result<std::string> line();
  base::Result<std::string> bytes(std::uint64_t count);
  base::Result<std::uint64_t> number(int bytes);
  base::Result<Cell> cell();
  base::Result<void> next_block();
  base::Error damaged(const std::string& what) const;

  std::istream* in_;
  ExportHeader header_;
  std::string block_;
  std::size_t used_ = 0;  // of block_
  std::uint64_t at_ = 0;  // bytes of the file before the block
  std::uint64_t next_ = 0;
  base::Sha256 chain_{};
  bool ended_ = false;
};

}  // namespace censo::store
