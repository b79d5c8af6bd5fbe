// By-products bound to a host, substitutes, scrap. The equations: making.py.

// A by-product's capacity ends at what its hosts made last week allow.
template <class T> void Block<T>::host() {
    clear(bound);
    for (int64_t h = 0; h < net.host.size; ++h) bound[size_t(net.host_node[h])] += T(net.host_ratio[h]) * last[size_t(net.host[h])];
    for (int64_t h = 0; h < net.host.size; ++h) {
        const size_t i = size_t(net.host_node[h]);
        capacity[i] = least(capacity[i], bound[i]);
    }
}

// What the links have to bring: more where a slot stands in for another, less what comes back as scrap.
template <class T> void Block<T>::bring() {
    if (&needed() == &wanted) return;
    std::copy(wanted.begin(), wanted.end(), to_bring.begin());
    if (net.pairs_inside) {
        clear(own);
        for (size_t k = 0; k < replaced.size(); ++k)
            if (net.pair_other[int64_t(k)] >= 0) own[size_t(net.pair_other[int64_t(k)])] += replaced[k];
        for (size_t s = 0; s < to_bring.size(); ++s) to_bring[s] = wanted[s] + own[s];
    }
    if (net.recycles)
        for (size_t s = 0; s < to_bring.size(); ++s) to_bring[s] = most(V{}, to_bring[s] - scrap[s]);
}

// What each substitution pair may give this week; counts the weeks of shortage. `lost`: claims on the slots that stand in.
template <class T> void Block<T>::replace() {
    const V none = V{}, one = all<V>(T(1));
    auto own_need = [&](size_t s) -> V {
        const int64_t node = net.slot_node[int64_t(s)];
        return node < 0 ? wanted[s] : T(net.coefficient[int64_t(s)]) * aim[size_t(node)];
    };
    for (const int64_t s : net.paired) lost[size_t(s)] = helped[size_t(s)] = none;
    for (size_t k = 0; k < granted.size(); ++k) {
        const size_t slot = size_t(net.pair_slot[int64_t(k)]);
        const int64_t other = net.pair_other[int64_t(k)];
        const V need = own_need(slot), lack = most(none, need - usable[slot]);
        granted[k] = short_weeks[k] >= T(net.pair_lag[int64_t(k)]) ? least(T(net.pair_share[int64_t(k)]) * need, lack) : none;
        short_weeks[k] = lack > T(1e-9) * need ? short_weeks[k] + one : short_weeks[k];
        if (other >= 0) lost[size_t(other)] += granted[k];
    }
    for (size_t k = 0; k < granted.size(); ++k) {
        const int64_t other = net.pair_other[int64_t(k)];
        if (other >= 0) {
            const size_t o = size_t(other);
            granted[k] = granted[k] * least(one, most(none, usable[o] - own_need(o)) / over(lost[o]));
        }
        helped[size_t(net.pair_slot[int64_t(k)])] += granted[k];
    }
}

// Book what substitutes gave: an input only as far as production took it up. `reach`: what others gave up.
template <class T> void Block<T>::stand_in() {
    const V none = V{}, one = all<V>(T(1));
    for (const int64_t s : net.paired) reach[size_t(s)] = none;
    for (size_t k = 0; k < granted.size(); ++k) {
        const int64_t slot = net.pair_slot[int64_t(k)], other = net.pair_other[int64_t(k)], node = net.slot_node[slot];
        const size_t s = size_t(slot);
        V taken = one;
        if (node >= 0) taken = least(one, (T(net.coefficient[slot]) * made[size_t(node)] - used[s]) / over(helped[s]));
        replaced[k] = granted[k] * taken;
        if (other >= 0) reach[size_t(other)] += replaced[k];
    }
    for (const int64_t slot : net.paired) {
        const size_t s = size_t(slot);
        used[s] = least(usable[s], used[s] + reach[s]);
        full[s] = (net.slot_is_final[slot] ? most(none, full[s] - helped[s]) : full[s]) + reach[s];
    }
}

// What is thrown away comes back in part next week.
template <class T> void Block<T>::throw_away() {
    for (size_t s = 0; s < used.size(); ++s) {
        const int64_t slot = int64_t(s);
        if (!net.slot_is_final[slot]) {
            scrap[s] = T(net.new_scrap) * used[s];
            continue;
        }
        const V thrown = in_use[s] / T(net.recycling_weeks);
        const V most_taken = all<V>(T(net.recycling_capacity) * T(net.need[slot]));
        scrap[s] = T(net.recycling_yield) * least(T(net.recycling_rate) * thrown, most_taken);
        in_use[s] = in_use[s] + used[s] - thrown;
    }
}
