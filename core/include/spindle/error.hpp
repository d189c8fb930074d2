// Winsock's error codes as a std::error_code category. The numbers are the WSA numbers of the page
// "Windows Sockets Error Codes"; names and messages are in one table (error.cpp). Translation from the
// system's errno is the transport's affair and not here.
#pragma once

#include <span>
#include <string_view>
#include <system_error>

namespace spindle {

/// The WSA error numbers. `success` is 0, so a default-constructed std::error_code means success.
enum class errc : int {
    success = 0,
    invalid_handle = 6,
    not_enough_memory = 8,
    invalid_parameter = 87,
    operation_aborted = 995,
    io_incomplete = 996,
    io_pending = 997,
    interrupted = 10004,
    bad_file = 10009,
    access_denied = 10013,
    fault = 10014,
    invalid_argument = 10022,
    too_many_open_sockets = 10024,
    would_block = 10035,
    in_progress = 10036,
    already = 10037,
    not_socket = 10038,
    destination_address_required = 10039,
    message_size = 10040,
    wrong_protocol_type = 10041,
    no_protocol_option = 10042,
    protocol_not_supported = 10043,
    socket_type_not_supported = 10044,
    operation_not_supported = 10045,
    protocol_family_not_supported = 10046,
    address_family_not_supported = 10047,
    address_in_use = 10048,
    address_not_available = 10049,
    network_down = 10050,
    network_unreachable = 10051,
    network_reset = 10052,
    connection_aborted = 10053,
    connection_reset = 10054,
    no_buffer_space = 10055,
    already_connected = 10056,
    not_connected = 10057,
    shut_down = 10058,
    too_many_references = 10059,
    timed_out = 10060,
    connection_refused = 10061,
    loop = 10062,
    name_too_long = 10063,
    host_down = 10064,
    host_unreachable = 10065,
    not_empty = 10066,
    process_limit = 10067,
    user_quota = 10068,
    disk_quota = 10069,
    stale = 10070,
    remote = 10071,
    system_not_ready = 10091,
    version_not_supported = 10092,
    not_initialised = 10093,
    disconnecting = 10101,
    no_more = 10102,
    cancelled = 10103,
    invalid_proc_table = 10104,
    invalid_provider = 10105,
    provider_failed_init = 10106,
    system_call_failure = 10107,
    service_not_found = 10108,
    type_not_found = 10109,
    no_more_results = 10110,
    query_cancelled = 10111,
    refused = 10112,
    host_not_found = 11001,
    try_again = 11002,
    no_recovery = 11003,
    no_data = 11004,
    qos_receivers = 11005,
    qos_senders = 11006,
    qos_no_senders = 11007,
    qos_no_receivers = 11008,
    qos_request_confirmed = 11009,
    qos_admission_failure = 11010,
    qos_policy_failure = 11011,
    qos_bad_style = 11012,
    qos_bad_object = 11013,
    qos_traffic_control_error = 11014,
    qos_generic_error = 11015,
    qos_service_type = 11016,
    qos_flow_spec = 11017,
    qos_provider_buffer = 11018,
    qos_filter_style = 11019,
    qos_filter_type = 11020,
    qos_filter_count = 11021,
    qos_object_length = 11022,
    qos_flow_count = 11023,
    qos_unknown_object = 11024,
    qos_policy_object = 11025,
    qos_flow_descriptor = 11026,
    qos_provider_flow_spec = 11027,
    qos_provider_filter_spec = 11028,
    qos_discard_mode = 11029,
    qos_shaping_rate = 11030,
    qos_reserved_object = 11031,
};

/// The category of all errors this library reports. Its default_error_condition maps to std::errc where the
/// meanings agree, so `ec == std::errc::timed_out` works. Threads: any.
[[nodiscard]] const std::error_category& winsock_category() noexcept;

[[nodiscard]] inline std::error_code make_error_code(errc code) noexcept
{
    return code == errc::success ? std::error_code{} : std::error_code{static_cast<int>(code), winsock_category()};
}

[[nodiscard]] inline bool is_would_block(const std::error_code& error) noexcept
{
    return error == make_error_code(errc::would_block);
}

/// The errc of a code of winsock_category(); system_call_failure for a code of any other category.
[[nodiscard]] errc to_errc(const std::error_code& error) noexcept;

struct error_info {
    errc code;
    std::string_view name;     ///< as in winsock2.h, e.g. "WSAECONNRESET"
    std::string_view message;  ///< one short English sentence without a full stop
};

/// All known codes in ascending order.
[[nodiscard]] std::span<const error_info> known_errors() noexcept;

/// The documented name, or an empty view for an unknown code.
[[nodiscard]] std::string_view error_name(errc code) noexcept;

}  // namespace spindle

template <>
struct std::is_error_code_enum<spindle::errc> : std::true_type {};
