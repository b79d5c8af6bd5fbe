// The laws of every week: a run stays on course, goods held change by what is made, used and released, nothing is negative.
#pragma once

#include "block.hpp"

// All goods held, by product; leaves what is under way in `under_way`.
template <class T> void Block<T>::hold(Table<T> &total) {
    const size_t slots = size_t(net.slots);
    std::copy(coming.begin(), coming.begin() + std::ptrdiff_t(slots), under_way.begin());
    for (size_t r = 1; r < size_t(net.rows); ++r)
        for (size_t s = 0; s < slots; ++s) under_way[s] += coming[r * slots + s];
    clear(total);
    for (size_t s = 0; s < slots; ++s) total[size_t(net.slot_product[int64_t(s)])] += stock[s] + under_way[s];
    add(total, finished, net.node_product, net.nodes);
    add(total, reserve, net.reserve_product, net.reserves);
}

// Names the first item of a table that is not finite or beyond its limit: week, kind, place, value.
template <class T> bool Block<T>::on_course(int64_t week) {
    const T limit = T(net.limit), log_limit = T(net.log_limit);
    auto check = [&](const char *kind, const Table<T> &values, auto bound_of) {
        for (size_t i = 0; i < values.size() && fault.empty(); ++i) {
            const V top = bound_of(i), one = all<V>(T(1)), fine = values[i] <= top ? one : V{}, above = values[i] >= -top ? one : V{};
            if (!any(one - fine * above)) continue;
            for (int b = 0; b < B && fault.empty(); ++b)
                if (!(std::abs(values[i][b]) <= top[b]))
                    fault = std::to_string(week) + " " + kind + " " + std::to_string(i) + " " + std::to_string(double(values[i][b]));
        }
    };
    check("ln(price)", price, [&](size_t) { return all<V>(log_limit); });
    check("orders", plan, [&](size_t i) { return limit * scale[size_t(net.node_product[int64_t(i)])]; });
    check("stock", usable, [&](size_t s) { return limit * scale[size_t(net.slot_product[int64_t(s)])]; });
    return fault.empty();
}

// The law of every week: goods held change by what is made, used and released; nothing is negative.
template <class T> bool Block<T>::balanced(int64_t week) {
    clear(change);
    add(change, made, net.node_product, net.nodes);
    for (size_t s = 0; s < used.size(); ++s) change[size_t(net.slot_product[int64_t(s)])] += inflow[s] - used[s];
    V low{};
    for (const V &one : shipped) low = least(low, one);
    for (const V &one : stock) low = least(low, one);
    for (size_t p = 0; p < after.size(); ++p)
        for (int b = 0; b < B; ++b) {
            const T gap = std::abs(after[p][b] - before[p][b] - change[p][b]);
            if (!(gap <= T(net.tolerance) * (scale[p][b] + before[p][b])))
                fault = std::to_string(week) + " " + std::to_string(p) + " " + std::to_string(double(gap));
        }
    for (int b = 0; b < B; ++b)
        if (fault.empty() && !(low[b] >= T(0))) fault = std::to_string(week) + " negative";
    return fault.empty();
}
