#include "collector/http/admission.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <cstdint>

namespace censo::collector::http {
namespace {

constexpr std::array<std::uint8_t, 12> v4_in_v6{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

std::string first_bits(const std::uint8_t* bytes, std::size_t size, unsigned bits) {
  std::string key(reinterpret_cast<const char*>(bytes), size);
  for (std::size_t i = 0; i < size; ++i) {
    const auto keep = std::min<unsigned>(8, bits - std::min<unsigned>(bits, static_cast<unsigned>(i * 8)));
    key[i] = static_cast<char>(static_cast<unsigned char>(key[i]) & (0xff00u >> keep));
  }
  return key;
}

}  // namespace

std::string network_of(std::string_view address, unsigned bits_v4, unsigned bits_v6) {
  const std::string text(address);
  std::array<std::uint8_t, 16> bytes{};
  if (inet_pton(AF_INET, text.c_str(), bytes.data()) == 1) return first_bits(bytes.data(), 4, bits_v4);
  if (inet_pton(AF_INET6, text.c_str(), bytes.data()) != 1) return text;
  if (std::equal(v4_in_v6.begin(), v4_in_v6.end(), bytes.begin()))
    return first_bits(bytes.data() + 12, 4, bits_v4);
  return first_bits(bytes.data(), 16, bits_v6);
}

Admission::Slot::~Slot() {
  if (admission_ == nullptr) return;
  prove();
  end_handshake();
  admission_->leave([this] { --admission_->connections_; });
}

void Admission::Slot::end_handshake() {
  if (!std::exchange(in_handshake_, false)) return;
  admission_->leave([this] { --admission_->handshakes_; });
}

void Admission::Slot::prove() {
  if (!std::exchange(unproven_, false)) return;
  const std::lock_guard lock(admission_->mutex_);
  const auto count = admission_->unproven_.find(source_);
  if (--count->second == 0) admission_->unproven_.erase(count);
}

bool Admission::has_room() const {
  const std::lock_guard lock(mutex_);
  return room();
}

void Admission::when_room(std::function<void()> wake) {
  {
    const std::lock_guard lock(mutex_);
    if (!room()) {
      waiting_.push_back(std::move(wake));
      return;
    }
  }
  wake();
}

void Admission::wake_nobody() {
  const std::lock_guard lock(mutex_);
  waiting_.clear();
}

std::optional<Admission::Slot> Admission::enter(std::string_view address) {
  auto source = network_of(address, 32, 64);
  const std::lock_guard lock(mutex_);
  const auto held = unproven_.find(source);
  if (held != unproven_.end() && held->second >= limits_.unproven_per_source) return std::nullopt;
  ++unproven_[source];
  ++connections_;
  ++handshakes_;
  return std::optional<Slot>(std::in_place, *this, std::move(source));
}

void Admission::leave(const std::function<void()>& change) {
  std::vector<std::function<void()>> woken;
  {
    const std::lock_guard lock(mutex_);
    change();
    if (room()) woken.swap(waiting_);
  }
  for (const auto& wake : woken) wake();
}

std::optional<int> RateLimit::exceeded(const std::string& source, std::chrono::steady_clock::time_point now) {
  constexpr auto length = std::chrono::minutes(1);
  constexpr std::size_t most_windows = 100'000;
  const std::lock_guard lock(mutex_);
  if (windows_.size() >= most_windows) {
    std::erase_if(windows_, [now, length](const auto& entry) { return now - entry.second.start >= length; });
  }
  auto& window = windows_[source];
  if (now - window.start >= length) window = {now, 0};
  if (++window.tries <= per_minute_) return std::nullopt;
  const auto left = std::chrono::duration_cast<std::chrono::seconds>(window.start + length - now);
  return static_cast<int>(left.count()) + 1;
}

bool ByteBudget::Share::take(std::size_t bytes) {
  const auto wanted = static_cast<std::ptrdiff_t>(bytes);
  if ((budget_.free_ -= wanted) >= 0) {
    held_ += wanted;
    return true;
  }
  budget_.free_ += wanted;
  return false;
}

}  // namespace censo::collector::http
