// The weekly model of model.py, compiled: the same equations in the same order, a block of draws at a time.
//
// A block holds a pack of draws (a cache line of them) for every item, so that each operation is one or two vector instructions.
// Blocks are independent: they run on threads with the interpreter's lock released, and no draw's result depends on the others. Built
// without fused multiply-add (-ffp-contract=off): the same bytes on every machine, and bit for bit those of model.py.

#include "inputs.hpp"

#include <atomic>
#include <cstring>
#include <memory>
#include <new>
#include <string>
#include <thread>
#include <type_traits>

// The same source for each instruction set, in a namespace each; what this machine has is looked up when it runs. (One file, not one
// file a set: else the linker could take the library's templates from the widest.)
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && defined(__linux__)
#define DISPATCH 1
#pragma GCC push_options
#pragma GCC target("avx512f,avx512dq")
namespace avx512 {
#include "run.hpp"
}
#pragma GCC pop_options
#pragma GCC push_options
#pragma GCC target("avx2")
namespace avx2 {
#include "run.hpp"
}
#pragma GCC pop_options
#endif
namespace base {
#include "run.hpp"
}

#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

namespace {

using Blocks = void (*)(const Network &, const Initial &, const std::vector<Force> &, std::atomic<int64_t> &, Results &, std::vector<std::string> &);

// The instruction sets that this machine has and this build knows, the widest first.
std::vector<std::string> instructions() {
    std::vector<std::string> found;
#ifdef DISPATCH
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq")) found.push_back("avx512");
    if (__builtin_cpu_supports("avx2")) found.push_back("avx2");
#endif
    found.push_back("base");
    return found;
}

Blocks runner(const std::string &set, bool single) {
    const std::vector<std::string> sets = instructions();
    if (std::find(sets.begin(), sets.end(), set) == sets.end()) throw std::invalid_argument("this machine does not have " + set);
#ifdef DISPATCH
    if (set == "avx512") return single ? avx512::run_blocks<float> : avx512::run_blocks<double>;
    if (set == "avx2") return single ? avx2::run_blocks<float> : avx2::run_blocks<double>;
#endif
    return single ? base::run_blocks<float> : base::run_blocks<double>;
}

std::string run(const nb::dict &network, const nb::dict &initial, const nb::list &forces, const nb::dict &results, int threads, bool single,
                const std::string &set) {
    const Network net(network);
    const Initial from(initial);
    Results out(results);
    std::vector<Force> pressure;
    for (nb::handle force : forces) pressure.emplace_back(nb::cast<nb::dict>(force));
    const int64_t size = single ? base::lanes<float> : base::lanes<double>, blocks = (from.stock.draws + size - 1) / size;
    std::vector<std::string> faults(static_cast<size_t>(blocks));
    const Blocks work_on = runner(set.empty() ? instructions().front() : set, single);
    {
        nb::gil_scoped_release released;
        std::atomic<int64_t> next{0};
        auto work = [&] { work_on(net, from, pressure, next, out, faults); };
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
    module.attr("interface") = 2; // What compiled.py hands over, and how: one more at every change there.
    module.def("run", &run, nb::arg("network"), nb::arg("initial"), nb::arg("forces"), nb::arg("results"), nb::arg("threads"), nb::arg("single"),
               nb::arg("set") = "",
               "Run all draws into the arrays of `results`; returns nothing, or week, product and gap of the first balance that does not close.\n\n"
               "set: one of instructions(); none: the widest. All give the same bytes.");
    module.def("instructions", &instructions, "The instruction sets of this machine that the kernel knows, the widest first.");
}
