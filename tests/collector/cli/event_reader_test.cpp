#include "collector/cli/event_reader.h"

#include <gtest/gtest.h>

namespace censo::cli {
namespace {

using Events = std::vector<ServerEvent>;

Events events_of(std::initializer_list<std::string_view> pieces) {
  EventReader reader;
  Events all;
  for (const auto piece : pieces) {
    const auto events = reader.take(piece);
    EXPECT_TRUE(events);
    if (events) all.insert(all.end(), events->begin(), events->end());
  }
  return all;
}

TEST(EventReader, ReadsTypeDataAndId) {
  EXPECT_EQ(events_of({"event: device\nid: 7\ndata: {}\n\n"}), (Events{{"device", "{}", "7"}}));
}
TEST(EventReader, AnEventEndsWithAnEmptyLineWhereverThePiecesEnd) {
  EXPECT_EQ(events_of({"da", "ta: a\r", "\n\r", "\ndata: b\n"}), (Events{{"message", "a", ""}}));
}
TEST(EventReader, LinesOfDataAreJoined) {
  EXPECT_EQ(events_of({"data: a\ndata:b\n\n"}), (Events{{"message", "a\nb", ""}}));
}
TEST(EventReader, CommentsAndEventsWithoutDataAreNone) {
  EXPECT_EQ(events_of({":\n\nevent: x\n\n: again\n\n"}), Events{});
}
TEST(EventReader, TheLastIdStays) {
  EXPECT_EQ(events_of({"id: 1\ndata: a\n\ndata: b\n\n"}),
            (Events{{"message", "a", "1"}, {"message", "b", "1"}}));
}
TEST(EventReader, AByteOrderMarkIsLeftOut) {
  EXPECT_EQ(events_of({"\xef\xbb\xbf", "data: a\n\n"}), (Events{{"message", "a", ""}}));
}
TEST(EventReader, AnEndlessEventIsRefused) {
  EventReader reader;
  const auto events = reader.take("data: " + std::string(2 * 1024 * 1024, 'x'));
  ASSERT_FALSE(events);
  EXPECT_EQ(events.error().code, base::Errc::limit_exceeded);
}

}  // namespace
}  // namespace censo::cli
