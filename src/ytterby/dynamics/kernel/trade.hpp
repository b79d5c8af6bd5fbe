// Trade of a block in a week: orders, measures on them, rationing, transit, re-routing. The equations: model.py.

constexpr int PASSES = 60;

// Equation (1): what each slot asks for, split over its links by the weights; what each node is asked for, before any measure.
template <class T> void Block<T>::order(const Force &force, const Levers<T> &lever) {
    const Table<T> &needs = needed();
    if (force.late) {
        std::copy(time.begin(), time.end(), later.begin());
        for (int64_t k = 0; k < force.gate_links.size; ++k) {
            const size_t e = size_t(force.gate_links[k]);
            later[size_t(net.link_slot[int64_t(e)])] += T(net.longer) * (lever.late[size_t(k)] * lever.gate[size_t(k)]) * weights[e];
        }
    }
    const Table<T> &weeks = force.late ? later : time;
    for (size_t s = 0; s < asked.size(); ++s) asked[s] = needs[s] * (cover[s] + weeks[s]) - stock[s] - under_way[s];
    for (size_t c = 0; c < permits.size(); ++c) {
        const size_t e = size_t(net.licensed[int64_t(c)]), s = size_t(net.link_slot[int64_t(e)]);
        V waiting = queue[c];
        for (size_t k = 1; k < size_t(net.stages); ++k) waiting += queue[k * permits.size() + c];
        if (force.share) {
            const Licence<T> &rule = lever.licences[size_t(lever.licence_row[c])];
            waiting = most(V{}, waiting - rule.share * rule.weeks * (needs[s] * weights[e]));
        }
        asked[s] -= permits[c] + waiting;
    }
    for (size_t s = 0; s < asked.size(); ++s) asked[s] = most(V{}, needs[s] + asked[s] / T(net.order_weeks));
    clear(plan);
    V *const asked_of = plan.data();
    for (size_t s = 0; s < asked.size(); ++s) {
        const V wish = asked[s];
        for (size_t e = size_t(net.slot_start[s]); e < size_t(net.slot_start[s + 1]); ++e) {
            const V one = wish * weights[e];
            shipped[e] = one;
            asked_of[fixed.node[e]] += one;
        }
    }
}

// Let only the open part of normal orders through a gate.
template <class T> void Block<T>::close(const Force &force, const Levers<T> &lever) {
    const Table<T> &needs = needed();
    for (int64_t k = 0; k < force.gate_links.size; ++k) {
        const size_t e = size_t(force.gate_links[k]);
        const V part = lever.gate[size_t(k)], usual = needs[size_t(net.link_slot[int64_t(e)])] * weights[e];
        const V passing = least(all<V>(T(1)), part * eased(e));
        shipped[e] = part < T(1) ? passing * least(shipped[e], usual) : shipped[e];
    }
}

// Base share of a link over its present share, at least 1: what buyers have taken elsewhere is what would have been stopped (trade.py).
template <class T> typename Block<T>::V Block<T>::eased(size_t e) const {
    const V one = all<V>(T(1)), now = weights[e], base = all<V>(fixed.share[e]);
    const V ratio = now > V{} ? base / over(now) : one;
    return now < base ? ratio : one;
}

