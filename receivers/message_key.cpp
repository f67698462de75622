#include "receivers/message_key.h"

#include "receivers/sha256.h"

namespace tocsin {

std::string message_key(const Notification& notification) {
  std::string text = notification.id;
  for (const Alert& alert : notification.alerts) {
    text += "\n" + alert.labels.fingerprint_hex() + (alert.resolved_at(notification.at) ? "-" : "+");
  }
  return sha256_hex(text);
}

}  // namespace tocsin
