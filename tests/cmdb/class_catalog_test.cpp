#include "cmdb/class_catalog.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace censo::cmdb {
namespace {

using base::EmbeddedFile;
using base::Errc;

constexpr std::string_view root_class =
    "class: thing\nabstract: true\nlabel: {en: Thing, es: Cosa}\n"
    "identity:\n  - {rule: serial, attributes: [serial_number]}\n"
    "attributes:\n"
    "  serial_number: {type: string, label: {en: Serial number, es: Número de serie}}\n"
    "  size: {type: integer, unit: B, label: {en: Size, es: Tamaño}}\n"
    "  load: {type: decimal, operational: true, label: {en: Load, es: Carga}}\n"
    "  on: {type: boolean, label: {en: On, es: Encendido}}\n"
    "  bought: {type: date, label: {en: Bought, es: Comprado}}\n"
    "  use: {type: enumeration, values: [office, lab], label: {en: Use, es: Uso}}\n"
    "  addresses: {type: list, label: {en: Addresses, es: Direcciones}}\n";
constexpr std::string_view leaf_class = "class: box\nextends: thing\nlabel: {en: Box, es: Caja}\n";
constexpr std::string_view relation =
    "relation: holds\nlabel: {en: holds, es: contiene}\nreverse: {en: is in, es: está en}\n"
    "from: box\nto: thing\nimpact: from_to\n";

// The three good files and one more.
base::Result<ClassCatalog> load_with(std::string_view path, std::string_view content) {
  std::vector<EmbeddedFile> files{{"classes/thing.yaml", root_class},
                                  {"classes/box.yaml", leaf_class},
                                  {"relationships/holds.yaml", relation}};
  files.push_back({path, content});
  return ClassCatalog::load(files);
}

ClassCatalog good_catalog() {
  return load_with("devices/none.yaml", "not: read").value();
}

base::Error fault_of(std::string_view path, std::string_view content) {
  const auto loaded = load_with(path, content);
  return loaded ? base::Error{} : loaded.error();
}

inventory::Attributes one(std::string_view name, inventory::Value value) {
  inventory::Attributes attributes;
  attributes.set(name, std::move(value));
  return attributes;
}

bool accepts(std::string_view name, inventory::Value value) {
  const auto catalog = good_catalog();
  return catalog.check(*catalog.find_class("box"), one(name, std::move(value))).has_value();
}

TEST(ClassCatalog, LoadsEveryBuiltInFile) {
  const auto catalog = ClassCatalog::load(built_in_schemas());
  ASSERT_TRUE(catalog) << to_string(catalog.error());
  EXPECT_NE(catalog->find_class("server"), nullptr);
  EXPECT_NE(catalog->find_relation("runs_on"), nullptr);
}

TEST(ClassCatalog, BuiltInServerIsAConfigurationItemWithAStrongKey) {
  const auto catalog = ClassCatalog::load(built_in_schemas()).value();
  EXPECT_TRUE(catalog.is_a("server", "configuration_item"));
  EXPECT_EQ(catalog.find_class("server")->identity.front().name, "smbios_uuid");
}

TEST(ClassCatalog, SubclassInheritsAttributesRootFirst) {
  const auto catalog = good_catalog();
  EXPECT_EQ(catalog.find_class("box")->attributes.front().name, "serial_number");
}

TEST(ClassCatalog, SubclassInheritsIdentity) {
  EXPECT_EQ(good_catalog().find_class("box")->identity.front().attributes,
            std::vector<std::string>{"serial_number"});
}

TEST(ClassCatalog, OwnIdentityStandsBeforeInherited) {
  const auto catalog = load_with("classes/crate.yaml",
                                 "class: crate\nextends: box\nlabel: {en: Crate, es: Cajón}\n"
                                 "identity: [{rule: tag, attributes: [size], within: holds}]\n");
  ASSERT_TRUE(catalog) << to_string(catalog.error());
  EXPECT_EQ(catalog->find_class("crate")->identity.front().name, "tag");
  EXPECT_EQ(catalog->find_class("crate")->identity.back().name, "serial");
}

TEST(ClassCatalog, AbstractIsNotInherited) {
  EXPECT_FALSE(good_catalog().find_class("box")->abstract);
}

TEST(ClassCatalog, IsAHoldsForTheClassItself) {
  EXPECT_TRUE(good_catalog().is_a("box", "box"));
}

TEST(ClassCatalog, IsADoesNotHoldDownwards) {
  EXPECT_FALSE(good_catalog().is_a("thing", "box"));
}

TEST(ClassCatalog, UnknownClassIsNothing) {
  EXPECT_EQ(good_catalog().find_class("nothing"), nullptr);
}

TEST(ClassCatalog, RelationKeepsItsDirectionOfHarm) {
  EXPECT_EQ(good_catalog().find_relation("holds")->impact, ImpactDirection::from_to);
}

TEST(ClassCatalog, FileOutsideClassesAndRelationshipsIsPassedOver) {
  EXPECT_EQ(good_catalog().classes().size(), 2U);
}

TEST(ClassCatalogFault, UnknownKeyWithFileAndLine) {
  const auto fault = fault_of("classes/bad.yaml", "class: bad\nlabel: {en: B, es: B}\ncolour: red\n");
  EXPECT_EQ(fault.code, Errc::malformed);
  EXPECT_EQ(fault.where, "classes/bad.yaml:3");
  EXPECT_NE(fault.message.find("\"colour\""), std::string::npos);
}

TEST(ClassCatalogFault, NameOtherThanTheFiles) {
  EXPECT_EQ(fault_of("classes/bad.yaml", "class: good\nlabel: {en: B, es: B}\n").where, "classes/bad.yaml:1");
}

TEST(ClassCatalogFault, NameWithSpaces) {
  EXPECT_EQ(fault_of("classes/a b.yaml", "class: a b\nlabel: {en: B, es: B}\n").code, Errc::malformed);
}

TEST(ClassCatalogFault, UnknownParent) {
  const auto fault = fault_of("classes/bad.yaml", "class: bad\nextends: ghost\nlabel: {en: B, es: B}\n");
  EXPECT_EQ(fault.where, "classes/bad.yaml:2");
  EXPECT_NE(fault.message.find("ghost"), std::string::npos);
}

TEST(ClassCatalogFault, ClassThatIsItsOwnParent) {
  EXPECT_EQ(fault_of("classes/bad.yaml", "class: bad\nextends: bad\nlabel: {en: B, es: B}\n").where,
            "classes/bad.yaml:2");
}

TEST(ClassCatalogFault, CircleOfParents) {
  const std::vector<EmbeddedFile> files{{"classes/a.yaml", "class: a\nextends: b\nlabel: {en: A, es: A}\n"},
                                        {"classes/b.yaml", "class: b\nextends: a\nlabel: {en: B, es: B}\n"}};
  const auto loaded = ClassCatalog::load(files);
  ASSERT_FALSE(loaded);
  EXPECT_NE(loaded.error().message.find("circle"), std::string::npos);
}

TEST(ClassCatalogFault, SameClassInTwoFolders) {
  EXPECT_NE(fault_of("classes/more/box.yaml", leaf_class).message.find("another file"), std::string::npos);
}

TEST(ClassCatalogFault, InheritedAttributeDefinedAgain) {
  const auto fault = fault_of("classes/bad.yaml",
                              "class: bad\nextends: thing\nlabel: {en: B, es: B}\n"
                              "attributes:\n  size: {type: string, label: {en: S, es: T}}\n");
  EXPECT_NE(fault.message.find("\"size\" stands twice"), std::string::npos);
}

TEST(ClassCatalogFault, UnknownAttributeType) {
  const auto fault = fault_of("classes/bad.yaml",
                              "class: bad\nabstract: true\nlabel: {en: B, es: B}\n"
                              "attributes:\n  size: {type: number, label: {en: S, es: T}}\n");
  EXPECT_EQ(fault.where, "classes/bad.yaml:5");
  EXPECT_NE(fault.message.find("found \"number\""), std::string::npos);
}

TEST(ClassCatalogFault, LabelMissingInSpanish) {
  EXPECT_NE(fault_of("classes/bad.yaml", "class: bad\nlabel: {en: Bad}\n").message.find("\"es\""),
            std::string::npos);
}

TEST(ClassCatalogFault, LabelMissingInEnglish) {
  EXPECT_NE(fault_of("classes/bad.yaml", "class: bad\nlabel: {es: Malo}\n").message.find("\"en\""),
            std::string::npos);
}

TEST(ClassCatalogFault, AttributeWithoutLabel) {
  EXPECT_EQ(fault_of("classes/bad.yaml",
                     "class: bad\nlabel: {en: B, es: B}\nattributes:\n  size: {type: integer}\n")
                .where,
            "classes/bad.yaml:4");
}

TEST(ClassCatalogFault, EnumerationWithoutValues) {
  EXPECT_EQ(fault_of("classes/bad.yaml",
                     "class: bad\nabstract: true\nlabel: {en: B, es: B}\n"
                     "attributes:\n  use: {type: enumeration, label: {en: U, es: U}}\n")
                .where,
            "classes/bad.yaml:5");
}

TEST(ClassCatalogFault, ValuesOfAText) {
  EXPECT_EQ(fault_of("classes/bad.yaml",
                     "class: bad\nabstract: true\nlabel: {en: B, es: B}\n"
                     "attributes:\n  use: {type: string, values: [a], label: {en: U, es: U}}\n")
                .code,
            Errc::malformed);
}

TEST(ClassCatalogFault, SameValueTwiceInAnEnumeration) {
  EXPECT_NE(fault_of("classes/bad.yaml",
                     "class: bad\nabstract: true\nlabel: {en: B, es: B}\n"
                     "attributes:\n  use: {type: enumeration, values: [a, a], label: {en: U, es: U}}\n")
                .message.find("stands twice"),
            std::string::npos);
}

TEST(ClassCatalogFault, UnitOfAText) {
  EXPECT_EQ(fault_of("classes/bad.yaml",
                     "class: bad\nabstract: true\nlabel: {en: B, es: B}\n"
                     "attributes:\n  use: {type: string, unit: m, label: {en: U, es: U}}\n")
                .code,
            Errc::malformed);
}

TEST(ClassCatalogFault, FlagThatIsNeitherTrueNorFalse) {
  const auto fault = fault_of("classes/bad.yaml", "class: bad\nabstract: yes\nlabel: {en: B, es: B}\n");
  EXPECT_EQ(fault.where, "classes/bad.yaml:2");
}

TEST(ClassCatalogFault, IdentityOverAnAttributeThatTheClassLacks) {
  const auto fault = fault_of(
      "classes/bad.yaml", "class: bad\nlabel: {en: B, es: B}\nidentity: [{rule: mac, attributes: [mac]}]\n");
  EXPECT_NE(fault.message.find("no attribute \"mac\""), std::string::npos);
}

TEST(ClassCatalogFault, IdentityWithinAnUnknownRelation) {
  const auto fault = fault_of("classes/bad.yaml",
                              "class: bad\nextends: thing\nlabel: {en: B, es: B}\n"
                              "identity: [{rule: size, attributes: [size], within: floats_on}]\n");
  EXPECT_NE(fault.message.find("floats_on"), std::string::npos);
}

TEST(ClassCatalogFault, ConfigurationItemWithoutIdentity) {
  EXPECT_NE(fault_of("classes/bad.yaml", "class: bad\nlabel: {en: B, es: B}\n").message.find("identity"),
            std::string::npos);
}

TEST(ClassCatalogFault, ConfigurationItemWithKey) {
  EXPECT_EQ(
      fault_of("classes/bad.yaml", "class: bad\nextends: thing\nlabel: {en: B, es: B}\nkey: [size]\n").where,
      "classes/bad.yaml:4");
}

TEST(ClassCatalogFault, ComponentWithoutKey) {
  EXPECT_NE(fault_of("classes/bad.yaml", "class: bad\nkind: component\nlabel: {en: B, es: B}\n")
                .message.find("key"),
            std::string::npos);
}

TEST(ClassCatalogFault, ComponentWithIdentity) {
  EXPECT_EQ(
      fault_of(
          "classes/bad.yaml",
          "class: bad\nkind: component\nlabel: {en: B, es: B}\nkey: [n]\n"
          "identity: [{rule: n, attributes: [n]}]\nattributes:\n  n: {type: string, label: {en: N, es: N}}\n")
          .where,
      "classes/bad.yaml:5");
}

TEST(ClassCatalogFault, ComponentBelowAConfigurationItem) {
  EXPECT_EQ(
      fault_of("classes/bad.yaml", "class: bad\nextends: thing\nkind: component\nlabel: {en: B, es: B}\n")
          .where,
      "classes/bad.yaml:3");
}

TEST(ClassCatalogFault, RelationToAnUnknownClass) {
  const auto fault = fault_of("relationships/bad.yaml",
                              "relation: bad\nlabel: {en: b, es: b}\nreverse: {en: b, es: b}\n"
                              "from: box\nto: ghost\nimpact: none\n");
  EXPECT_EQ(fault.where, "relationships/bad.yaml:5");
}

TEST(ClassCatalogFault, RelationWithoutImpact) {
  const auto fault =
      fault_of("relationships/bad.yaml",
               "relation: bad\nlabel: {en: b, es: b}\nreverse: {en: b, es: b}\nfrom: box\nto: box\n");
  EXPECT_NE(fault.message.find("\"impact\""), std::string::npos);
}

TEST(ClassCatalogFault, YamlThatIsNoMapping) {
  EXPECT_EQ(fault_of("classes/bad.yaml", "- class: bad\n").code, Errc::malformed);
}

TEST(ClassCatalogFault, YamlThatDoesNotParse) {
  EXPECT_EQ(fault_of("classes/bad.yaml", "class: [bad\n").code, Errc::malformed);
}

TEST(ClassCatalogCheck, TakesEachTypesValue) {
  EXPECT_TRUE(accepts("serial_number", std::string("A1")));
  EXPECT_TRUE(accepts("size", std::int64_t{7}));
  EXPECT_TRUE(accepts("load", 0.5));
  EXPECT_TRUE(accepts("on", true));
  EXPECT_TRUE(accepts("bought", std::string("2026-10-01")));
  EXPECT_TRUE(accepts("use", std::string("lab")));
  EXPECT_TRUE(accepts("addresses", inventory::TextList{"10.0.0.1"}));
}

TEST(ClassCatalogCheck, TakesAnIntegerAsDecimal) {
  EXPECT_TRUE(accepts("load", std::int64_t{1}));
}

TEST(ClassCatalogCheck, RefusesATextAsInteger) {
  EXPECT_FALSE(accepts("size", std::string("7")));
}

TEST(ClassCatalogCheck, RefusesADecimalAsInteger) {
  EXPECT_FALSE(accepts("size", 7.0));
}

TEST(ClassCatalogCheck, RefusesAnImpossibleDate) {
  EXPECT_FALSE(accepts("bought", std::string("2026-02-30")));
}

TEST(ClassCatalogCheck, RefusesAValueOutsideTheEnumeration) {
  EXPECT_FALSE(accepts("use", std::string("home")));
}

TEST(ClassCatalogCheck, RefusesATextAsList) {
  EXPECT_FALSE(accepts("addresses", std::string("10.0.0.1")));
}

TEST(ClassCatalogCheck, RefusesAnUnknownAttribute) {
  EXPECT_FALSE(accepts("colour", std::string("red")));
}

TEST(ClassCatalogCheck, NamesAttributeExpectedAndFound) {
  const auto catalog = good_catalog();
  const auto checked = catalog.check(*catalog.find_class("box"), one("size", std::string("big")));
  ASSERT_FALSE(checked);
  EXPECT_EQ(checked.error().code, Errc::malformed);
  EXPECT_EQ(checked.error().where, "/attributes/size");
  EXPECT_EQ(checked.error().message, "expected integer, found \"big\"");
}

}  // namespace
}  // namespace censo::cmdb
