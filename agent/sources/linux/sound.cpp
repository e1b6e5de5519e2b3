// Sound cards, as ALSA lists them in /proc/asound.
#include "agent/attributes.h"
#include "agent/source.h"

#include <cctype>

namespace censo::agent::sources {
namespace {

// " 0 [PCH            ]: HDA-Intel - HDA Intel PCH": number, id, driver, name. The line below says more, with
// addresses.
struct Card {
  std::string number, id, driver, name;
};

std::optional<Card> card_of(std::string_view line) {
  const auto open = line.find('['), close = line.find("]: ");
  if (open == std::string_view::npos || close == std::string_view::npos || close < open) return std::nullopt;
  Card card;
  card.number = base::trim(line.substr(0, open));
  if (card.number.empty() || std::isdigit(static_cast<unsigned char>(card.number[0])) == 0)
    return std::nullopt;
  card.id = base::trim(line.substr(open + 1, close - open - 1));
  const auto rest = line.substr(close + 3);
  const auto dash = rest.find(" - ");
  card.driver = base::trim(rest.substr(0, dash));
  if (dash != std::string_view::npos) card.name = base::trim(rest.substr(dash + 3));
  return card;
}

// "Codec: Realtek ALC256"
std::string codec_of(const Host& host, const std::string& card) {
  const auto text = host.read_file("/proc/asound/card" + card + "/codec#0", 256 * 1024);
  constexpr std::string_view label = "Codec: ";
  if (!text || !text->starts_with(label)) return {};
  return text->substr(label.size(), text->find('\n') - label.size());
}

}  // namespace

base::Result<void> sound(const Host& host, SourceOutput& out) {
  const auto text = host.read_file("/proc/asound/cards");
  if (!text) return text.error();
  for (const auto line : base::split(*text, '\n')) {
    const auto card = card_of(line);
    if (!card) continue;
    auto& attributes = out.add("sound_card").attributes;
    set_text(attributes, "name", card->id);
    set_text(attributes, "model", card->name);
    set_text(attributes, "driver", card->driver);
    set_text(attributes, "codec", codec_of(host, card->number));
  }
  return {};
}

}  // namespace censo::agent::sources
