#include "cmdb/store/location.h"

#include <gtest/gtest.h>

namespace censo::store {
namespace {

TEST(Location, AUrlMeansPostgres) {
  EXPECT_TRUE(is_postgres("postgresql://db.example.org/censo"));
  EXPECT_TRUE(is_postgres("postgres:///censo"));
  EXPECT_FALSE(is_postgres("/var/lib/censo/censo.db"));
  EXPECT_FALSE(is_postgres("postgresql.db"));
}

TEST(Location, APasswordIsNotShown) {
  EXPECT_EQ(shown_location("postgresql://ana:s@cr:t@db/censo?sslmode=require"), "postgresql://ana:***@db/censo?sslmode=require");
  EXPECT_EQ(shown_location("postgresql://ana@db/censo?password=x&sslpassword=y&sslmode=require"),
            "postgresql://ana@db/censo?password=***&sslpassword=***&sslmode=require");
}

TEST(Location, WhatHasNoPasswordIsShownAsItIs) {
  EXPECT_EQ(shown_location("/var/lib/a:b@c/censo.db"), "/var/lib/a:b@c/censo.db");
  EXPECT_EQ(shown_location("postgresql://ana@db:5432/censo?passfile=/etc/censo/pgpass"),
            "postgresql://ana@db:5432/censo?passfile=/etc/censo/pgpass");
  EXPECT_EQ(shown_location("postgresql://"), "postgresql://");
}

TEST(Location, APasswordInAMessageIsTakenOut) {
  EXPECT_EQ(without_secrets("cannot use \"secret\" here", "postgresql://ana:secret@db/censo"), "cannot use \"***\" here");
}

}  // namespace
}  // namespace censo::store
