// What GMime hands out, given back at the end of the scope.
#pragma once

#include <gmime/gmime.h>

#include <memory>

namespace censo::collector::mail {

struct ReleaseObject {
  void operator()(gpointer object) const { g_object_unref(object); }
};
template <class T>
using GObjectPointer = std::unique_ptr<T, ReleaseObject>;

struct FreeText {
  void operator()(char* text) const { g_free(text); }
};
using GTextPointer = std::unique_ptr<char, FreeText>;

// Before the first use of GMime; again it does nothing. Safe from any thread.
void start_gmime();

}  // namespace censo::collector::mail
