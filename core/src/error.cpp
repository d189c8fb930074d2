// The table behind error.hpp: every code with its name in winsock2.h and a message, and the std::errc it is
// equivalent to. Numbers and names follow the page "Windows Sockets Error Codes"; the wording is our own.
#include "spindle/error.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <new>
#include <string>

namespace spindle {
namespace {

constexpr auto errors = std::to_array<error_info>({
    {errc::success, "NO_ERROR", "success"},
    {errc::invalid_handle, "WSA_INVALID_HANDLE", "the event or object handle is not valid"},
    {errc::not_enough_memory, "WSA_NOT_ENOUGH_MEMORY", "there is not enough memory"},
    {errc::invalid_parameter, "WSA_INVALID_PARAMETER", "a parameter is wrong"},
    {errc::operation_aborted, "WSA_OPERATION_ABORTED", "the overlapped operation was cancelled"},
    {errc::io_incomplete, "WSA_IO_INCOMPLETE", "the overlapped operation has not finished"},
    {errc::io_pending, "WSA_IO_PENDING", "the overlapped operation goes on in the background"},
    {errc::interrupted, "WSAEINTR", "the blocking call was interrupted"},
    {errc::bad_file, "WSAEBADF", "the file handle is not valid"},
    {errc::access_denied, "WSAEACCES", "permission denied"},
    {errc::fault, "WSAEFAULT", "an address or length argument is not usable"},
    {errc::invalid_argument, "WSAEINVAL", "an argument or the socket's state does not fit the call"},
    {errc::too_many_open_sockets, "WSAEMFILE", "no more sockets can be opened"},
    {errc::would_block, "WSAEWOULDBLOCK", "the operation cannot be completed at once"},
    {errc::in_progress, "WSAEINPROGRESS", "another blocking call is in progress"},
    {errc::already, "WSAEALREADY", "the operation is already under way"},
    {errc::not_socket, "WSAENOTSOCK", "the handle is not a socket"},
    {errc::destination_address_required, "WSAEDESTADDRREQ", "a destination address is needed"},
    {errc::message_size, "WSAEMSGSIZE", "the message does not fit"},
    {errc::wrong_protocol_type, "WSAEPROTOTYPE", "the protocol does not belong to this socket type"},
    {errc::no_protocol_option, "WSAENOPROTOOPT", "the option is unknown at this level"},
    {errc::protocol_not_supported, "WSAEPROTONOSUPPORT", "the protocol is not supported"},
    {errc::socket_type_not_supported, "WSAESOCKTNOSUPPORT", "the socket type is not supported"},
    {errc::operation_not_supported, "WSAEOPNOTSUPP", "the operation is not supported on this socket"},
    {errc::protocol_family_not_supported, "WSAEPFNOSUPPORT", "the protocol family is not supported"},
    {errc::address_family_not_supported, "WSAEAFNOSUPPORT", "the address family is not supported here"},
    {errc::address_in_use, "WSAEADDRINUSE", "the address is already in use"},
    {errc::address_not_available, "WSAEADDRNOTAVAIL", "the address is not valid on this machine"},
    {errc::network_down, "WSAENETDOWN", "the network is down"},
    {errc::network_unreachable, "WSAENETUNREACH", "there is no route to the network"},
    {errc::network_reset, "WSAENETRESET", "the connection was lost or the datagram's lifetime expired"},
    {errc::connection_aborted, "WSAECONNABORTED", "the connection was ended on this side"},
    {errc::connection_reset, "WSAECONNRESET", "the peer reset the connection or its port is unreachable"},
    {errc::no_buffer_space, "WSAENOBUFS", "there is no buffer space or another resource ran out"},
    {errc::already_connected, "WSAEISCONN", "the socket is already connected"},
    {errc::not_connected, "WSAENOTCONN", "the socket is not connected"},
    {errc::shut_down, "WSAESHUTDOWN", "this direction of the socket was shut down"},
    {errc::too_many_references, "WSAETOOMANYREFS", "there are too many references to an object"},
    {errc::timed_out, "WSAETIMEDOUT", "the time ran out"},
    {errc::connection_refused, "WSAECONNREFUSED", "nobody accepts connections at the address"},
    {errc::loop, "WSAELOOP", "the name refers to itself"},
    {errc::name_too_long, "WSAENAMETOOLONG", "the name is too long"},
    {errc::host_down, "WSAEHOSTDOWN", "the host is down"},
    {errc::host_unreachable, "WSAEHOSTUNREACH", "there is no route to the host"},
    {errc::not_empty, "WSAENOTEMPTY", "the directory is not empty"},
    {errc::process_limit, "WSAEPROCLIM", "too many processes use Winsock"},
    {errc::user_quota, "WSAEUSERS", "the user's quota is exhausted"},
    {errc::disk_quota, "WSAEDQUOT", "the disk quota is exhausted"},
    {errc::stale, "WSAESTALE", "the file handle has become stale"},
    {errc::remote, "WSAEREMOTE", "the item is not available locally"},
    {errc::system_not_ready, "WSASYSNOTREADY", "the network subsystem is not ready"},
    {errc::version_not_supported, "WSAVERNOTSUPPORTED", "this Winsock version is not supported"},
    {errc::not_initialised, "WSANOTINITIALISED", "Winsock has not been started"},
    {errc::disconnecting, "WSAEDISCON", "the peer is closing the connection gracefully"},
    {errc::no_more, "WSAENOMORE", "there are no more results (old code)"},
    {errc::cancelled, "WSAECANCELLED", "the lookup was cancelled (old code)"},
    {errc::invalid_proc_table, "WSAEINVALIDPROCTABLE", "the provider's procedure table is not valid"},
    {errc::invalid_provider, "WSAEINVALIDPROVIDER", "the provider reports a wrong version"},
    {errc::provider_failed_init, "WSAEPROVIDERFAILEDINIT", "the provider could not be loaded or started"},
    {errc::system_call_failure, "WSASYSCALLFAILURE", "a system call failed that never should"},
    {errc::service_not_found, "WSASERVICE_NOT_FOUND", "the service is unknown"},
    {errc::type_not_found, "WSATYPE_NOT_FOUND", "the class is unknown"},
    {errc::no_more_results, "WSA_E_NO_MORE", "there are no more results"},
    {errc::query_cancelled, "WSA_E_CANCELLED", "the lookup was cancelled"},
    {errc::refused, "WSAEREFUSED", "the query was refused"},
    {errc::host_not_found, "WSAHOST_NOT_FOUND", "the host is unknown"},
    {errc::try_again, "WSATRY_AGAIN", "the name could not be resolved for the time being"},
    {errc::no_recovery, "WSANO_RECOVERY", "the name query failed for good"},
    {errc::no_data, "WSANO_DATA", "the name is known but has no data of this kind"},
    {errc::qos_receivers, "WSA_QOS_RECEIVERS", "QoS: at least one reservation has arrived"},
    {errc::qos_senders, "WSA_QOS_SENDERS", "QoS: at least one path has arrived"},
    {errc::qos_no_senders, "WSA_QOS_NO_SENDERS", "QoS: there are no senders"},
    {errc::qos_no_receivers, "WSA_QOS_NO_RECEIVERS", "QoS: there are no receivers"},
    {errc::qos_request_confirmed, "WSA_QOS_REQUEST_CONFIRMED", "QoS: the reservation is confirmed"},
    {errc::qos_admission_failure, "WSA_QOS_ADMISSION_FAILURE", "QoS: resources are lacking"},
    {errc::qos_policy_failure, "WSA_QOS_POLICY_FAILURE", "QoS: refused by policy"},
    {errc::qos_bad_style, "WSA_QOS_BAD_STYLE", "QoS: unknown or conflicting style"},
    {errc::qos_bad_object, "WSA_QOS_BAD_OBJECT", "QoS: a filter or provider buffer is faulty"},
    {errc::qos_traffic_control_error, "WSA_QOS_TRAFFIC_CTRL_ERROR", "QoS: traffic control failed"},
    {errc::qos_generic_error, "WSA_QOS_GENERIC_ERROR", "QoS: general failure"},
    {errc::qos_service_type, "WSA_QOS_ESERVICETYPE", "QoS: the flow's service type is not valid"},
    {errc::qos_flow_spec, "WSA_QOS_EFLOWSPEC", "QoS: the flow specification is not valid"},
    {errc::qos_provider_buffer, "WSA_QOS_EPROVSPECBUF", "QoS: the provider buffer is not valid"},
    {errc::qos_filter_style, "WSA_QOS_EFILTERSTYLE", "QoS: the filter style is not valid"},
    {errc::qos_filter_type, "WSA_QOS_EFILTERTYPE", "QoS: the filter type is not valid"},
    {errc::qos_filter_count, "WSA_QOS_EFILTERCOUNT", "QoS: the number of filters is not valid"},
    {errc::qos_object_length, "WSA_QOS_EOBJLENGTH", "QoS: an object's length is not valid"},
    {errc::qos_flow_count, "WSA_QOS_EFLOWCOUNT", "QoS: the number of flow descriptors is not valid"},
    {errc::qos_unknown_object, "WSA_QOS_EUNKOWNPSOBJ", "QoS: an object in the provider buffer is unknown"},
    {errc::qos_policy_object, "WSA_QOS_EPOLICYOBJ", "QoS: a policy object is not valid"},
    {errc::qos_flow_descriptor, "WSA_QOS_EFLOWDESC", "QoS: a flow descriptor is not valid"},
    {errc::qos_provider_flow_spec, "WSA_QOS_EPSFLOWSPEC",
     "QoS: the provider's flow specification is not valid"},
    {errc::qos_provider_filter_spec, "WSA_QOS_EPSFILTERSPEC", "QoS: the provider's filter is not valid"},
    {errc::qos_discard_mode, "WSA_QOS_ESDMODEOBJ", "QoS: the discard mode object is not valid"},
    {errc::qos_shaping_rate, "WSA_QOS_ESHAPERATEOBJ", "QoS: the shaping rate object is not valid"},
    {errc::qos_reserved_object, "WSA_QOS_RESERVED_PETYPE", "QoS: a reserved policy element is present"},
});

static_assert(std::ranges::is_sorted(errors, {}, &error_info::code));

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
    const auto* found = std::ranges::lower_bound(errors, code, {}, &error_info::code);
    return found != errors.end() && found->code == code ? found : nullptr;
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
    return errors;
}

std::string_view error_name(errc code) noexcept
{
    const auto* info = find(code);
    return info != nullptr ? info->name : std::string_view{};
}

}  // namespace spindle
