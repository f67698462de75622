#include "receivers/trend_picture.h"

#include <agg_conv_dash.h>
#include <agg_conv_stroke.h>
#include <agg_path_storage.h>
#include <agg_pixfmt_rgba.h>
#include <agg_rasterizer_scanline_aa.h>
#include <agg_renderer_base.h>
#include <agg_renderer_scanline.h>
#include <agg_scanline_u.h>
#include <png.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace tocsin {
namespace {

constexpr int kScale = 2;
constexpr int kWidth = kTrendPictureWidth * kScale;
constexpr int kHeight = kTrendPictureHeight * kScale;
constexpr double kMargin = 4.0 * kScale;
constexpr double kLine = 2.0 * kScale;

const agg::rgba8 kValues(0x3b, 0x82, 0xc4);
const agg::rgba8 kBelow(0x3b, 0x82, 0xc4, 0x30);
const agg::rgba8 kThreshold(0xd9, 0x3a, 0x30);
const agg::rgba8 kFires(0xd9, 0x3a, 0x30, 0x2c);
const agg::rgba8 kAxis(0x8a, 0x93, 0x9e);

// Values to places: what is highest is at the top.
class Scale {
 public:
  explicit Scale(const Trend& trend) : count_(trend.values.size()) {
    for (const double value : trend.values) include(value);
    if (trend.threshold) include(*trend.threshold);
    if (high_ > low_) {
      // A little air, and none below zero for what is never negative.
      const double air = high_ / 10 - low_ / 10;
      high_ += air;
      low_ = low_ >= 0 && low_ < air ? 0 : low_ - air;
    }
  }
  double x(double index) const {
    return kMargin + index * (kWidth - 2 * kMargin) / static_cast<double>(count_ - 1);
  }
  double y(double value) const {
    const double part = high_ > low_ ? (value / 2 - low_ / 2) / (high_ / 2 - low_ / 2) : 0.5;
    return kHeight - kMargin - part * (kHeight - 2 * kMargin);
  }

 private:
  void include(double value) {
    if (!std::isfinite(value)) return;
    low_ = std::min(low_, value);
    high_ = std::max(high_, value);
  }
  std::size_t count_;
  double low_ = std::numeric_limits<double>::max(), high_ = std::numeric_limits<double>::lowest();
};

class Canvas {
 public:
  Canvas()
      : bytes_(static_cast<std::size_t>(kWidth) * kHeight * 4),
        buffer_(bytes_.data(), kWidth, kHeight, kWidth * 4),
        pixels_(buffer_),
        base_(pixels_) {}

  template <class Shape>
  void fill(Shape& shape, const agg::rgba8& color) {
    rasterizer_.reset();
    rasterizer_.add_path(shape);
    agg::render_scanlines_aa_solid(rasterizer_, scanline_, base_, color);
  }
  template <class Shape>
  void stroke(Shape& shape, double width, const agg::rgba8& color) {
    agg::conv_stroke<Shape> line(shape);
    line.width(width);
    line.line_join(agg::round_join);
    line.line_cap(agg::round_cap);
    fill(line, color);
  }
  std::string png() const {
    png_image image{};
    image.version = PNG_IMAGE_VERSION;
    image.width = kWidth;
    image.height = kHeight;
    image.format = PNG_FORMAT_RGBA;
    png_alloc_size_t size = 0;
    if (png_image_write_get_memory_size(image, size, 0, bytes_.data(), 0, nullptr) == 0) return "";
    std::string out(size, '\0');
    if (png_image_write_to_memory(&image, out.data(), &size, 0, bytes_.data(), 0, nullptr) == 0) return "";
    out.resize(size);
    return out;
  }

 private:
  std::vector<unsigned char> bytes_;
  agg::rendering_buffer buffer_;
  agg::pixfmt_rgba32_plain pixels_;
  agg::renderer_base<agg::pixfmt_rgba32_plain> base_;
  agg::rasterizer_scanline_aa<> rasterizer_;
  agg::scanline_u8 scanline_;
};

// The stretches of the trend that `wanted` takes, as [begin, end).
template <class Wanted>
std::vector<std::pair<std::size_t, std::size_t>> stretches(const Trend& trend, Wanted wanted) {
  std::vector<std::pair<std::size_t, std::size_t>> out;
  for (std::size_t i = 0; i < trend.values.size(); ++i) {
    if (!wanted(trend.values[i])) continue;
    if (out.empty() || out.back().second != i) out.emplace_back(i, i);
    out.back().second = i + 1;
  }
  return out;
}

// Behind everything: when the rule's condition held.
void draw_firing(const Trend& trend, const Scale& scale, Canvas& canvas) {
  for (const auto& [begin, end] : stretches(trend, [&](double v) { return trend.beyond(v); })) {
    const double left = std::max(scale.x(static_cast<double>(begin) - 0.5), 0.0);
    const double right = std::min(scale.x(static_cast<double>(end) - 0.5), 1.0 * kWidth);
    agg::path_storage area;
    area.move_to(left, 0);
    area.line_to(right, 0);
    area.line_to(right, kHeight - kMargin);
    area.line_to(left, kHeight - kMargin);
    area.close_polygon();
    canvas.fill(area, kFires);
  }
}

void draw_values(const Trend& trend, const Scale& scale, Canvas& canvas) {
  for (const auto& [begin, end] : stretches(trend, [](double v) { return std::isfinite(v); })) {
    agg::path_storage line, area;
    area.move_to(scale.x(static_cast<double>(begin)), kHeight - kMargin);
    for (std::size_t i = begin; i < end; ++i) {
      const double x = scale.x(static_cast<double>(i)), y = scale.y(trend.values[i]);
      i == begin ? line.move_to(x, y) : line.line_to(x, y);
      area.line_to(x, y);
    }
    if (end == begin + 1)  // a value alone is a dot
      line.line_to(scale.x(static_cast<double>(begin)) + 0.1, scale.y(trend.values[begin]));
    area.line_to(scale.x(static_cast<double>(end - 1)), kHeight - kMargin);
    area.close_polygon();
    canvas.fill(area, kBelow);
    canvas.stroke(line, kLine, kValues);
  }
}

void draw_threshold(const Trend& trend, const Scale& scale, Canvas& canvas) {
  if (!trend.threshold || !std::isfinite(*trend.threshold)) return;
  agg::path_storage line;
  line.move_to(0, scale.y(*trend.threshold));
  line.line_to(kWidth, scale.y(*trend.threshold));
  agg::conv_dash<agg::path_storage> dashes(line);
  dashes.add_dash(6.0 * kScale, 5.0 * kScale);
  canvas.stroke(dashes, 1.5 * kScale, kThreshold);
}

void draw_axis(Canvas& canvas) {
  agg::path_storage line;
  line.move_to(0, kHeight - kMargin / 2);
  line.line_to(kWidth, kHeight - kMargin / 2);
  canvas.stroke(line, kScale, kAxis);
}

}  // namespace

bool can_be_drawn(const Trend& trend) {
  return std::count_if(trend.values.begin(), trend.values.end(), [](double v) { return std::isfinite(v); }) >=
         2;
}

std::string trend_picture(const Trend& trend) {
  if (!can_be_drawn(trend)) return "";
  const Scale scale(trend);
  Canvas canvas;
  draw_firing(trend, scale, canvas);
  draw_values(trend, scale, canvas);
  draw_threshold(trend, scale, canvas);
  draw_axis(canvas);
  return canvas.png();
}

}  // namespace tocsin
