#include "desk/ticket_attachment.h"

#include "desk/attachment_rules.h"
#include "tests/desk/desk_fixture.h"

namespace censo::desk {
namespace {

class Attachments : public DeskTest {
 protected:
  base::Result<Attachment> attach_as(const std::string& person, const Roles& roles,
                                     const NewAttachment& file) {
    return as<base::Result<Attachment>>(person, roles, [&](const Operation& operation) {
      return attach(operation, rules, find_ticket(operation.tx, ticket.number).value(), file);
    });
  }
  base::Result<Attachment> attach_text(std::string_view name, std::string_view content = "since noon\n") {
    return attach_as("ana", desk_agent, {name, content});
  }
  std::vector<std::string> names(const std::string& person, const Roles& roles) {
    return as<std::vector<std::string>>(person, roles, [&](const Operation& operation) {
      std::vector<std::string> found;
      for (const auto& one : attachments_of(operation, ticket)) found.push_back(one.name);
      return found;
    });
  }
  base::Result<AttachedFile> read_as(const std::string& person, const Roles& roles, AttachmentId id) {
    return as<base::Result<AttachedFile>>(
        person, roles, [&](const Operation& operation) { return read_attachment(operation, ticket, id); });
  }
  base::Result<void> detach_as(const std::string& person, const Roles& roles, AttachmentId id) {
    return as<base::Result<void>>(person, roles,
                                  [&](const Operation& operation) { return detach(operation, ticket, id); });
  }
  std::int64_t contents() {
    std::int64_t count = 0;
    db.write([&](store::Transaction& tx) {
      count = tx.query_one("select count(*) from attachment_content")->integer(0);
    });
    return count;
  }

