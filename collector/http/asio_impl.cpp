// The one translation unit with the bodies of Asio and Beast (separate compilation is on for the whole
// project).
#include <boost/asio/impl/src.hpp>
#include <boost/asio/ssl/impl/src.hpp>
#include <boost/beast/src.hpp>
