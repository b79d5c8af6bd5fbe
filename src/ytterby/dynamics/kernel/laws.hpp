// The laws of every week: a run stays on course, goods held change by what is made, used and released, nothing is negative.

// All goods held, by product; leaves what is under way in `under_way`.
template <class T> void Block<T>::hold(Table<T> &total) {
    const size_t slots = size_t(net.slots);
    std::copy(coming.begin(), coming.begin() + std::ptrdiff_t(slots), under_way.begin());
    for (size_t r = 1; r < size_t(net.rows); ++r)
        for (size_t s = 0; s < slots; ++s) under_way[s] += coming[r * slots + s];
    clear(total);
    add(total, net.slot_product, net.slots, [&](size_t s) { return stock[s] + under_way[s]; });
    add(total, net.node_product, net.nodes, [&](size_t i) { return finished[i]; });
    add(total, net.reserve_product, net.reserves, [&](size_t g) { return reserve[g]; });
}

// Names the first item of a table that is not finite or beyond its limit: week, kind, place, value.
template <class T> bool Block<T>::on_course(int64_t week) {
    const T limit = T(net.limit), log_limit = T(net.log_limit);
    auto check = [&](const char *kind, const Table<T> &values, auto bound_of) {
        const V one = all<V>(T(1));
        V good = one;
        for (size_t i = 0; i < values.size(); ++i) {
            const V top = bound_of(i);
            good = values[i] <= top ? good : V{};
            good = values[i] >= -top ? good : V{};
        }
        if (!any(one - good)) return;
        for (size_t i = 0; i < values.size() && fault.empty(); ++i) {
            const V top = bound_of(i);
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
    add(change, net.node_product, net.nodes, [&](size_t i) { return made[i]; });
    add(change, net.slot_product, net.slots, [&](size_t s) { return flows_in ? inflow[s] - used[s] : -used[s]; });
    const V one = all<V>(T(1));
    V good = lowest >= V{} ? one : V{};
    for (const V &held : stock) good = held >= V{} ? good : V{};
    if (any(one - good)) fault = std::to_string(week) + " negative";
    auto gap_of = [&](size_t p) { return after[p] - before[p] - change[p]; };
    auto most_of = [&](size_t p) { return T(net.tolerance) * (scale[p] + before[p]); };
    good = one;
    for (size_t p = 0; p < after.size(); ++p) {
        const V gap = gap_of(p), bound_ = most_of(p);
        good = gap <= bound_ ? good : V{};
        good = gap >= -bound_ ? good : V{};
    }
    if (!any(one - good)) return fault.empty();
    for (size_t p = 0; p < after.size(); ++p)
        for (int b = 0; b < B; ++b)
            if (const T gap = std::abs(gap_of(p)[b]); !(gap <= most_of(p)[b]))
                fault = std::to_string(week) + " " + std::to_string(p) + " " + std::to_string(double(gap));
    return false;
}
