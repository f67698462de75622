// Which labels the series of an expression have: surely, maybe, or never, as far as the expression alone
// tells, and with which value where a matcher or a function fixes it. It follows selectors, aggregations, the
// matching of binary operators and the functions that write labels; it knows nothing of the data.
//
//   label_flow(tree) of sum by (job) (rate(errors_total{env="prod"}[5m])): job may be there, no other can.
//
// A flow points into the tree it was made from and into itself only.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "rules/promql/tree.h"

namespace tocsin {

enum class Presence : std::uint8_t { kCannot, kMay, kSurely };

class ExpressionView;

class LabelFlow {
 public:
  struct Label {
    std::string_view name;
    Presence presence = Presence::kMay;
    bool fixed = false;  // the value is `value` on every series that has the label
    std::string_view value;
  };

  // A series about which nothing is known.
  static LabelFlow anything() { return LabelFlow(Presence::kMay); }
  static LabelFlow nothing() { return LabelFlow(Presence::kCannot); }

  Presence of(std::string_view name) const;
  // Null where it is not fixed.
  const Label* fixed(std::string_view name) const;
  Presence others() const { return others_; }  // of every label that is not in labels(); never kSurely
  bool closed() const { return others_ == Presence::kCannot; }
  const std::vector<Label>& labels() const { return labels_; }

  void set(std::string_view name, Presence);
  void set(std::string_view name, std::string_view value, Presence = Presence::kSurely);
  void set(const Label&);
  void set_others(Presence presence) { others_ = presence; }

  // A series of either.
  static LabelFlow either(const LabelFlow&, const LabelFlow&);
  // What is known of the label in this flow, as it is in a series that is in the other flow too.
  Label both(const LabelFlow& other, std::string_view name) const;

 private:
  explicit LabelFlow(Presence others) : others_(others) {}
  const Label* find(std::string_view name) const;
  Label label(std::string_view name) const;

  std::vector<Label> labels_;  // few: looked through in order
  Presence others_;
};

// Of each node of the view. Numbers and texts have no labels.
std::vector<LabelFlow> label_flows(const ExpressionView&);
LabelFlow label_flow(const promql::Tree&);

}  // namespace tocsin
