// The weekly model of model.py, compiled: the same equations in the same order, a block of draws at a time.
//
// A block holds a pack of draws (a cache line of them) for every item, so that each operation is one or two vector instructions.
// Blocks are independent: they run on threads with the interpreter's lock released, and no draw's result depends on the others. Built
// without fused multiply-add (-ffp-contract=off): the same bytes on every machine, and bit for bit those of model.py.

#include "extras.hpp"
#include "laws.hpp"
#include "prices.hpp"
#include "trade.hpp"

#include <nanobind/stl/string.h>

#include <atomic>
#include <thread>

namespace {

template <class T>
inline void run_block(const Network &net, const Initial &from, const std::vector<Force> &forces, int64_t first, Results &out, std::string &fault) {
    constexpr int B = lanes<T>;
    Block<T> block(net, from, first);
    Levers<T> lever;
    const int64_t draws = from.stock.draws, count = std::min<int64_t>(B, draws - first), finals = net.final.size;
    const Table<T> &wanted = block.distinct() ? block.full : block.wanted;
    int64_t week = 0;
    for (const Force &force : forces) {
        lever.take(force, first, net.stages);
        for (int64_t k = 0; k < force.weeks; ++k, ++week) {
            if (!block.step(force, lever, week)) {
                fault = block.fault;
                return;
            }
            for (int64_t f = 0; f < finals; ++f)
                for (int64_t b = 0; b < count; ++b) {
                    const int64_t to = (week * finals + f) * draws + first + b;
                    const size_t slot = size_t(net.final[f]);
                    out.wanted.data[to] = double(wanted[slot][b]);
                    out.got.data[to] = double(block.used[slot][b]);
                    out.stock.data[to] = double(block.stock[slot][b]);
                }
            for (size_t m = 0; out.price && m < block.price.size(); ++m)
                for (int64_t b = 0; b < count; ++b)
                    out.price.data[(week * int64_t(block.price.size()) + int64_t(m)) * draws + first + b] = double(block.price[m][b]);
            if (first == 0)
                for (int64_t e = 0; e < net.links; ++e) out.shipped.data[week * net.links + e] = double(block.shipped[size_t(e)][0]);
        }
    }
}

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && defined(__linux__)
#define WIDE __attribute__((target_clones("avx512f", "avx2", "default"), flatten))
#else
#define WIDE
#endif

WIDE void run_double(const Network &net, const Initial &from, const std::vector<Force> &forces, int64_t first, Results &out, std::string &fault) {
    run_block<double>(net, from, forces, first, out, fault);
}

WIDE void run_single(const Network &net, const Initial &from, const std::vector<Force> &forces, int64_t first, Results &out, std::string &fault) {
    run_block<float>(net, from, forces, first, out, fault);
}

std::string run(const nb::dict &network, const nb::dict &initial, const nb::list &forces, const nb::dict &results, int threads, bool single) {
    const Network net(network);
    const Initial from(initial);
    Results out(results);
    std::vector<Force> pressure;
    for (nb::handle force : forces) pressure.emplace_back(nb::cast<nb::dict>(force));
    const int64_t size = single ? lanes<float> : lanes<double>, blocks = (from.stock.draws + size - 1) / size;
    std::vector<std::string> faults(static_cast<size_t>(blocks));
    {
        nb::gil_scoped_release released;
        std::atomic<int64_t> next{0};
        auto work = [&] {
            for (int64_t k = next++; k < blocks; k = next++)
                (single ? run_single : run_double)(net, from, pressure, k * size, out, faults[size_t(k)]);
        };
        std::vector<std::thread> others;
        for (int64_t t = 1; t < std::min<int64_t>(threads, blocks); ++t) others.emplace_back(work);
        work();
        for (std::thread &other : others) other.join();
    }
    for (const std::string &fault : faults)
        if (!fault.empty()) return fault;
    return "";
}

} // namespace

NB_MODULE(_kernel, module) {
    module.doc() = "The weekly model of ytterby.dynamics.model, compiled.";
    module.def("run", &run, nb::arg("network"), nb::arg("initial"), nb::arg("forces"), nb::arg("results"), nb::arg("threads"), nb::arg("single"),
               "Run all draws into the arrays of `results`; returns nothing, or week, product and gap of the first balance that does not close.");
}