// licences.py: orders free to ship, orders filed, the Erlang queue, permits.
template <class T> void Block<T>::license(const Levers<T> &lever) {
    const Table<T> &needs = needed();
    const size_t licences = permits.size();
    const V none = V{}, one = all<V>(T(1));
    for (size_t c = 0; c < licences; ++c) {
        const size_t e = size_t(net.licensed[int64_t(c)]);
        const Licence<T> &rule = lever.licences[size_t(lever.licence_row[c])];
        const V share = rule.share, weeks = rule.weeks, passed = rule.passed, steps = rule.steps;
        const V usual = needs[size_t(net.link_slot[int64_t(e)])] * weights[e];
        const V room = most(none, share * weeks * usual - bank[c]);
        const V accepted = share <= T(0) ? shipped[e] : least(shipped[e], usual + room);
        const V free = share <= T(0) ? accepted : (T(1) - share) * least(accepted, usual), applied = accepted - free;
        const V waiting = share <= T(0) ? none : least(one, weeks) * applied;
        bank[c] = share <= T(0) ? none : most(none, bank[c] + accepted - usual);
        V sum{}, gone{};
        for (size_t k = 0; k < size_t(net.stages); ++k) {
            V &q = queue[k * licences + c];
            const V leaves = passed * q, first = all<V>(T(net.stages) - T(k));
            sum = k ? sum + leaves : leaves;
            q = q - leaves;
            if (k) q += share <= T(0) ? none : gone;
            q += steps == first ? waiting : none;
            gone = leaves;
        }
        const V ease = eased(e), granted = least(one, (T(1) - share * rule.denied) * ease);
        const V still = share > none ? (one - granted) / over(share) : none, denied = ease > one ? still : rule.denied;
        const V exits = (share <= T(0) ? sum : gone) + (applied - waiting), refused = share <= T(0) ? none : denied * exits;
        permits[c] = permits[c] + (exits - refused);
        shipped[e] = shippable[c] = free + permits[c];
    }
}

// ration.py: the level lambda up to which each order (in `part`) is met, in multiples of its flow (Newton from below). What is filled stays
// filled: an order waits as long as it is above the highest level so far. open: open_flow().
template <class T> template <class Flow> typename Block<T>::V Block<T>::level(size_t count, const V &goods, Flow flow, V open) {
    const V none = V{};
    V up_to = none, top = none, filled = none;
    for (int pass = 0; pass < PASSES; ++pass) {
        const V next = open > none ? most(none, (goods - filled) / over(open)) : up_to;
        if (pass && !any(next - up_to)) break;
        up_to = next;
        top = most(top, up_to);
        filled = open = none;
        for (size_t k = 0; k < count; ++k) {
            const V width = all<V>(flow(k)), order = part[k];
            const auto waits = order > top * width;
            filled += waits ? none : order;
            open += waits ? width : none;
        }
    }
    return up_to;
}

// The flows of all orders (in `part`) that are not nothing.
template <class T> template <class Flow> typename Block<T>::V Block<T>::open_flow(size_t count, Flow flow) const {
    V open{};
    for (size_t k = 0; k < count; ++k) open += part[k] > V{} ? all<V>(flow(k)) : V{};
    return open;
}

// Keep the links of each quota together under its cap, regular customers first.
template <class T> void Block<T>::limit(const Force &force, const Levers<T> &lever) {
    for (size_t q = 0; q < force.quotas.size(); ++q) {
        const Quota &quota = force.quotas[q];
        const T active = T(quota.active);
        V total{};
        for (int64_t k = 0; k < quota.links.size; ++k) total += shipped[size_t(quota.links[k])];
        const V allowed = active * least(total, lever.caps[q][0]) + (T(1) - active) * total;
        part.resize(std::max(part.size(), size_t(quota.links.size)));
        for (int64_t k = 0; k < quota.links.size; ++k) part[size_t(k)] = shipped[size_t(quota.links[k])];
        const auto flow = [&](size_t k) { return T(net.flow[quota.links[int64_t(k)]]); };
        const size_t count = size_t(quota.links.size);
        const V up_to = level(count, allowed, flow, open_flow(count, flow));
        for (int64_t k = 0; k < quota.links.size; ++k) {
            V &o = shipped[size_t(quota.links[k])];
            o = total <= allowed ? o : least(o, up_to * T(net.flow[quota.links[k]]));
        }
    }
}

// Equation (3): shipments, rationed where a node has too little.
template <class T> void Block<T>::ship() {
    for (size_t i = 0; i < plan.size(); ++i) {
        const V one = all<V>(T(1));
        if (!any(plan[i] > available[i] ? one : V{})) continue;
        if (net.rationing >= 1 && net.rationing <= 3)
            serve(i);
        else
            fill(i);
    }
}

