// What a run is given: the network, the levers of each span of weeks, the initial state; and where its results go. Nothing here depends on
// the width of the machine's vectors.
#pragma once

#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <iterator>
#include <stdexcept>
#include <vector>

namespace nb = nanobind;

using Doubles = nb::ndarray<double, nb::c_contig, nb::device::cpu>;
using Integers = nb::ndarray<int64_t, nb::c_contig, nb::device::cpu>;

struct Ints {
    Integers held;
    const int64_t *data = nullptr;
    int64_t size = 0;
    Ints() = default;
    Ints(const nb::dict &table, const char *name) : held(nb::cast<Integers>(table[name])), data(held.data()), size(int64_t(held.size())) {}
    int64_t operator[](int64_t i) const { return data[i]; }
};

// A table of rows x draws, or of rows alone (one draw); empty if the Python side gave None.
struct Reals {
    Doubles held;
    double *data = nullptr;
    int64_t rows = 0, draws = 1;
    Reals() = default;
    Reals(const nb::dict &table, const char *name) {
        if (table[name].is_none()) return;
        held = nb::cast<Doubles>(table[name]);
        data = held.data();
        draws = held.ndim() > 1 ? int64_t(held.shape(held.ndim() - 1)) : 1;
        rows = draws ? int64_t(held.size()) / draws : 0;
    }
    explicit operator bool() const { return data != nullptr; }
    double operator[](int64_t i) const { return data[i]; }
};

struct Network {
    Ints link_node, link_slot, lag, slot_node, slot_product, node_product, slot_reserve, reserve_product, feeding, final, licensed;
    Ints essential, defence, slot_is_final, first, pair_slot, pair_other, host_node, host;
    Reals output, capacity, need, share, flow, spare, coefficient, pair_share, pair_lag, host_ratio, lead, ramp;
    double order_weeks, reroute_weeks, nonessential_loss, release_cover, release_weeks, tolerance, limit, log_limit;
    double price_unmet, price_cover, expansion_share, expansion_log, recycling_rate, recycling_yield, recycling_weeks, recycling_capacity;
    double new_scrap;
    bool defence_first, priced, expands, recycles, pairs_inside;
    int64_t rationing, longer;
    int64_t links, nodes, slots, products, reserves, licences, stages, rows;
    std::vector<int64_t> node_start, node_link; // the links of each node, in the order of their numbers
    int64_t widest = 0;                         // links of the node that has most
    std::vector<int64_t> paired;                // slots that have a substitute or are one
    std::vector<int64_t> slot_start;            // where the links of each slot begin: links stand in the order of their slots

