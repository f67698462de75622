// A Page as the HTML part of an e-mail, a whole document. Mail programs drop style sheets and know little of
// CSS, so each element carries its own style, and columns are tables. The same document reads well at the
// width of a phone.
#pragma once

#include <string>

#include "receivers/page.h"

namespace tocsin {

// At most `kMostPageRows` alerts; the number of the others is told, with a link.
std::string page_html(const Page&);

}  // namespace tocsin
