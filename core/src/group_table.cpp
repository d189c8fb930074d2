// See the header.
#include "group_table.hpp"

#include <algorithm>

namespace spindle {
namespace {

/// Where a group stands, as far as the next call depends on it.
enum class standing {
    outside,     ///< not joined, or left
    whole,       ///< joined, no source was blocked
    unfiltered,  ///< joined, no source is blocked any more
    filtered,    ///< joined, sources are blocked
    by_source,   ///< joined for single sources
    emptied,     ///< ditto, and all of them were left
};

/// What a call gets when its source is or is not in the list.
struct rule {
    standing where;
    group_action action;
    errc listed;
    errc unlisted;
};

constexpr errc fine = errc::success;
constexpr errc taken = errc::address_not_available;
constexpr errc wrong = errc::invalid_argument;
using enum standing;
using enum group_action;

constexpr rule rules[] = {
    {outside, join, fine, fine},           {outside, leave, wrong, wrong},
    {outside, join_source, fine, fine},    {outside, leave_source, wrong, wrong},
    {outside, block, wrong, wrong},        {outside, unblock, wrong, wrong},
    {whole, join, taken, taken},           {whole, leave, fine, fine},
    {whole, join_source, taken, taken},    {whole, leave_source, wrong, wrong},
    {whole, block, fine, fine},            {whole, unblock, wrong, wrong},
    {unfiltered, join, taken, taken},      {unfiltered, leave, fine, fine},
    {unfiltered, join_source, taken, taken}, {unfiltered, leave_source, wrong, wrong},
    {unfiltered, block, fine, fine},       {unfiltered, unblock, taken, taken},
    {filtered, join, wrong, wrong},        {filtered, leave, fine, fine},
    {filtered, join_source, wrong, wrong}, {filtered, leave_source, wrong, wrong},
    {filtered, block, taken, fine},        {filtered, unblock, fine, taken},
    {by_source, join, taken, taken},       {by_source, leave, fine, fine},
    {by_source, join_source, taken, fine}, {by_source, leave_source, fine, taken},
    {by_source, block, wrong, wrong},      {by_source, unblock, wrong, wrong},
    {emptied, join, fine, fine},           {emptied, leave, wrong, wrong},
    {emptied, join_source, fine, fine},    {emptied, leave_source, taken, taken},
    {emptied, block, wrong, wrong},        {emptied, unblock, wrong, wrong},
};

/// Ports and scopes do not tell groups and sources apart.
bool same_host(const socket_address& left, const socket_address& right) noexcept
{
    return left.family() == right.family() && std::ranges::equal(left.host(), right.host());
}

}  // namespace

const group_table::membership* group_table::find(const group_change& change) const noexcept
{
    const auto found = std::ranges::find_if(members_, [&](const membership& each) {
        return each.interface_index == change.interface_index && same_host(each.group, change.group);
    });
    return found == members_.end() ? nullptr : &*found;
}

group_table::membership* group_table::find(const group_change& change) noexcept
{
    return const_cast<membership*>(std::as_const(*this).find(change));
}

errc group_table::check(const group_change& change) const noexcept
{
    const membership* member = find(change);
    standing where = outside;
    bool listed = false;
    if (member != nullptr) {
        listed = std::ranges::any_of(member->sources,
                                     [&](const auto& each) { return same_host(each, change.source); });
        const bool none = member->sources.empty();
        if (member->any_source) {
            where = !none ? filtered : (member->filtered ? unfiltered : whole);
        } else {
            where = none ? emptied : by_source;
        }
    }
    const auto* found = std::ranges::find_if(
        rules, [&](const rule& each) { return each.where == where && each.action == change.action; });
    return listed ? found->listed : found->unlisted;
}

void group_table::note(const group_change& change)
{
    membership* member = find(change);
    if (member == nullptr) {
        members_.push_back({change.group, change.interface_index, change.action == join, false, {}});
        member = &members_.back();
    }
    const auto forget = [&] {
        std::erase_if(member->sources, [&](const auto& each) { return same_host(each, change.source); });
    };
    switch (change.action) {
    case join:
        member->any_source = true;
        break;
    case leave:
        members_.erase(members_.begin() + (member - members_.data()));
        break;
    case block:
        member->sources.push_back(change.source);
        member->filtered = true;
        break;
    case join_source:
        member->sources.push_back(change.source);
        break;
    case unblock:
    case leave_source:
        forget();
        break;
    }
}

}  // namespace spindle
