// The program's version, and the Alertmanager whose API and configuration it is compatible with.
#pragma once

namespace tocsin {

inline constexpr const char* kVersion = TOCSIN_VERSION;
inline constexpr const char* kCompatibleAlertmanager = "0.33.1";

}  // namespace tocsin
