// FlatMap and FlatSet: the open-addressing tables of the hot path (Boost.Unordered 1.81).
//
// Threads: confined to their user.
// Owns:    their elements; references die with the next insertion.
// Cost:    one or two cache lines per lookup.
// Fails:   never. The hash must be keyed where keys come from outside (see digest.h).
#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <boost/unordered/unordered_flat_set.hpp>

namespace kaiku::base {

template <typename Key, typename Value, typename Hash = boost::hash<Key>>
using FlatMap = boost::unordered_flat_map<Key, Value, Hash>;

template <typename Key, typename Hash = boost::hash<Key>>
using FlatSet = boost::unordered_flat_set<Key, Hash>;

}  // namespace kaiku::base