// One producer's goods in one round: by base flow (rule 0) or smallest orders first (4).
template <class T> void Block<T>::fill(size_t node) {
    const int64_t *link = net.node_link.data() + net.node_start[node];
    const size_t count = size_t(net.node_start[node + 1] - net.node_start[node]);
    const T *flow = fixed.by_node.data() + net.node_start[node];
    const auto by_flow = [&](size_t k) { return flow[k]; };
    const auto by_size = [](size_t) { return T(1); };
    const V asked_ = plan[node], goods = available[node];
    V total{};
    for (size_t k = 0; k < count; ++k) {
        part[k] = shipped[size_t(link[k])];
        total += part[k];
    }
    const bool regular = net.rationing == 0;
    const V up_to = regular ? level(count, goods, by_flow, open_flow(count, by_flow)) : level(count, goods, by_size, open_flow(count, by_size));
    for (size_t k = 0; k < count; ++k) {
        const V given = least(part[k], regular ? up_to * flow[k] : up_to);
        shipped[size_t(link[k])] = asked_ <= goods || total <= goods ? part[k] : given;
    }
}

// One producer's goods in two rounds (extras.py: 1 domestic, 2 defence, 3 contract first).
template <class T> void Block<T>::serve(size_t node) {
    const int64_t *link = net.node_link.data() + net.node_start[node];
    const size_t count = size_t(net.node_start[node + 1] - net.node_start[node]);
    const T *flow = fixed.by_node.data() + net.node_start[node];
    const V asked_ = plan[node], goods = available[node];
    const bool contract = net.rationing == 3;
    V total{}, given{}, wanting{};
    for (size_t k = 0; k < count; ++k) {
        const V order = shipped[size_t(link[k])];
        part[k] = contract ? least(order, all<V>(flow[k])) : order * T(net.first[link[k]]);
        rest[k] = order - part[k];
        total += part[k];
        wanting += rest[k];
    }
    auto of = [&](size_t k) { return flow[k]; };
    V up_to = level(count, goods, of, open_flow(count, of));
    for (size_t k = 0; k < count; ++k) {
        part[k] = total <= goods ? part[k] : least(part[k], up_to * flow[k]);
        given += part[k];
    }
    const V left = most(V{}, goods - given), one = all<V>(T(1));
    if (contract)
        for (size_t k = 0; k < count; ++k) rest[k] = rest[k] * least(one, left / over(wanting));
    else {
        part.swap(rest); // level() works on `part`
        up_to = level(count, left, of, open_flow(count, of));
        part.swap(rest);
        for (size_t k = 0; k < count; ++k) rest[k] = wanting <= left ? rest[k] : least(rest[k], up_to * flow[k]);
    }
    for (size_t k = 0; k < count; ++k) {
        V &f = shipped[size_t(link[k])];
        f = asked_ <= goods ? f : part[k] + rest[k];
    }
}

// Permits lapse in the measure in which their link's orders were met.
template <class T> void Block<T>::spend() {
    const V one = all<V>(T(1));
    for (size_t c = 0; c < permits.size(); ++c) {
        const V met = shipped[size_t(net.licensed[int64_t(c)])] / over(shippable[c]);
        permits[c] = permits[c] * (T(1) - least(one, met));
    }
}

