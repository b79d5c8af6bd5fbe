// Blocks of draws through all weeks. Included once for each instruction set (kernel.cpp).

#include "lanes.hpp"

#include "block.hpp"

#include "extras.hpp"
#include "laws.hpp"
#include "prices.hpp"
#include "trade.hpp"

// Write down a week of the block that begins with draw `first`.
template <class T> void record(const Block<T> &block, int64_t week, int64_t first, int64_t draws, Results &out) {
    const Network &net = block.net;
    const int64_t count = std::min<int64_t>(lanes<T>, draws - first), finals = net.final.size, markets = int64_t(block.price.size());
    const Table<T> &wanted = block.distinct() ? block.full : block.wanted;
    for (int64_t f = 0; f < finals; ++f) {
        const int64_t to = (week * finals + f) * draws + first;
        const size_t slot = size_t(net.final[f]);
        store<T>(out.wanted.data + to, wanted[slot], count);
        store<T>(out.got.data + to, block.used[slot], count);
        store<T>(out.stock.data + to, block.stock[slot], count);
    }
    for (int64_t m = 0; out.price && m < markets; ++m)
        store<T>(out.price.data + (week * markets + m) * draws + first, block.price[size_t(m)], count);
    if (first == 0 && out.shipped)
        for (int64_t e = 0; e < net.links; ++e) out.shipped.data[week * net.links + e] = double(block.shipped[size_t(e)][0]);
}

// Run blocks until none is left; a block that breaks a law ends there and says so in its line of `faults`.
template <class T>
void run_blocks(const Network &net, const Initial &from, const std::vector<Force> &forces, std::atomic<int64_t> &next, Results &out,
                std::vector<std::string> &faults) {
    Block<T> block(net);
    Levers<T> lever;
    for (size_t k = size_t(next++); k < faults.size(); k = size_t(next++)) {
        const int64_t first = int64_t(k) * lanes<T>;
        int64_t week = 0;
        block.start(from, first);
        for (const Force &force : forces) {
            lever.take(force, first, net);
            for (const int64_t end = week + force.weeks; week < end && block.fault.empty(); ++week)
                if (block.step(force, lever, week)) record(block, week, first, from.stock.draws, out);
        }
        faults[k].swap(block.fault);
        block.fault.clear();
    }
}
