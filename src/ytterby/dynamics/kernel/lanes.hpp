// Packs of draws, side by side, and what is loaded into them. Included once for each instruction set (kernel.cpp).

// A pack: as many draws as fill a cache line. The compiler turns its arithmetic into the machine's vector instructions.
template <class T> struct Packed;
template <> struct Packed<double> {
    typedef double type __attribute__((vector_size(64)));
};
template <> struct Packed<float> {
    typedef float type __attribute__((vector_size(64)));
};
template <class T> using Pack = typename Packed<T>::type;
template <class T> constexpr int lanes = int(64 / sizeof(T));

// Memory that starts on a cache line, as packs want it.
template <class V> struct OnLine {
    using value_type = V;
    OnLine() = default;
    template <class U> OnLine(const OnLine<U> &) {}
    V *allocate(size_t count) { return static_cast<V *>(::operator new(count * sizeof(V), std::align_val_t(64))); }
    void deallocate(V *memory, size_t) { ::operator delete(memory, std::align_val_t(64)); }
    template <class U> bool operator==(const OnLine<U> &) const { return true; }
    template <class U> bool operator!=(const OnLine<U> &) const { return false; }
};

// One pack a row.
template <class T> using Table = std::vector<Pack<T>, OnLine<Pack<T>>>;

template <class V> [[gnu::always_inline]] inline V least(const V &a, const V &b) { return b < a ? b : a; }
template <class V> [[gnu::always_inline]] inline V most(const V &a, const V &b) { return a < b ? b : a; }
template <class V, class T> [[gnu::always_inline]] inline V all(T value) { return value - V{}; }

// Whether any draw is not 0.
template <class V> [[gnu::always_inline]] inline bool any(const V &values) {
    const auto set = values != V{};
    int64_t bits[8];
    std::memcpy(bits, &set, sizeof bits);
    return ((bits[0] | bits[1]) | (bits[2] | bits[3])) | ((bits[4] | bits[5]) | (bits[6] | bits[7]));
}

// What may be divided by: 1 where there is nothing.
template <class V> [[gnu::always_inline]] inline V over(const V &values) {
    typedef std::remove_cv_t<std::remove_reference_t<decltype(values[0])>> T;
    return values > V{} ? values : all<V>(T(1));
}

// One row of the draws of a block; the last draw stands in for those beyond the end.
template <class T> inline Pack<T> row_of(const Reals &from, int64_t i, int64_t first) {
    const double *row = from.data + i * from.draws;
    Pack<T> pack{};
    if (first + lanes<T> <= from.draws)
        for (int b = 0; b < lanes<T>; ++b) pack[b] = T(row[first + b]);
    else
        for (int b = 0; b < lanes<T>; ++b) pack[b] = T(row[std::min(first + b, from.draws - 1)]);
    return pack;
}

// The draws of one block, lanes innermost.
template <class T> inline void load(Table<T> &to, const Reals &from, int64_t first) {
    to.resize(size_t(from.rows));
    for (int64_t i = 0; i < from.rows; ++i) to[size_t(i)] = row_of<T>(from, i, first);
}

// A row of a block's results: the draws that there are.
template <class T> [[gnu::always_inline]] inline void store(double *to, const Pack<T> &values, int64_t count) {
    if (count == lanes<T>)
        for (int b = 0; b < lanes<T>; ++b) to[b] = double(values[b]);
    else
        for (int64_t b = 0; b < count; ++b) to[b] = double(values[b]);
}

