#include "inventory/codec/decimal.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <string_view>

namespace censo::inventory {
namespace {

// 0.digits * 10^exponent, without zeros at either end.
struct Decimal {
  std::string digits;
  int exponent = 0;
};

// "1234.5", "0.001", "1e+20", "1.5e-07".
Decimal parsed(std::string_view text) {
  Decimal decimal;
  const auto e = text.find('e');
  if (e != std::string_view::npos) decimal.exponent = std::atoi(std::string(text.substr(e + 1)).c_str());
  const auto mantissa = text.substr(0, e);
  const auto point = std::min(mantissa.find('.'), mantissa.size());
  decimal.exponent += static_cast<int>(point);
  decimal.digits = mantissa.substr(0, point);
  if (point < mantissa.size()) decimal.digits += mantissa.substr(point + 1);
  const auto zeros = decimal.digits.find_first_not_of('0');
  decimal.digits.erase(0, zeros);
  decimal.exponent -= static_cast<int>(zeros);
  decimal.digits.erase(decimal.digits.find_last_not_of('0') + 1);
  return decimal;
}

std::string in_full(const Decimal& decimal) {
  const int digits = static_cast<int>(decimal.digits.size());
  if (decimal.exponent <= 0)
    return "0." + std::string(static_cast<std::size_t>(-decimal.exponent), '0') + decimal.digits;
  if (decimal.exponent >= digits)
    return decimal.digits + std::string(static_cast<std::size_t>(decimal.exponent - digits), '0');
  const auto point = static_cast<std::size_t>(decimal.exponent);
  return decimal.digits.substr(0, point) + "." + decimal.digits.substr(point);
}

std::string with_exponent(const Decimal& decimal) {
  std::string text = decimal.digits.substr(0, 1);
  if (decimal.digits.size() > 1) text += "." + decimal.digits.substr(1);
  return text + fmt::format("e{:+03}", decimal.exponent - 1);
}

}  // namespace

std::string shortest_decimal(double number) {
  if (number == 0) return std::signbit(number) ? "-0" : "0";
  const double size = std::abs(number);
  const auto decimal = parsed(fmt::format("{}", size));
  auto text = in_full(decimal);
  if (const auto other = with_exponent(decimal); other.size() < text.size()) {
    text = other;
  } else if (decimal.exponent >= static_cast<int>(decimal.digits.size())) {
    text = fmt::format("{:.0f}", size);  // whole numbers are told exactly
  }
  return number < 0 ? "-" + text : text;
}

}  // namespace censo::inventory