// Goods go on their way; what passes a ban goes through third countries and takes longer.
template <class T> void Block<T>::deliver(const Force &force, const Levers<T> &lever, int64_t week) {
    if (force.late) delayed.assign(size_t(net.links), V{});
    for (int64_t k = 0; k < (force.late ? force.gate_links.size : 0); ++k) {
        const int64_t link = force.gate_links[k], row = (week + net.lag[link] + net.longer) % net.rows;
        delayed[size_t(link)] = lever.late[size_t(k)] * shipped[size_t(link)];
        coming[size_t(row * net.slots + net.link_slot[link])] += delayed[size_t(link)];
    }
    clear(bound);
    V *const leaves = bound.data(), *const arrives = coming.data();
    V low{};
    for (size_t s = 0; s < size_t(net.slots); ++s) {
        V near{};
        for (size_t e = size_t(net.slot_start[s]); e < size_t(net.slot_start[s + 1]); ++e) {
            V goods = shipped[e];
            leaves[fixed.node[e]] += goods;
            low = least(low, goods);
            if (force.late) goods = goods - delayed[e];
            if (fixed.odd[e])
                arrives[size_t((week + net.lag[int64_t(e)]) % net.rows * net.slots) + s] += goods;
            else
                near += goods;
        }
        arrives[size_t((week + fixed.usual[s]) % net.rows * net.slots) + s] += near;
    }
    lowest = low;
    for (size_t i = 0; i < finished.size(); ++i) finished[i] = available[i] - bound[i];
}

// Whether the shares of a slot's links may move: they have before, or a supplier may not or cannot deliver. Else they stay to the last digit.
template <class T> bool Block<T>::touched(const Levers<T> &lever, int64_t slot) const {
    if (turned[size_t(slot)]) return true;
    for (int64_t e = net.slot_start[size_t(slot)]; e < net.slot_start[size_t(slot) + 1]; ++e)
        if (scarce[size_t(fixed.node[size_t(e)])] || lever.appeal_row[size_t(e)]) return true;
    return false;
}

// Equation (5): order shares move to suppliers that may and can deliver.
template <class T> void Block<T>::reroute(const Force &force, const Levers<T> &lever) {
    const V one = all<V>(T(1));
    for (int64_t h = 0; h < net.host.size; ++h) {
        const size_t i = size_t(net.host_node[h]);
        if (h == 0 || net.host_node[h - 1] != net.host_node[h]) meet[i] = meet[i] * least(one, capacity[i] / T(net.output[int64_t(i)]));
    }
    bool calm = true;
    for (size_t i = 0; i < meet.size(); ++i) {
        meet[i] = meet[i] < T(1) - T(1e-9) ? meet[i] : one;
        scarce[i] = any(one - meet[i]);
        calm = calm && !scarce[i];
    }
    if (!force.appeal && !moved && calm) return;
    for (int64_t s = 0; s < net.slots; ++s) {
        if (!touched(lever, s)) continue;
        turned[size_t(s)] = 1;
        force.grown || net.expands ? turn<true>(lever, s) : turn<false>(lever, s);
    }
    moved = true;
}

// Move the shares of one slot's links. Grows: some capacity is above the base year's.
template <class T> template <bool Grows> void Block<T>::turn(const Levers<T> &lever, int64_t slot) {
    const size_t s = size_t(slot), begin = size_t(net.slot_start[s]), end = size_t(net.slot_start[s + 1]);
    const V *const able = meet.data(), *const stays = lever.appeal.data();
    const int32_t *const row = lever.appeal_row.data(), *const node = fixed.node.data();
    auto can_of = [&](size_t e) -> V { return able[node[e]] * stays[row[e]]; };
    auto idle = [&](size_t e) {
        if constexpr (!Grows) return fixed.spare[e];
        else return V(fixed.spare[e] + most(V{}, capacity[size_t(node[e])] - T(net.capacity[node[e]])));
    };
    V keeps{}, reaches{}, weeks{};
    for (size_t e = begin; e < end; ++e) {
        const V can = can_of(e);
        keeps += fixed.share[e] * can;
        reaches += idle(e) * can;
    }
    const V gone = fixed.sum[s] - keeps, taken = least(gone, reaches / T(net.need[slot]));
    const V by_spare = taken / over(reaches), by_share = T(1) + (gone - taken) / over(keeps);
    for (size_t e = begin; e < end; ++e) {
        const V base = all<V>(fixed.share[e]), to = (by_spare * idle(e) + base * by_share) * can_of(e);
        weights[e] += ((keeps <= T(0) ? base : to) - weights[e]) / T(net.reroute_weeks);
        weeks += fixed.lag[e] * weights[e];
    }
    time[s] = weeks;
}