  AttachmentRules rules = AttachmentRules::load(cmdb::built_in_schemas()).value();
  const Ticket ticket = open();
};

TEST_F(Attachments, ContentComesBackAsItWas) {
  const std::string bytes("\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\1\0\0\0\1\x08\6\0\0\0\x1f\x15\xc4\x89", 33);
  const auto attached = attach_text("screen.png", bytes);
  ASSERT_TRUE(attached) << to_string(attached.error());
  const auto file = read_as("ana", desk_agent, attached->id).value();
  EXPECT_EQ(std::string(file.content.begin(), file.content.end()), bytes);
  EXPECT_EQ(file.what.type, "image/png");
  EXPECT_EQ(file.what.name, "screen.png");
  EXPECT_EQ(file.what.bytes, 33);
}

TEST_F(Attachments, TypeIsToldByTheContentNotByTheName) {
  EXPECT_EQ(refusal(attach_text("photo.png", "<html><script>alert(1)</script></html>")),
            "unsupported TYPE_NOT_TAKEN");
  EXPECT_EQ(refusal(attach_text("notes.txt", "#!/bin/sh\nrm -rf /\n")), "unsupported TYPE_NOT_TAKEN");
  EXPECT_EQ(
      refusal(attach_text("image.svg", "<?xml version=\"1.0\"?><svg xmlns=\"http://www.w3.org/2000/svg\"/>")),
      "unsupported TYPE_NOT_TAKEN");
}

TEST_F(Attachments, AProgramIsNotTaken) {
  EXPECT_EQ(refusal(attach_text("notes.txt", std::string_view("\x7f"
                                                              "ELF\2\1\1\0\0\0\0\0\0\0\0\0\3\0>\0",
                                                              20))),
            "unsupported TYPE_NOT_TAKEN");
}

TEST_F(Attachments, NameGetsAnEndingOfItsType) {
  EXPECT_EQ(attach_text("run.bat")->name, "run.bat.txt");
  EXPECT_EQ(attach_text("page.hta")->name, "page.hta.txt");
  EXPECT_EQ(attach_text("Server.LOG")->name, "Server.LOG");
}

TEST_F(Attachments, NameHasNoFoldersControlsOrTurnedLetters) {
  EXPECT_EQ(attach_text("../../etc/passwd")->name, "passwd.txt");
  EXPECT_EQ(attach_text("C:\\temp\\a.log")->name, "a.log");
  EXPECT_EQ(attach_text("a\r\nSet-Cookie: x.txt")->name, "a_Set-Cookie_ x.txt");
  EXPECT_EQ(attach_text("ann\u202Etxt.log")->name, "anntxt.log");
  EXPECT_EQ(attach_text("..")->name, "attachment.txt");
  EXPECT_EQ(attach_text("")->name, "attachment.txt");
}

TEST_F(Attachments, LongNameIsCutBeforeItsEnding) {
  const auto attached = attach_text(std::string(500, 'a') + ".log");
  EXPECT_LE(attached->name.size(), 200u);
  EXPECT_TRUE(attached->name.ends_with(".txt"));
}

TEST_F(Attachments, EmptyFileIsRefused) {
  EXPECT_EQ(attach_text("a.txt", "").error().code, base::Errc::invalid_argument);
}

TEST_F(Attachments, SizeAndNumberAreBounded) {
  rules.bytes = 12;
  rules.bytes_of_a_ticket = 20;
  rules.count = 2;
  EXPECT_EQ(refusal(attach_text("a.txt", "longer than twelve")), "limit_exceeded TOO_LARGE");
  ASSERT_TRUE(attach_text("a.txt", "eleven byte"));
  EXPECT_EQ(refusal(attach_text("a.txt", "eleven more")), "limit_exceeded TICKET_FULL");
  ASSERT_TRUE(attach_text("a.txt", "five."));
  EXPECT_EQ(refusal(attach_text("a.txt", "x")), "limit_exceeded TOO_MANY");
}

TEST_F(Attachments, SameContentIsKeptOnceAndUntilTheLastIsGone) {
  const auto first = attach_text("a.txt")->id, second = attach_text("b.txt")->id;
  EXPECT_EQ(contents(), 1);
  ASSERT_TRUE(detach_as("ana", desk_agent, first));
  EXPECT_TRUE(read_as("ana", desk_agent, second));
  ASSERT_TRUE(detach_as("ana", desk_agent, second));
  EXPECT_EQ(contents(), 0);
}

TEST_F(Attachments, Rule73RequesterSeesThePublicOnes) {
  ASSERT_TRUE(attach_text("public.txt"));
  const auto secret = attach_as("ana", desk_agent, {"secret.txt", "hush\n", true})->id;
  EXPECT_EQ(names("luis", {}), (std::vector<std::string>{"public.txt"}));
  EXPECT_EQ(refusal(read_as("luis", {}, secret)), "not_found ");
  EXPECT_EQ(names("ana", desk_agent).size(), 2u);
}

TEST_F(Attachments, HistoryTellsNoNameOfWhatIsInternal) {
  ASSERT_TRUE(attach_as("ana", desk_agent, {"dismissal.txt", "hush\n", true}));
  const auto entry = history(ticket).back();
  EXPECT_EQ(entry.event, "attach");
  EXPECT_EQ(entry.after.find("dismissal"), std::string::npos);
}

TEST_F(Attachments, RequesterAttachesToHisOwnOnly) {
  EXPECT_TRUE(attach_as("luis", {}, {"a.txt", "x\n"}));
  EXPECT_EQ(refusal(attach_as("eva", {}, {"a.txt", "x\n"})), "permission_denied ROLE_NEEDED");
  EXPECT_EQ(refusal(attach_as("luis", {}, {"a.txt", "x\n", true})), "permission_denied ROLE_NEEDED");
}

TEST_F(Attachments, OnlyTheDeskTakesThemAway) {
  const auto id = attach_as("luis", {}, {"a.txt", "x\n"})->id;
  EXPECT_EQ(refusal(detach_as("luis", {}, id)), "permission_denied ROLE_NEEDED");
  EXPECT_TRUE(detach_as("ana", desk_agent, id));
  EXPECT_EQ(refusal(detach_as("ana", desk_agent, id)), "not_found ");
}

TEST_F(Attachments, Rule16FinalTicketTakesNone) {
  ASSERT_TRUE(move(ticket, "cancel", {{"cancel_reason", "mistaken"}}));
  EXPECT_EQ(refusal(attach_text("a.txt")), "conflict FINAL");
}

TEST_F(Attachments, OfADuplicateGoOver) {
  ASSERT_TRUE(attach_text("a.txt"));
  const auto other = open();
  ASSERT_TRUE(move(ticket, "cancel", {{"cancel_reason", "duplicate"}, {"duplicate_of", other.number}}));
  const auto count = as<std::size_t>(
      "ana", desk_agent, [&](const Operation& operation) { return attachments_of(operation, other).size(); });
  EXPECT_EQ(count, 1u);
}

std::string fault_of(const std::string& text) {
  const std::array files{base::EmbeddedFile{"attachments.yaml", text}};
  const auto loaded = AttachmentRules::load(files);
  return loaded ? "none" : loaded.error().where;
}

TEST(AttachmentRules, FaultsAreToldWithTheirLine) {
  const std::string limits = "limits: {bytes: 1, count: 1, bytes_of_a_ticket: 1}\n";
  EXPECT_EQ(fault_of(limits + "types:\n  - {type: text/plain, endings: [txt]}\n"), "none");
  EXPECT_EQ(fault_of(limits + "types:\n  - {type: text, endings: [txt]}\n"), "attachments.yaml:3");
  EXPECT_EQ(fault_of(limits + "types:\n  - {type: text/plain, endings: [\"../x\"]}\n"), "attachments.yaml:3");
  EXPECT_EQ(fault_of(limits +
                     "types:\n  - {type: a/b, endings: [x]}\n  - {type: c/d, endings: [x], also: [a/b]}\n"),
            "attachments.yaml:4");
  EXPECT_EQ(
      fault_of("limits: {bytes: 0, count: 1, bytes_of_a_ticket: 1}\ntypes:\n  - {type: a/b, endings: [x]}\n"),
      "attachments.yaml:1");
}

}  // namespace
}  // namespace censo::desk
