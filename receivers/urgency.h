// How urgent a notification is, for services that ring louder for what is worse: by the label `severity` of
// what fires, in the words that people use.
#pragma once

#include "receivers/message_writer.h"
#include "receivers/notification_data.h"
#include "receivers/template_field.h"

namespace tocsin {

enum class Urgency { kResolved, kInfo, kWarning, kError, kCritical };

// The worst of what fires; without a severity, or with one that nobody knows, it is a warning.
Urgency urgency_of(const NotificationData&);

// The template's number from `least` to `most`; `by_urgency` where there is no template, or it gives none.
int priority_of(const TemplateField&, MessageWriter&, int least, int most, int by_urgency);

}  // namespace tocsin
