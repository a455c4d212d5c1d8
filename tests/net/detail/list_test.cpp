// SPDX-License-Identifier: Apache-2.0
#include <florin/net/detail/list.hpp>

#include <boost/test/unit_test.hpp>

#include <string>

BOOST_AUTO_TEST_SUITE(net_detail_list)
namespace {

using florin::net::detail::Link;
using florin::net::detail::List;

struct Item : Link<Item> {
  explicit Item(char what) : name(what) {}
  char name;
};

/// The names in order, checked by both ends.
std::string names(const List<Item>& list) {
  std::string all;
  for (const Item* item = list.first(); item != nullptr; item = list.after(*item)) {
    BOOST_TEST(list.contains(*item));
    all += item->name;
  }
  BOOST_TEST(list.size() == all.size());
  BOOST_TEST(list.empty() == all.empty());
  BOOST_TEST((list.last() == nullptr) == all.empty());
  if (!all.empty()) BOOST_TEST(list.last()->name == all.back());
  return all;
}

}  // namespace

BOOST_AUTO_TEST_CASE(keeps_the_order_whatever_is_taken_out) {
  List<Item> list;
  Item a{'a'};
  Item b{'b'};
  Item c{'c'};
  BOOST_TEST(names(list).empty());
  BOOST_TEST((list.pop_front() == nullptr));
  for (Item* item : {&a, &b, &c}) list.push_back(*item);
  BOOST_TEST(names(list) == "abc");
  list.remove(b);
  BOOST_TEST(names(list) == "ac");
  list.remove(b);  // nothing to do
  list.push_back(b);
  BOOST_TEST(names(list) == "acb");
  list.remove(b);
  BOOST_TEST(names(list) == "ac");
  BOOST_TEST((list.pop_front() == &a));
  BOOST_TEST(names(list) == "c");
  list.push_back(a);
  list.remove(c);
  BOOST_TEST(names(list) == "a");
  list.remove(a);
  BOOST_TEST(names(list).empty());
}

BOOST_AUTO_TEST_CASE(takes_nothing_out_of_another_list) {
  List<Item> one;
  List<Item> other;
  Item a{'a'};
  one.push_back(a);
  other.remove(a);
  BOOST_TEST(!other.contains(a));
  BOOST_TEST(names(one) == "a");
  BOOST_TEST(names(other).empty());
}

BOOST_AUTO_TEST_SUITE_END()
