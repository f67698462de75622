// A Tree is one parsed expression: it owns the source text and every node, in one piece of memory as a rule.
// Moving it leaves the nodes where they are. The nodes have no destructors: freeing is freeing the memory.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "rules/promql/ast.h"

namespace tocsin::promql {

class Tree {
 public:
  Tree() = default;
  explicit Tree(std::string_view source);
  Tree(Tree&&) noexcept = default;
  Tree& operator=(Tree&&) noexcept = default;

  std::string_view source() const { return source_; }
  std::string_view text(const Expr& expr) const { return text(expr.extent); }
  std::string_view text(Extent extent) const {
    return source_.substr(extent.begin, extent.end - extent.begin);
  }
  // nullptr where the source is no expression.
  const Expr* root() const { return root_; }
  // Every node, children before parents, linked by `next`.
  Expr* first_made() const { return first_; }

  // For the parser.
  template <class Node>
  Node* make(Extent extent) {
    Node* node = new (take(sizeof(Node), alignof(Node))) Node;
    node->kind = Node::kKind;
    node->extent = extent;
    (last_ == nullptr ? first_ : last_->next) = node;
    last_ = node;
    return node;
  }
  template <class Plain>
  Plain* make_plain() {
    return new (take(sizeof(Plain), alignof(Plain))) Plain;
  }
  template <class Item>
  std::span<const Item> keep(const Item* items, std::size_t count) {
    if (count == 0) return {};
    Item* kept = static_cast<Item*>(take(sizeof(Item) * count, alignof(Item)));
    std::uninitialized_copy(items, items + count, kept);
    return {kept, count};
  }
  std::string_view keep_text(std::string_view text);
  void set_root(const Expr* root) { root_ = root; }

 private:
  void* take(std::size_t size, std::size_t alignment);
  void add_chunk(std::size_t least);

  std::vector<std::unique_ptr<std::byte[]>> chunks_;
  std::byte* free_ = nullptr;
  std::size_t left_ = 0;
  std::size_t chunk_size_ = 0;
  std::string_view source_;
  const Expr* root_ = nullptr;
  Expr* first_ = nullptr;
  Expr* last_ = nullptr;
};

}  // namespace tocsin::promql
