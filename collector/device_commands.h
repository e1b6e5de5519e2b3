// censo-collector device ...: device definitions tried on recordings, without a network or a database.
#pragma once

#include <string>

namespace censo::collector {

// One JSON object a recording of the folder: what a scan of the device would find. Recordings of contexts
// ("NAME@CONTEXT.snmprec") are parts of a device, not devices. `folder` has a site's own definitions, may be
// empty. The exit status.
int replay_devices(const std::string& recordings, const std::string& folder);
// Says which definition fits the recording, and which of its lines gave which value.
int test_device(const std::string& recording, const std::string& folder);

}  // namespace censo::collector