// The figures of links in the precision of the run, small as the cache likes them. by_node: flows in the order of node_link. usual: the lag
// of most of a slot's links (all but the home country's are as far away); odd: whether a link has another.
template <class T> struct Figures {
    std::vector<T> share, spare, lag, by_node, sum; // sum: of the shares of a slot's links
    std::vector<int32_t> node;
    std::vector<int64_t> usual;
    std::vector<uint8_t> odd;
    explicit Figures(const Network &net) : sum(size_t(net.slots)), usual(size_t(net.slots)) {
        for (int64_t e = 0; e < net.links; ++e) usual[size_t(net.link_slot[e])] = std::max(usual[size_t(net.link_slot[e])], net.lag[e]);
        for (int64_t e = 0; e < net.links; ++e) {
            share.push_back(T(net.share[e]));
            spare.push_back(T(net.spare[e]));
            lag.push_back(T(net.lag[e]));
            by_node.push_back(T(net.flow[net.node_link[size_t(e)]]));
            node.push_back(int32_t(net.link_node[e]));
            odd.push_back(net.lag[e] != usual[size_t(net.link_slot[e])]);
            sum[size_t(net.link_slot[e])] += share.back();
        }
    }
};

// A licence: the share of orders that needs one, the mean wait, the share refused; the compartments that an order waits in, and the part
// of each that passes on in a week (licences.py).
template <class T> struct Licence {
    Pack<T> share, weeks, denied, steps, passed;

    Licence(const Force &force, int64_t c, int64_t first, int64_t stages)
        : share(row_of<T>(force.share, c, first)), weeks(row_of<T>(force.delay, c, first)), denied(row_of<T>(force.denied, c, first)) {
        for (int b = 0; b < lanes<T>; ++b) {
            steps[b] = std::max(T(1), std::min(T(stages), std::floor(weeks[b])));
            passed[b] = share[b] <= T(0) ? T(1) : std::min(T(1), steps[b] / std::max(weeks[b], T(1)));
        }
    }
    bool operator==(const Licence &other) const { return !any(share - other.share) && !any(weeks - other.weeks) && !any(denied - other.denied); }
};

// The levers of one block. Of rows that are alike one is held: most links are under no measure or under the same.
template <class T> struct Levers {
    Table<T> gate, capacity, demand, inflow, late, dearer;
    Table<T> appeal; // of those links on which it is not 1; row 0 is 1
    std::vector<Licence<T>, OnLine<Licence<T>>> licences;
    std::vector<int32_t> appeal_row, licence_row;
    std::vector<int64_t> ruled; // nodes on whose orders there is a measure
    std::vector<Table<T>> caps;

    void take(const Force &force, int64_t first, const Network &net) {
        load<T>(gate, force.gate, first);
        load<T>(capacity, force.capacity, first);
        load<T>(demand, force.demand, first);
        load<T>(inflow, force.inflow, first);
        load<T>(late, force.late, first);
        load<T>(dearer, force.dearer, first);
        caps.resize(force.quotas.size());
        for (size_t q = 0; q < caps.size(); ++q) load<T>(caps[q], force.quotas[q].cap, first);
        appeal.assign(1, all<Pack<T>>(T(1)));
        appeal_row.assign(size_t(net.links), 0);
        for (int64_t e = 0; e < force.appeal.rows; ++e) {
            const Pack<T> row = row_of<T>(force.appeal, e, first);
            if (!any(row - T(1))) continue;
            appeal_row[size_t(e)] = int32_t(appeal.size());
            appeal.push_back(row);
        }
        licences.clear();
        licence_row.clear();
        for (int64_t c = 0; c < force.share.rows; ++c) {
            const Licence<T> one(force, c, first, net.stages);
            if (licences.empty() || !(one == licences.back())) licences.push_back(one);
            licence_row.push_back(int32_t(licences.size()) - 1);
        }
        find_ruled(force, net);
    }

    void find_ruled(const Force &force, const Network &net) {
        ruled.clear();
        auto rule = [&](const Ints &links) {
            for (int64_t k = 0; k < links.size; ++k) ruled.push_back(net.link_node[links[k]]);
        };
        rule(force.gate_links);
        if (force.share) rule(net.licensed);
        for (const Quota &quota : force.quotas) rule(quota.links);
        std::sort(ruled.begin(), ruled.end());
        ruled.erase(std::unique(ruled.begin(), ruled.end()), ruled.end());
    }
};
