// Learning that the catalog's file was replaced: by another process, since this one knows of its own changes. One thread,
// from the first wait for a change until the last cleanup. Answers to inotify(7).
#pragma once

#include <string>

namespace spindle::host {

/// On return the file is watched, and the function is called after every change. False: it cannot be.
[[nodiscard]] bool watch_catalog_file(const std::string& path, void (*changed)() noexcept) noexcept;

/// On return the thread has ended. Not from that thread.
void end_catalog_watch() noexcept;

void forget_catalog_watch_after_fork() noexcept;

}  // namespace spindle::host
