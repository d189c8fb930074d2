// The category of error.hpp, and the std::errc that codes are equivalent to. Names and messages are in
// error_table.hpp.
#include "spindle/error.hpp"

#include "spindle/error_table.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <new>
#include <string>

namespace spindle {
namespace {

static_assert(std::ranges::is_sorted(error_table, {}, &error_info::code));

struct equivalence {
    errc code;
    std::errc condition;
};

constexpr auto equivalences = std::to_array<equivalence>({
    {errc::invalid_handle, std::errc::bad_file_descriptor},
    {errc::not_enough_memory, std::errc::not_enough_memory},
    {errc::invalid_parameter, std::errc::invalid_argument},
    {errc::operation_aborted, std::errc::operation_canceled},
    {errc::interrupted, std::errc::interrupted},
    {errc::bad_file, std::errc::bad_file_descriptor},
    {errc::access_denied, std::errc::permission_denied},
    {errc::fault, std::errc::bad_address},
    {errc::invalid_argument, std::errc::invalid_argument},
    {errc::too_many_open_sockets, std::errc::too_many_files_open},
    {errc::would_block, std::errc::operation_would_block},
    {errc::in_progress, std::errc::operation_in_progress},
    {errc::already, std::errc::connection_already_in_progress},
    {errc::not_socket, std::errc::not_a_socket},
    {errc::destination_address_required, std::errc::destination_address_required},
    {errc::message_size, std::errc::message_size},
    {errc::wrong_protocol_type, std::errc::wrong_protocol_type},
    {errc::no_protocol_option, std::errc::no_protocol_option},
    {errc::protocol_not_supported, std::errc::protocol_not_supported},
    {errc::operation_not_supported, std::errc::operation_not_supported},
    {errc::address_family_not_supported, std::errc::address_family_not_supported},
    {errc::address_in_use, std::errc::address_in_use},
    {errc::address_not_available, std::errc::address_not_available},
    {errc::network_down, std::errc::network_down},
    {errc::network_unreachable, std::errc::network_unreachable},
    {errc::network_reset, std::errc::network_reset},
    {errc::connection_aborted, std::errc::connection_aborted},
    {errc::connection_reset, std::errc::connection_reset},
    {errc::no_buffer_space, std::errc::no_buffer_space},
    {errc::already_connected, std::errc::already_connected},
    {errc::not_connected, std::errc::not_connected},
    {errc::shut_down, std::errc::broken_pipe},
    {errc::timed_out, std::errc::timed_out},
    {errc::connection_refused, std::errc::connection_refused},
    {errc::loop, std::errc::too_many_symbolic_link_levels},
    {errc::name_too_long, std::errc::filename_too_long},
    {errc::host_unreachable, std::errc::host_unreachable},
    {errc::not_empty, std::errc::directory_not_empty},
    {errc::cancelled, std::errc::operation_canceled},
    {errc::query_cancelled, std::errc::operation_canceled},
});

const error_info* find(errc code) noexcept
{
    const auto* found = std::ranges::lower_bound(error_table, code, {}, &error_info::code);
    return found != error_table.end() && found->code == code ? found : nullptr;
}

class winsock_category_type final : public std::error_category {
public:
    [[nodiscard]] const char* name() const noexcept override { return "winsock"; }

    [[nodiscard]] std::string message(int value) const override
    {
        if (const auto* info = find(static_cast<errc>(value))) {
            return std::string{info->message};
        }
        return "unknown Winsock error " + std::to_string(value);
    }

    [[nodiscard]] std::error_condition default_error_condition(int value) const noexcept override
    {
        for (const auto& pair : equivalences) {
            if (pair.code == static_cast<errc>(value)) {
                return std::make_error_condition(pair.condition);
            }
        }
        return {value, *this};
    }
};

}  // namespace

const std::error_category& winsock_category() noexcept
{
    // Never destroyed: codes may be compared while other libraries' static objects go, and a destructor here
    // would be work at unload.
    alignas(winsock_category_type) static std::byte storage[sizeof(winsock_category_type)];
    static const auto* const category = ::new (static_cast<void*>(storage)) winsock_category_type;
    return *category;
}

errc to_errc(const std::error_code& error) noexcept
{
    if (!error) {
        return errc::success;
    }
    return error.category() == winsock_category() ? static_cast<errc>(error.value())
                                                  : errc::system_call_failure;
}

std::span<const error_info> known_errors() noexcept
{
    return error_table;
}

std::string_view error_name(errc code) noexcept
{
    const auto* info = find(code);
    return info != nullptr ? info->name : std::string_view{};
}

}  // namespace spindle
