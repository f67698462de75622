// A trend as a small picture for e-mail: a PNG with a transparent background in colours that can be told from
// white and from black, so that a mail reader in dark mode shows it as well. It holds no text, since a server
// need have no fonts: numbers stand beside it. It is drawn at twice the size at which it is shown.
#pragma once

#include <string>

#include "core/trend.h"

namespace tocsin {

inline constexpr int kTrendPictureWidth = 640;  // as shown, in pixels
inline constexpr int kTrendPictureHeight = 120;

// Whether there is enough to draw a line of.
bool can_be_drawn(const Trend&);
// The bytes of a PNG; empty where it cannot be drawn.
std::string trend_picture(const Trend&);

}  // namespace tocsin
