// Trade of a block in a week: orders, measures on them, rationing, transit, re-routing. The equations: model.py.
#pragma once

#include "block.hpp"

constexpr int PASSES = 60;

// Equation (1): what each slot asks for, split over its links by the weights.
template <class T> void Block<T>::order(const Force &force, const Levers<T> &lever) {
    clear(time);
    for (size_t e = 0; e < weights.size(); ++e) time[size_t(net.link_slot[int64_t(e)])] += T(net.lag[int64_t(e)]) * weights[e];
    if (force.late)
        for (int64_t k = 0; k < force.gate_links.size; ++k) {
            const size_t e = size_t(force.gate_links[k]);
            time[size_t(net.link_slot[int64_t(e)])] += T(net.longer) * (lever.late[size_t(k)] * lever.gate[size_t(k)]) * weights[e];
        }
    for (size_t s = 0; s < asked.size(); ++s) asked[s] = needed[s] * (cover[s] + time[s]) - stock[s] - under_way[s];
    for (size_t c = 0; c < permits.size(); ++c) {
        const size_t e = size_t(net.licensed[int64_t(c)]), s = size_t(net.link_slot[int64_t(e)]);
        V waiting = queue[c];
        for (size_t k = 1; k < size_t(net.stages); ++k) waiting += queue[k * permits.size() + c];
        if (force.share) waiting = most(V{}, waiting - lever.share[c] * lever.delay[c] * (needed[s] * weights[e]));
        asked[s] -= permits[c] + waiting;
    }
    for (size_t s = 0; s < asked.size(); ++s) asked[s] = most(V{}, needed[s] + asked[s] / T(net.order_weeks));
    for (size_t e = 0; e < orders.size(); ++e) orders[e] = asked[size_t(net.link_slot[int64_t(e)])] * weights[e];
}

// Let only the open part of normal orders through a gate.
template <class T> void Block<T>::close(const Force &force, const Levers<T> &lever) {
    for (int64_t k = 0; k < force.gate_links.size; ++k) {
        const size_t e = size_t(force.gate_links[k]);
        const V part = lever.gate[size_t(k)], usual = needed[size_t(net.link_slot[int64_t(e)])] * weights[e];
        orders[e] = part < T(1) ? part * least(orders[e], usual) : orders[e];
    }
}

// licences.py: orders free to ship, orders filed, the Erlang queue, permits.
template <class T> void Block<T>::license(const Levers<T> &lever) {
    const size_t licences = permits.size();
    const V none = V{}, one = all<V>(T(1));
    for (size_t c = 0; c < licences; ++c) {
        const size_t e = size_t(net.licensed[int64_t(c)]);
        const V share = lever.share[c], weeks = lever.delay[c], passed = lever.passed[c], steps = lever.steps[c];
        const V usual = needed[size_t(net.link_slot[int64_t(e)])] * weights[e];
        const V room = most(none, share * weeks * usual - bank[c]);
        const V accepted = share <= T(0) ? orders[e] : least(orders[e], usual + room);
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
        const V exits = (share <= T(0) ? sum : gone) + (applied - waiting), refused = share <= T(0) ? none : lever.denied[c] * exits;
        permits[c] = permits[c] + (exits - refused);
        orders[e] = shippable[c] = free + permits[c];
    }
}

// ration.py: the level lambda up to which each order (in `part`) is met, in multiples of its base flow or of a tonne (Newton from below).
template <class T> void Block<T>::level(const int64_t *link, int64_t count, bool by_flow, const V &goods, V &up_to) {
    const V none = V{}, one = all<V>(T(1));
    up_to = none;
    for (int64_t k = 0; k < count; ++k) waits[size_t(k)] = part[size_t(k)] > T(0) ? one : none;
    for (int pass = 0; pass < PASSES; ++pass) {
        V filled{}, open{}, done{};
        for (int64_t k = 0; k < count; ++k) {
            filled += part[size_t(k)] * (T(1) - waits[size_t(k)]);
            open += (by_flow ? T(net.flow[link[k]]) : T(1)) * waits[size_t(k)];
        }
        up_to = open > T(0) ? most(V{}, (goods - filled) / over(open)) : up_to;
        for (int64_t k = 0; k < count; ++k) {
            V &w = waits[size_t(k)];
            const V still = part[size_t(k)] > up_to * (by_flow ? T(net.flow[link[k]]) : T(1)) ? w : none;
            done += w - still;
            w = still;
        }
        if (!any(done)) return;
    }
}

// Keep the links of each quota together under its cap, regular customers first.
template <class T> void Block<T>::limit(const Force &force, const Levers<T> &lever) {
    for (size_t q = 0; q < force.quotas.size(); ++q) {
        const Quota &quota = force.quotas[q];
        const T active = T(quota.active);
        V total{};
        for (int64_t k = 0; k < quota.links.size; ++k) total += orders[size_t(quota.links[k])];
        const V allowed = active * least(total, lever.caps[q][0]) + (T(1) - active) * total;
        V up_to;
        for (int64_t k = 0; k < quota.links.size; ++k) part[size_t(k)] = orders[size_t(quota.links[k])];
        level(quota.links.data, quota.links.size, true, allowed, up_to);
        for (int64_t k = 0; k < quota.links.size; ++k) {
            V &o = orders[size_t(quota.links[k])];
            o = total <= allowed ? o : least(o, up_to * T(net.flow[quota.links[k]]));
        }
    }
}

