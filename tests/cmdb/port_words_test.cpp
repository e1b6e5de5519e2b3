#include "cmdb/port_words.h"

#include <gtest/gtest.h>

namespace censo::cmdb {
namespace {

using inventory::Attributes;
using Words = std::vector<std::string>;

Attributes port(const std::string& name, const std::string& description) {
  Attributes attributes;
  attributes.set("name", name);
  attributes.set("description", description);
  return attributes;
}

TEST(PortWords, APortIsFoundByWhatItIsCalled) {
  PortWords words;
  words.note("network_port", port("Gi1", "to the core"));
  EXPECT_EQ(words.port_called("to the core"), "Gi1");
  EXPECT_EQ(words.port_called("Gi1"), "Gi1");
  EXPECT_EQ(words.port_called("Gi2"), "");
}

TEST(PortWords, WhatSeveralAreCalledNamesNone) {
  PortWords words;
  words.note("network_port", port("Gi1", "uplink"));
  words.note("network_port", port("Gi2", "uplink"));
  EXPECT_EQ(words.port_called("uplink"), "");
}

TEST(PortWords, TheOwnNameBeatsADescriptionInAnyOrder) {
  PortWords words;
  words.note("network_port", port("Gi1", "Gi2"));
  words.note("network_port", port("Gi2", "Gi1"));
  EXPECT_EQ(words.port_called("Gi1"), "Gi1");
  EXPECT_EQ(words.port_called("Gi2"), "Gi2");
}

TEST(PortWords, AHostsInterfaceIsAPort) {
  Attributes interface;
  interface.set("name", "eth0");
  interface.set("permanent_mac", "00:1b:21:00:00:01");
  PortWords words;
  words.note("network_interface", interface);
  EXPECT_EQ(words.port_called("00:1b:21:00:00:01"), "eth0");
}

TEST(PortWords, TheSpanningTreesNumberIsAWord) {
  Attributes of_tree;
  of_tree.set("port", "Gi7");
  of_tree.set("number", std::int64_t{7});
  PortWords words;
  words.note("spanning_tree_port", of_tree);
  EXPECT_EQ(words.port_called(bridge_port_word(7)), "Gi7");
}

TEST(PortWords, OtherComponentsTellNothing) {
  PortWords words;
  words.note("disk", port("sda", "first"));
  EXPECT_EQ(words.port_called("sda"), "");
}

TEST(PortWords, ACommaIsFoundAsItStandsInLists) {
  PortWords words;
  words.note("network_port", port("1, upper", "link, core"));
  EXPECT_EQ(words.port_called("link, core"), "1, upper");
  EXPECT_EQ(words.port_called(places_in(list_of_words({"link, core"})).at(0)), "1, upper");
  EXPECT_EQ(words.port_called(word_in_list("1, upper")), "1, upper");
}

TEST(ListOfWords, IsReadAsItWasWritten) {
  EXPECT_EQ(list_of_words({"Gi1", "", "a,b"}), "Gi1, ?, a b");
  EXPECT_EQ(places_in("Gi1, ?, a b"), (Words{"Gi1", "", "a b"}));
  EXPECT_EQ(words_of("Gi1, ?, a b"), (Words{"Gi1", "a b"}));
}

TEST(ListOfWords, WithoutAnythingKnownIsEmpty) {
  EXPECT_EQ(list_of_words({"", ""}), "");
  EXPECT_EQ(list_of_words({}), "");
  EXPECT_EQ(places_in(""), Words{});
}

}  // namespace
}  // namespace censo::cmdb