    explicit Network(const nb::dict &t)
        : link_node(t, "link_node"), link_slot(t, "link_slot"), lag(t, "lag"), slot_node(t, "slot_node"), slot_product(t, "slot_product"),
          node_product(t, "node_product"), slot_reserve(t, "slot_reserve"), reserve_product(t, "reserve_product"), feeding(t, "feeding"),
          final(t, "final"), licensed(t, "licensed"), essential(t, "essential"), defence(t, "defence"), slot_is_final(t, "slot_is_final"),
          first(t, "first"), pair_slot(t, "pair_slot"), pair_other(t, "pair_other"), host_node(t, "host_node"), host(t, "host"),
          output(t, "output"), capacity(t, "capacity"), need(t, "need"), share(t, "share"), flow(t, "flow"), spare(t, "spare"),
          coefficient(t, "coefficient"), pair_share(t, "pair_share"), pair_lag(t, "pair_lag"), host_ratio(t, "host_ratio"), lead(t, "lead"),
          ramp(t, "ramp"), order_weeks(nb::cast<double>(t["order_weeks"])),
          reroute_weeks(nb::cast<double>(t["reroute_weeks"])), nonessential_loss(nb::cast<double>(t["nonessential_loss"])),
          release_cover(nb::cast<double>(t["release_cover"])), release_weeks(nb::cast<double>(t["release_weeks"])),
          tolerance(nb::cast<double>(t["tolerance"])), limit(nb::cast<double>(t["limit"])), log_limit(nb::cast<double>(t["log_limit"])), price_unmet(nb::cast<double>(t["price_unmet"])),
          price_cover(nb::cast<double>(t["price_cover"])), expansion_share(nb::cast<double>(t["expansion_share"])),
          expansion_log(nb::cast<double>(t["expansion_log"])), recycling_rate(nb::cast<double>(t["recycling_rate"])),
          recycling_yield(nb::cast<double>(t["recycling_yield"])), recycling_weeks(nb::cast<double>(t["recycling_weeks"])),
          recycling_capacity(nb::cast<double>(t["recycling_capacity"])), new_scrap(nb::cast<double>(t["new_scrap"])),
          defence_first(nb::cast<bool>(t["defence_first"])), priced(nb::cast<bool>(t["priced"])), expands(nb::cast<bool>(t["expands"])),
          recycles(nb::cast<bool>(t["recycles"])), pairs_inside(nb::cast<bool>(t["pairs_inside"])),
          rationing(nb::cast<int64_t>(t["rationing"])), longer(nb::cast<int64_t>(t["transshipment_weeks"])), links(link_node.size), nodes(node_product.size), slots(slot_node.size),
          products(nb::cast<int64_t>(t["products"])), reserves(reserve_product.size), licences(licensed.size),
          stages(nb::cast<int64_t>(t["stages"])), rows(nb::cast<int64_t>(t["rows"])), node_start(size_t(nodes) + 1), node_link(size_t(links)),
          slot_start(size_t(slots) + 1) {
        for (int64_t e = 1; e < links; ++e)
            if (link_slot[e] < link_slot[e - 1]) throw std::invalid_argument("links do not stand in the order of their slots");
        for (int64_t e = 0; e < links; ++e) {
            ++node_start[size_t(link_node[e]) + 1];
            ++slot_start[size_t(link_slot[e]) + 1];
        }
        paired.assign(pair_slot.data, pair_slot.data + pair_slot.size);
        std::copy_if(pair_other.data, pair_other.data + pair_other.size, std::back_inserter(paired), [](int64_t s) { return s >= 0; });
        std::sort(paired.begin(), paired.end());
        paired.erase(std::unique(paired.begin(), paired.end()), paired.end());
        widest = *std::max_element(node_start.begin(), node_start.end());
        for (size_t i = 1; i < node_start.size(); ++i) node_start[i] += node_start[i - 1];
        for (size_t s = 1; s < slot_start.size(); ++s) slot_start[s] += slot_start[s - 1];
        std::vector<int64_t> next(node_start.begin(), node_start.end() - 1);
        for (int64_t e = 0; e < links; ++e) node_link[size_t(next[size_t(link_node[e])]++)] = e;
    }
};

struct Quota {
    Ints links;
    Reals cap;
    double active = 0.0;
};

// The levers of a span of weeks in which nothing changes (pressure.py).
struct Force {
    int64_t weeks = 0;
    Ints gate_links, slot_market, node_market;
    Reals reference, late, dearer;
    bool grown;
    Reals gate, appeal, share, delay, denied, capacity, demand, inflow;
    std::vector<Quota> quotas;

    explicit Force(const nb::dict &t)
        : weeks(nb::cast<int64_t>(t["weeks"])), reference(t, "reference"), late(t, "late"), dearer(t, "dearer"),
          grown(nb::cast<bool>(t["grown"])), gate(t, "gate"), appeal(t, "appeal"), share(t, "share"), delay(t, "delay"),
          denied(t, "denied"), capacity(t, "capacity"), demand(t, "demand"), inflow(t, "inflow") {
        if (gate) gate_links = Ints(t, "gate_links");
        if (reference) {
            slot_market = Ints(t, "slot_market");
            node_market = Ints(t, "node_market");
        }
        for (nb::handle item : nb::cast<nb::list>(t["quotas"])) {
            nb::dict quota = nb::cast<nb::dict>(item);
            quotas.push_back({Ints(quota, "links"), Reals(quota, "cap"), nb::cast<double>(quota["active"])});
        }
    }
};

struct Initial {
    Reals stock, coming, finished, plan, weights, reserve, cover;
    Reals price, demand_elasticity, supply_elasticity, short_weeks, replaced, made, in_use, scrap, triggered;
    explicit Initial(const nb::dict &t)
        : stock(t, "stock"), coming(t, "coming"), finished(t, "finished"), plan(t, "plan"), weights(t, "weights"), reserve(t, "reserve"),
          cover(t, "cover"), price(t, "price"), demand_elasticity(t, "demand_elasticity"), supply_elasticity(t, "supply_elasticity"),
          short_weeks(t, "short"), replaced(t, "replaced"), made(t, "made"), in_use(t, "in_use"), scrap(t, "scrap"),
          triggered(t, "triggered") {}
};

struct Results {
    Reals wanted, got, stock, shipped, price;
    explicit Results(const nb::dict &t)
        : wanted(t, "wanted"), got(t, "got"), stock(t, "stock"), shipped(t, "shipped"), price(t, "price") {}
};