// Equation (3): shipments, rationed where a node has too little.
template <class T> void Block<T>::ship() {
    std::copy(orders.begin(), orders.end(), shipped.begin());
    for (size_t i = 0; i < plan.size(); ++i) {
        const V one = all<V>(T(1)), asked_ = plan[i], goods = available[i];
        if (!any(asked_ > goods ? one : V{})) continue;
        const int64_t *link = net.node_link.data() + net.node_start[i];
        const int64_t count = net.node_start[i + 1] - net.node_start[i];
        share_out(link, count, asked_, goods);
    }
}

// One producer's goods by the rationing rule (extras.py: 0 proportional, 1 domestic, 2 defence, 3 contract, 4 smallest first).
template <class T> void Block<T>::share_out(const int64_t *link, int64_t count, const V &asked_, const V &goods) {
    const bool rounds = net.rationing >= 1 && net.rationing <= 3, contract = net.rationing == 3, by_flow = net.rationing != 4;
    V total{}, given{}, wanting{}, up_to;
    for (int64_t k = 0; k < count; ++k) {
        const V order = shipped[size_t(link[k])];
        part[size_t(k)] = !rounds ? order : contract ? least(order, all<V>(T(net.flow[link[k]]))) : order * T(net.first[link[k]]);
        rest[size_t(k)] = order - part[size_t(k)];
        total += part[size_t(k)];
        wanting += rest[size_t(k)];
    }
    level(link, count, by_flow, goods, up_to);
    for (int64_t k = 0; k < count; ++k) {
        V &f = part[size_t(k)];
        f = total <= goods ? f : least(f, up_to * (by_flow ? T(net.flow[link[k]]) : T(1)));
        given += f;
    }
    const V left = most(V{}, goods - given), one = all<V>(T(1));
    if (contract)
        for (int64_t k = 0; k < count; ++k) rest[size_t(k)] = rest[size_t(k)] * least(one, left / over(wanting));
    else if (rounds) {
        part.swap(rest); // level() works on `part`
        level(link, count, true, left, up_to);
        part.swap(rest);
        for (int64_t k = 0; k < count; ++k) {
            V &f = rest[size_t(k)];
            f = wanting <= left ? f : least(f, up_to * T(net.flow[link[k]]));
        }
    }
    for (int64_t k = 0; k < count; ++k) {
        V &f = shipped[size_t(link[k])];
        f = asked_ <= goods ? f : rounds ? part[size_t(k)] + rest[size_t(k)] : part[size_t(k)];
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
    if (force.late) clear(delayed);
    for (int64_t k = 0; k < (force.late ? force.gate_links.size : 0); ++k) {
        const int64_t link = force.gate_links[k], row = (week + net.lag[link] + net.longer) % net.rows;
        delayed[size_t(link)] = lever.late[size_t(k)] * shipped[size_t(link)];
        coming[size_t(row * net.slots + net.link_slot[link])] += delayed[size_t(link)];
    }
    clear(bound);
    for (size_t e = 0; e < shipped.size(); ++e) {
        const int64_t link = int64_t(e), row = (week + net.lag[link]) % net.rows;
        bound[size_t(net.link_node[link])] += shipped[e];
        coming[size_t(row * net.slots + net.link_slot[link])] += force.late ? shipped[e] - delayed[e] : shipped[e];
    }
    for (size_t i = 0; i < finished.size(); ++i) finished[i] = available[i] - bound[i];
}

// Equation (5): order shares move to suppliers that may and can deliver.
template <class T> void Block<T>::reroute(const Force &force, const Levers<T> &lever) {
    const V one = all<V>(T(1));
    for (int64_t h = 0; h < net.host.size; ++h) {
        const size_t i = size_t(net.host_node[h]);
        if (h == 0 || net.host_node[h - 1] != net.host_node[h]) meet[i] = meet[i] * least(one, capacity[i] / T(net.output[int64_t(i)]));
    }
    const bool grows = force.grown || net.expands;
    auto idle = [&](int64_t link) {
        const int64_t i = net.link_node[link];
        const V base = all<V>(T(net.spare[link]));
        return grows ? base + most(V{}, capacity[size_t(i)] - T(net.capacity[i])) : base;
    };
    bool calm = true;
    for (V &part : meet) {
        part = part < T(1) - T(1e-9) ? part : one;
        calm = calm && !any(one - part);
    }
    if (!force.appeal && !moved && calm) return;
    for (Table<T> *table : {&kept, &reach, &lost}) clear(*table);
    for (size_t e = 0; e < weights.size(); ++e) {
        const int64_t link = int64_t(e);
        const size_t s = size_t(net.link_slot[link]);
        const V part = meet[size_t(net.link_node[link])], can = force.appeal ? part * lever.appeal[e] : part;
        kept[s] += T(net.share[link]) * can;
        reach[s] += idle(link) * can;
        lost[s] += T(net.share[link]);
    }
    // From here: lost = share for each tonne of idle capacity, time = factor on the base share, asked = 1 where nobody can deliver.
    for (size_t s = 0; s < kept.size(); ++s) {
        const V gone = lost[s] - kept[s], taken = least(gone, reach[s] / T(net.need[int64_t(s)]));
        lost[s] = taken / over(reach[s]);
        time[s] = T(1) + (gone - taken) / over(kept[s]);
        asked[s] = kept[s] <= T(0) ? one : V{};
    }
    for (size_t e = 0; e < weights.size(); ++e) {
        const int64_t link = int64_t(e);
        const size_t s = size_t(net.link_slot[link]);
        const V part = meet[size_t(net.link_node[link])], can = force.appeal ? part * lever.appeal[e] : part;
        const V base = all<V>(T(net.share[link])), to = (lost[s] * idle(link) + base * time[s]) * can;
        weights[e] += ((asked[s] > T(0) ? base : to) - weights[e]) / T(net.reroute_weeks);
    }
    moved = true;
}
