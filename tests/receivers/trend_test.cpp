#include <png.h>

#include <cmath>
#include <limits>

#include "receivers/trend_picture.h"
#include "receivers/trend_text.h"
#include "tests/receivers/receiver_testing.h"

namespace tocsin {
using namespace testing;

namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

Trend trend(std::vector<double> values, std::optional<double> threshold = std::nullopt,
            const std::string& comparison = "") {
  Trend out;
  out.begin = kNow;
  out.step = std::chrono::minutes(1);
  out.values = std::move(values);
  out.threshold = threshold;
  out.comparison = comparison;
  return out;
}

// Of a picture: how many pixels are visible, and how many are of the threshold's red.
struct Pixels {
  png_uint_32 width = 0, height = 0;
  std::size_t visible = 0, red = 0, corner = 0;
};

Pixels pixels(const std::string& png) {
  png_image image{};
  image.version = PNG_IMAGE_VERSION;
  REQUIRE(png_image_begin_read_from_memory(&image, png.data(), png.size()) != 0);
  image.format = PNG_FORMAT_RGBA;
  std::vector<unsigned char> bytes(PNG_IMAGE_SIZE(image));
  REQUIRE(png_image_finish_read(&image, nullptr, bytes.data(), 0, nullptr) != 0);
  Pixels out{image.width, image.height};
  for (std::size_t i = 0; i < bytes.size(); i += 4) {
    out.visible += bytes[i + 3] > 0 ? 1 : 0;
    out.red += bytes[i + 3] > 200 && bytes[i] > 190 && bytes[i + 1] < 90 ? 1 : 0;
  }
  out.corner = bytes[3];
  return out;
}

}  // namespace

TEST_CASE("a trend is a row of bars with the last value and the threshold") {
  struct Row {
    Trend what;
    const char* text;
  };
  std::vector<double> hour(61, 1.0);
  hour.back() = 2.4;
  for (const Row& row : {
           Row{trend({1, 2, 3, 4, 5, 6, 7, 8}), "▁▂▃▄▅▆▇█ 8 (last 7 min)"},
           Row{trend(hour, 2.0, ">"), "▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁█ 2.4 (threshold 2, last hour)"},
           Row{trend({5, 5, 5}), "▅▅▅ 5 (last 2 min)"},
           Row{trend({1, kNone, 3}, 2.0, ">="), "▁·█ 3 (threshold >= 2, last 2 min)"},
           Row{trend({300}, 250.0, ">"), "█ 300 (threshold 250, last minute)"},
           Row{trend({0.25, 12'345.678}), "▁█ 12.35k (last 1 min)"},
           Row{trend({1, std::numeric_limits<double>::infinity()}), "▅· 1 (last 1 min)"},
           Row{trend({-1.7e308, 1.7e308}), "▁█ 1.7e+308 (last 1 min)"},
           Row{trend({kNone, kNone}), ""},
           Row{trend({}), ""},
       }) {
    CHECK(trend_text(row.what) == row.text);
  }
}

TEST_CASE("of each stretch the bars show the value that is worst for the rule") {
  std::vector<double> values(40, 5.0);
  values[11] = 9;
  values[21] = 1;
  CHECK(trend_text(trend(values, 8.0, ">"), 4).find("▁█▁▁") == 0);
  CHECK(trend_text(trend(values, 2.0, "<"), 4).find("██▁█") == 0);
}

TEST_CASE("a picture of a trend is a small PNG that leaves its background open") {
  std::vector<double> values;
  for (int i = 0; i <= 60; ++i) values.push_back(1 + std::sin(i / 5.0));
  const std::string png = trend_picture(trend(values, 1.5, ">"));
  CHECK(png.size() < 40'000);
  const Pixels with = pixels(png), without = pixels(trend_picture(trend(values)));
  CHECK(with.width == 2 * kTrendPictureWidth);
  CHECK(with.height == 2 * kTrendPictureHeight);
  CHECK(with.corner == 0);
  CHECK(with.red > 500);
  CHECK(without.red == 0);
  CHECK(without.visible > 10'000);
}

TEST_CASE("a picture is drawn of gaps, of one level and of the largest numbers, and not of nothing") {
  const double huge = 1.7e308;
  for (const auto& values : std::vector<std::vector<double>>{{1, kNone, kNone, 2},
                                                             {3, 3, 3},
                                                             {-huge, huge, 0},
                                                             {0, 0},
                                                             {1, std::numeric_limits<double>::infinity(), 2}})
    CHECK(pixels(trend_picture(trend(values, 2.0, "<"))).visible > 0);
  for (const auto& values : std::vector<std::vector<double>>{{}, {1}, {kNone, kNone, 1}})
    CHECK(trend_picture(trend(values)).empty());
}

}  // namespace tocsin
