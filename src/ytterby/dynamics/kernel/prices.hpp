// Prices: what they do to demand, idle and new capacity, and how they move. The equations: prices.py.

// e^x of each draw.
template <class V> [[gnu::always_inline]] inline V exponential(const V &x) {
    V result = x;
    for (size_t b = 0; b < sizeof(V) / sizeof(x[0]); ++b) result[b] = std::exp(x[b]);
    return result;
}

// p^eps of each market.
template <class T> void Block<T>::factors() {
    for (size_t m = 0; m < price.size(); ++m) {
        const bool still = !any(price[m]);
        demand_factor[m] = still ? all<V>(T(1)) : exponential<V>(demand_elasticity * price[m]);
        supply_factor[m] = still ? all<V>(T(1)) : exponential<V>(supply_elasticity * price[m]);
    }
}

// New capacity that high prices have brought so far.
template <class T> void Block<T>::build() {
    for (size_t i = 0; i < capacity.size(); ++i) {
        const V done = least(most((triggered[i] - T(net.lead[int64_t(i)])) / T(net.ramp[int64_t(i)]), V{}), all<V>(T(1)));
        const V grown = T(net.expansion_share) * T(net.capacity[int64_t(i)]) * done;
        capacity[i] += grown;
        sold[i] += grown;
    }
}

// What producers would sell at the price; where supply is elastic they make no more.
template <class T> void Block<T>::sell(const Force &force) {
    for (size_t i = 0; i < capacity.size(); ++i) {
        sold[i] = least(capacity[i], sold[i] * supply_factor[size_t(force.node_market[int64_t(i)])]);
        capacity[i] = supply_elasticity > T(0) ? sold[i] : capacity[i];
    }
}

// What final uses want at the price and the tariffs they pay.
template <class T> void Block<T>::pay(const Force &force, const Levers<T> &lever) {
    for (size_t s = 0; s < wanted.size(); ++s) {
        V factor = force.reference ? demand_factor[size_t(force.slot_market[int64_t(s)])] : all<V>(T(1));
        if (force.dearer) factor = factor * exponential<V>(demand_elasticity * lever.dearer[s]);
        wanted[s] = wanted[s] * factor;
    }
}

// Equation (10).
template <class T> void Block<T>::move_prices(const Force &force) {
    for (Table<T> *table : {&excess, &normal, &stocked, &supply_factor}) clear(*table);
    clear(own);
    for (size_t e = 0; e < shipped.size(); ++e) own[size_t(net.link_slot[int64_t(e)])] += shipped[e];
    for (size_t s = 0; s < asked.size(); ++s) {
        const size_t m = size_t(force.slot_market[int64_t(s)]);
        const V unmet = most(V{}, asked[s] - own[s]);
        excess[m] += net.slot_is_final[int64_t(s)] ? unmet : unmet * demand_factor[m];
        normal[m] += cover[s] * wanted[s];
        stocked[m] += stock[s];
    }
    for (size_t i = 0; i < aim.size(); ++i)
        supply_factor[size_t(force.node_market[int64_t(i)])] += meet[i] * most(V{}, sold[i] - aim[i]); // here: the surplus
    for (size_t m = 0; m < price.size(); ++m) {
        const V balance = (excess[m] - supply_factor[m]) / T(force.reference[int64_t(m)]);
        const V fuller = most(normal[m], stocked[m]), lacking = fuller > T(0) ? (normal[m] - stocked[m]) / over(fuller) : V{};
        price[m] = price[m] + T(net.price_unmet) * balance + T(net.price_cover) * lacking;
    }
    for (size_t i = 0; i < triggered.size(); ++i) {
        const V one = all<V>(T(1)), high = price[size_t(force.node_market[int64_t(i)])] >= T(net.expansion_log) ? one : V{};
        triggered[i] = high + triggered[i] > T(0) ? triggered[i] + one : V{};
    }
}
