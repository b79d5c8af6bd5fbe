// A block of draws and its week: goods at hand, production, use. Trade: trade.hpp; prices: prices.hpp; substitutes, scrap, hosts: extras.hpp;
// the laws: laws.hpp. The equations: model.py. Included once for each instruction set (kernel.cpp).

template <class T> struct Block {
    using V = Pack<T>;
    static constexpr int B = lanes<T>;

    const Network &net;
    const Figures<T> fixed;
    Table<T> stock, coming, finished, plan, weights, queue, permits, bank, reserve, cover;
    Table<T> wanted, asked, usable, inflow, used, under_way, kept, reach, lost, time, later; // slots
    Table<T> shipped, part, rest; // links; shipped: orders until ship()
    Table<T> capacity, aim, meet, made, available;                                     // nodes
    Table<T> before, after, change, scale, lacking, offered, shippable;                // products, reserves, licences
    Table<T> price, short_weeks, replaced, granted, last, in_use, scrap, triggered; // markets, pairs, nodes, slots (State)
    Table<T> full, to_bring, own, helped, sold, bound, delayed;                       // slots, nodes, links
    Table<T> demand_factor, supply_factor, excess, normal, stocked;                 // markets
    V demand_elasticity, supply_elasticity, lowest; // lowest: the smallest shipment of the week
    std::vector<uint8_t> turned, scarce; // slots whose shares have moved, nodes that cannot meet their orders
    bool moved = false, elastic = false, reserved = false, flows_in = false;
    std::string fault;

    explicit Block(const Network &network) : net(network), fixed(network) {
        auto size = [](Table<T> &table, int64_t rows) { table.assign(size_t(rows), V{}); };
        for (Table<T> *one : {&permits, &bank, &shippable}) size(*one, net.licences);
        for (Table<T> *one : {&wanted, &asked, &usable, &inflow, &used, &under_way, &kept, &reach, &lost, &time, &later, &full, &to_bring, &own})
            size(*one, net.slots);
        size(shipped, net.links);
        for (Table<T> *one : {&part, &rest}) size(*one, net.widest);
        for (Table<T> *one : {&capacity, &aim, &meet, &made, &available, &sold, &bound}) size(*one, net.nodes);
        for (Table<T> *one : {&before, &after, &change, &scale}) size(*one, net.products);
        for (Table<T> *one : {&lacking, &offered}) size(*one, net.reserves);
        size(helped, net.slots);
        size(queue, net.stages * net.licences);
        scarce.resize(size_t(net.nodes));
        for (int64_t i = 0; i < net.nodes; ++i) scale[size_t(net.node_product[i])] += T(net.output[i]);
    }

    // Begin with the draws from `first` on.
    void start(const Initial &from, int64_t first) {
        load<T>(stock, from.stock, first);
        load<T>(coming, from.coming, first);
        load<T>(finished, from.finished, first);
        load<T>(plan, from.plan, first);
        load<T>(weights, from.weights, first);
        load<T>(reserve, from.reserve, first);
        load<T>(cover, from.cover, first);
        load<T>(price, from.price, first);
        load<T>(short_weeks, from.short_weeks, first);
        load<T>(replaced, from.replaced, first);
        load<T>(last, from.made, first);
        load<T>(in_use, from.in_use, first);
        load<T>(scrap, from.scrap, first);
        load<T>(triggered, from.triggered, first);
        demand_elasticity = row_of<T>(from.demand_elasticity, 0, first);
        supply_elasticity = row_of<T>(from.supply_elasticity, 0, first);
        elastic = any(demand_elasticity);
        moved = false;
        for (Table<T> *one : {&permits, &bank, &queue}) clear(*one);
        for (Table<T> *one : {&demand_factor, &supply_factor, &excess, &normal, &stocked}) one->assign(price.size(), V{});
        granted.assign(short_weeks.size(), V{});
        reserved = std::any_of(reserve.begin(), reserve.end(), [](const V &held) { return any(held); });
        turned.assign(size_t(net.slots), 0);
        clear(time);
        for (size_t e = 0; e < weights.size(); ++e) {
            const size_t s = size_t(net.link_slot[int64_t(e)]);
            time[s] += fixed.lag[e] * weights[e];
            if (any(weights[e] - fixed.share[e])) turned[s] = 1;
        }
        hold(after);
    }

    // trade.hpp
    void order(const Force &force, const Levers<T> &lever);
    void close(const Force &force, const Levers<T> &lever);
    V eased(size_t link) const;
    void license(const Levers<T> &lever);
    void limit(const Force &force, const Levers<T> &lever);
    template <class Flow> V level(size_t count, const V &goods, Flow flow, V open);
    template <class Flow> V open_flow(size_t count, Flow flow) const;
    void ship();
    void spend();
    void deliver(const Force &force, const Levers<T> &lever, int64_t week);
    void reroute(const Force &force, const Levers<T> &lever);
    void fill(size_t node);
    void serve(size_t node);
    template <bool Grows> void turn(const Levers<T> &lever, int64_t slot);
    bool touched(const Levers<T> &lever, int64_t slot) const;
    // prices.hpp
    void factors();
    void sell(const Force &force);
    void pay(const Force &force, const Levers<T> &lever);
    void build();
    void move_prices(const Force &force);
    // extras.hpp
    void host();
    void bring();
    void replace();
    void stand_in();
    void throw_away();
    // laws.hpp
    void hold(Table<T> &total);
    bool on_course(int64_t week);
    bool balanced(int64_t week);

    bool step(const Force &force, const Levers<T> &lever, int64_t week) {
        before.swap(after);
        want(force, lever);
        bring();
        order(force, lever);
        receive(force, lever, week);
        if (force.gate) close(force, lever);
        if (force.share) license(lever);
        limit(force, lever);
        plan_output(lever);
        if (!on_course(week)) return false;
        if (!short_weeks.empty()) replace();
        produce();
        ship();
        if (force.share) spend();
        use();
        if (!short_weeks.empty()) stand_in();
        for (size_t s = 0; s < stock.size(); ++s) stock[s] = usable[s] - used[s];
        deliver(force, lever, week);
        if (force.reference) move_prices(force);
        reroute(force, lever);
        if (net.recycles) throw_away();
        if (!last.empty()) std::copy(made.begin(), made.end(), last.begin());
        hold(after);
        return balanced(week);
    }

    static void clear(Table<T> &table) { std::fill(table.begin(), table.end(), V{}); }

    // Add what each item has to its group's total, one after the other.
    template <class Of> [[gnu::always_inline]] static void add(Table<T> &total, const Ints &group, int64_t count, Of value) {
        if (!count) return;
        int64_t at = group[0];
        V sum = total[size_t(at)]; // items of a group mostly follow each other
        for (int64_t i = 0; i < count; ++i) {
            if (group[i] != at) {
                total[size_t(at)] = sum;
                at = group[i];
                sum = total[size_t(at)];
            }
            sum += value(size_t(i));
        }
        total[size_t(at)] = sum;
    }

    void want(const Force &force, const Levers<T> &lever) {
        for (size_t i = 0; i < capacity.size(); ++i) {
            const T full = T(net.capacity[int64_t(i)]);
            capacity[i] = force.capacity ? full * lever.capacity[i] : all<V>(full);
        }
        if (force.reference) factors();
        if (force.reference) sell_base(force, lever);
        if (net.expands) build();
        if (!last.empty()) host();
        if (force.reference) sell(force);
        for (size_t s = 0; s < wanted.size(); ++s) {
            const T need = T(net.need[int64_t(s)]);
            wanted[s] = force.demand ? need * lever.demand[s] : all<V>(need);
        }
        if (distinct()) std::copy(wanted.begin(), wanted.end(), full.begin());
        if (elastic && (force.reference || force.dearer)) pay(force, lever);
        for (int64_t f = 0; f < net.feeding.size; ++f) {
            const size_t s = size_t(net.feeding[f]), i = size_t(net.slot_node[int64_t(s)]);
            wanted[s] = T(net.coefficient[int64_t(s)]) * least(capacity[i], plan[i]);
            if (distinct()) full[s] = wanted[s];
        }
    }

    // What links have to bring.
    const Table<T> &needed() const { return net.pairs_inside || net.recycles ? to_bring : wanted; }

    // Whether what is wanted at the base price, less what a substitute gives, is another figure than what is wanted.
    bool distinct() const { return elastic || !short_weeks.empty(); }

    // `sold` as base output under the levers, before prices.
    void sell_base(const Force &force, const Levers<T> &lever) {
        for (size_t i = 0; i < sold.size(); ++i) {
            const T base = T(net.output[int64_t(i)]);
            sold[i] = force.capacity ? base * lever.capacity[i] : all<V>(base);
        }
    }

    void receive(const Force &force, const Levers<T> &lever, int64_t week) {
        flows_in = force.inflow || net.recycles;
        V *arrives = coming.data() + (week % net.rows) * net.slots;
        for (size_t s = 0; s < usable.size(); ++s) {
            usable[s] = stock[s] + arrives[s];
            if (flows_in) {
                inflow[s] = force.inflow ? lever.inflow[s] : V{};
                if (net.recycles) inflow[s] = inflow[s] + scrap[s];
                usable[s] += inflow[s];
            }
            arrives[s] = V{};
        }
        if (!reserved) return;
        clear(lacking);
        for (size_t s = 0; s < usable.size(); ++s) {
            kept[s] = most(V{}, wanted[s] * (T(1) + T(net.release_cover) * cover[s]) - usable[s]);
            lacking[size_t(net.slot_reserve[int64_t(s)])] += kept[s];
        }
        for (size_t s = 0; s < usable.size(); ++s) {
            const size_t g = size_t(net.slot_reserve[int64_t(s)]);
            usable[s] += kept[s] * (least(reserve[g] / T(net.release_weeks), lacking[g]) / over(lacking[g]));
        }
        for (size_t g = 0; g < reserve.size(); ++g) reserve[g] -= least(reserve[g] / T(net.release_weeks), lacking[g]);
    }

    // What each node is to make; what measures left of the orders on it is added up anew.
    void plan_output(const Levers<T> &lever) {
        for (const int64_t i : lever.ruled) {
            V sum{};
            for (int64_t k = net.node_start[size_t(i)]; k < net.node_start[size_t(i) + 1]; ++k) sum += shipped[size_t(net.node_link[size_t(k)])];
            plan[size_t(i)] = sum;
        }
        for (size_t i = 0; i < aim.size(); ++i) {
            aim[i] = least(capacity[i], most(V{}, plan[i] - finished[i]));
            meet[i] = all<V>(T(1));
        }
    }

    void produce() {
        for (int64_t f = 0; f < net.feeding.size; ++f) {
            const size_t s = size_t(net.feeding[f]), i = size_t(net.slot_node[int64_t(s)]);
            const T loss = net.essential[int64_t(s)] ? T(1) : T(net.nonessential_loss);
            const V at_hand = short_weeks.empty() ? usable[s] : usable[s] + helped[s];
            const V enough = at_hand / T(net.coefficient[int64_t(s)]), one = all<V>(T(1));
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
};
