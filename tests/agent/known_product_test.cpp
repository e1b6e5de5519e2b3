#include "agent/known_product.h"

#include <gtest/gtest.h>

namespace censo::agent {
namespace {

TEST(KnownProduct, GoesByTheProgramsName) {
  EXPECT_EQ(product_of_program("mariadbd").name, "MariaDB");
  EXPECT_EQ(product_of_program("mariadbd").class_name, "database_server");
  EXPECT_EQ(product_of_program("php-fpm8.2").name, "PHP-FPM");
  EXPECT_EQ(product_of_program("somed").class_name, "generic_service");
}

TEST(KnownProduct, OfJavaGoesByWhatItRuns) {
  using namespace std::string_view_literals;
  EXPECT_EQ(product_of_java("java\0-Xmx1g\0org.apache.catalina.startup.Bootstrap\0start"sv).name,
            "Apache Tomcat");
  EXPECT_EQ(product_of_java("java\0-jar\0/opt/own.jar"sv).name, "");
}

TEST(KnownProduct, InterpretersAreToldApartFromWhatBeginsAlike) {
  EXPECT_TRUE(is_interpreter("python3.11"));
  EXPECT_TRUE(is_interpreter("php8.2"));
  EXPECT_FALSE(is_interpreter("php-fpm8.2"));
  EXPECT_FALSE(is_interpreter("node_exporter"));
}

}  // namespace
}  // namespace censo::agent
