// The system's catalogs as spindle-catalog works on them, an operation for each function of Winsock. Each operation
// returns 0 or the function's code, and changes a catalog as a whole or not at all.
#pragma once

#include "catalog_model.hpp"

namespace spindle::catalog_tool {

class backend {
public:
    virtual ~backend() = default;

    /// Is there a catalog of 32-bit programs beside the native one?
    [[nodiscard]] virtual bool has_other() const = 0;
    [[nodiscard]] virtual int read(snapshot& now) = 0;

    /// `everywhere`: into both catalogs, with the same path and entries.
    [[nodiscard]] virtual int install(const GUID& id, const std::string& path, const info_list& infos,
                                      bool everywhere) = 0;
    struct layer {
        GUID id{};
        std::string path;
        std::string other_path;  // empty: native catalog only
        std::string name;
        DWORD service_flags = 0;
    };
    /// A layer over every base protocol, with its chains in front.
    [[nodiscard]] virtual int install_layer(const layer& wanted) = 0;
    [[nodiscard]] virtual int update(which catalog, const GUID& id, const std::string& path, const info_list& infos) = 0;
    [[nodiscard]] virtual int remove(which catalog, const GUID& id) = 0;
    [[nodiscard]] virtual int order(which catalog, const std::vector<DWORD>& ids) = 0;
    [[nodiscard]] virtual int set_categories(which catalog, const GUID& id, DWORD categories) = 0;
};

}  // namespace spindle::catalog_tool
