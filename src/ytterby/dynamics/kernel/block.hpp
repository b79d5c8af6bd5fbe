// A block of draws and its week: orders, goods at hand, production, use, balance. Trade is in trade.hpp. The equations: model.py.
#pragma once

#include "inputs.hpp"

#include <string>

template <class T> struct Block {
    using V = Pack<T>;
    static constexpr int B = lanes<T>;

    const Network &net;
    Table<T> stock, coming, finished, plan, weights, queue, permits, bank, reserve, cover;
    Table<T> wanted, asked, usable, inflow, used, under_way, kept, reach, lost, time; // slots
    Table<T> orders, shipped, waits;                                                   // links
    Table<T> capacity, aim, meet, made, available;                                     // nodes
    Table<T> before, after, change, scale, lacking, offered, shippable;                // products, reserves, licences
    bool moved = false;
    std::string fault;

    Block(const Network &network, const Initial &from, int64_t first) : net(network) {
        load<T>(stock, from.stock, first);
        load<T>(coming, from.coming, first);
        load<T>(finished, from.finished, first);
        load<T>(plan, from.plan, first);
        load<T>(weights, from.weights, first);
        load<T>(reserve, from.reserve, first);
        load<T>(cover, from.cover, first);
        auto size = [](Table<T> &table, int64_t rows) { table.assign(size_t(rows), V{}); };
        size(queue, net.stages * net.licences);
        for (Table<T> *one : {&permits, &bank, &shippable}) size(*one, net.licences);
        for (Table<T> *one : {&wanted, &asked, &usable, &inflow, &used, &under_way, &kept, &reach, &lost, &time}) size(*one, net.slots);
        for (Table<T> *one : {&orders, &shipped, &waits}) size(*one, net.links);
        for (Table<T> *one : {&capacity, &aim, &meet, &made, &available}) size(*one, net.nodes);
        for (Table<T> *one : {&before, &after, &change, &scale}) size(*one, net.products);
        for (Table<T> *one : {&lacking, &offered}) size(*one, net.reserves);
        for (int64_t i = 0; i < net.nodes; ++i) scale[size_t(net.node_product[i])] += T(net.output[i]);
    }

    // trade.hpp
    void order(const Force &force, const Levers<T> &lever);
    void close(const Force &force, const Levers<T> &lever);
    void license(const Levers<T> &lever);
    void limit(const Force &force, const Levers<T> &lever);
    void level(const int64_t *link, int64_t count, const V &goods, V &up_to);
    void ship();
    void spend();
    void deliver(int64_t week);
    void reroute(const Force &force, const Levers<T> &lever);

    bool step(const Force &force, const Levers<T> &lever, int64_t week) {
        hold(before);
        want(force, lever);
        order(force, lever);
        receive(force, lever, week);
        if (force.gate) close(force, lever);
        if (force.share) license(lever);
        limit(force, lever);
        produce();
        ship();
        if (force.share) spend();
        use();
        deliver(week);
        reroute(force, lever);
        hold(after);
        return balanced(week);
    }

    static void clear(Table<T> &table) { std::fill(table.begin(), table.end(), V{}); }

    static void add(Table<T> &total, const Table<T> &values, const Ints &group, int64_t count) {
        for (int64_t i = 0; i < count; ++i) total[size_t(group[i])] += values[size_t(i)];
    }

    [[gnu::always_inline]] static bool any(const V &values) {
        for (int b = 0; b < B; ++b)
            if (values[b] != T(0)) return true;
        return false;
    }

    // All goods held, by product; leaves what is under way in `under_way`.
    void hold(Table<T> &total) {
        const size_t slots = size_t(net.slots);
        std::copy(coming.begin(), coming.begin() + std::ptrdiff_t(slots), under_way.begin());
        for (size_t r = 1; r < size_t(net.rows); ++r)
            for (size_t s = 0; s < slots; ++s) under_way[s] += coming[r * slots + s];
        clear(total);
        for (size_t s = 0; s < slots; ++s) total[size_t(net.slot_product[int64_t(s)])] += stock[s] + under_way[s];
        add(total, finished, net.node_product, net.nodes);
        add(total, reserve, net.reserve_product, net.reserves);
    }

    void want(const Force &force, const Levers<T> &lever) {
        for (size_t i = 0; i < capacity.size(); ++i) {
            const T full = T(net.capacity[int64_t(i)]);
            capacity[i] = force.capacity ? full * lever.capacity[i] : all<V>(full);
        }
        for (size_t s = 0; s < wanted.size(); ++s) {
            const T need = T(net.need[int64_t(s)]);
            wanted[s] = force.demand ? need * lever.demand[s] : all<V>(need);
        }
        for (int64_t f = 0; f < net.feeding.size; ++f) {
            const size_t s = size_t(net.feeding[f]), i = size_t(net.slot_node[int64_t(s)]);
            wanted[s] = T(net.coefficient[int64_t(s)]) * least(capacity[i], plan[i]);
        }
    }

    void receive(const Force &force, const Levers<T> &lever, int64_t week) {
        V *arrives = coming.data() + (week % net.rows) * net.slots;
        for (size_t s = 0; s < usable.size(); ++s) {
            inflow[s] = force.inflow ? lever.inflow[s] : V{};
            usable[s] = stock[s] + arrives[s] + inflow[s];
            arrives[s] = V{};
        }
        if (std::none_of(reserve.begin(), reserve.end(), [](const V &held) { return any(held); })) return;
        clear(lacking);
        for (size_t s = 0; s < usable.size(); ++s) {
            kept[s] = most(V{}, wanted[s] * (T(1) + T(net.release_cover) * cover[s]) - usable[s]);
            lacking[size_t(net.slot_reserve[int64_t(s)])] += kept[s];
        }
        for (size_t s = 0; s < usable.size(); ++s) {
            const size_t g = size_t(net.slot_reserve[int64_t(s)]);
            usable[s] += kept[s] * (least(reserve[g], lacking[g]) / over(lacking[g]));
        }
        for (size_t g = 0; g < reserve.size(); ++g) reserve[g] -= least(reserve[g], lacking[g]);
    }

    // What may be divided by: 1 where there is nothing.
    [[gnu::always_inline]] static V over(const V &values) { return values > T(0) ? values : all<V>(T(1)); }

    void produce() {
        clear(plan);
        add(plan, orders, net.link_node, net.links);
        for (size_t i = 0; i < aim.size(); ++i) {
            aim[i] = least(capacity[i], most(V{}, plan[i] - finished[i]));
            meet[i] = all<V>(T(1));
        }
        for (int64_t f = 0; f < net.feeding.size; ++f) {
            const size_t s = size_t(net.feeding[f]), i = size_t(net.slot_node[int64_t(s)]);
            const T loss = net.essential[int64_t(s)] ? T(1) : T(net.nonessential_loss);
            const V enough = usable[s] / T(net.coefficient[int64_t(s)]), one = all<V>(T(1));
            const V part = enough >= aim[i] ? one : enough / over(aim[i]), left = T(1) - loss * (T(1) - part);
            const bool head = f == 0 || size_t(net.slot_node[net.feeding[f - 1]]) != i;
            meet[i] = head ? left : least(meet[i], left);
        }
        for (size_t i = 0; i < made.size(); ++i) {
            made[i] = aim[i] * meet[i];
            available[i] = finished[i] + made[i];
        }
    }

    void use() {
        for (size_t s = 0; s < used.size(); ++s) used[s] = least(wanted[s], usable[s]);
        for (int64_t f = 0; f < net.feeding.size; ++f) {
            const size_t s = size_t(net.feeding[f]), i = size_t(net.slot_node[int64_t(s)]);
            used[s] = least(usable[s], T(net.coefficient[int64_t(s)]) * made[i]);
        }
        if (net.defence_first) defend();
        for (size_t s = 0; s < stock.size(); ++s) stock[s] = usable[s] - used[s];
    }

    // Defence uses take what they lack from other final uses of the same product and country.
    void defend() {
        clear(lacking);
        clear(offered);
        for (size_t s = 0; s < used.size(); ++s) {
            const int64_t slot = int64_t(s);
            kept[s] = net.defence[slot] ? wanted[s] - used[s] : V{};
            reach[s] = !net.defence[slot] && net.slot_is_final[slot] ? usable[s] : V{};
            lacking[size_t(net.slot_reserve[slot])] += kept[s];
            offered[size_t(net.slot_reserve[slot])] += reach[s];
        }
        for (size_t s = 0; s < used.size(); ++s) {
            const size_t g = size_t(net.slot_reserve[int64_t(s)]);
            const V passes = least(lacking[g], offered[g]);
            usable[s] += kept[s] * (passes / over(lacking[g])) - reach[s] * (passes / over(offered[g]));
            used[s] = least(net.slot_is_final[int64_t(s)] ? wanted[s] : used[s], usable[s]);
        }
    }

    // The law of every week: goods held change by what is made, used and released; nothing is negative.
    bool balanced(int64_t week) {
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
};
