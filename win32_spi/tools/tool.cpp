// The commands, see tool.hpp. A change is recorded in the journal before it begins; a step that fails has everything put
// back as it was.
#include "tool.hpp"

#include "inspect.hpp"
#include "journal.hpp"
#include "plan.hpp"
#include "platform.hpp"
#include "restore.hpp"
#include "tool_files.hpp"

#include <optional>
#include <ostream>

namespace spindle::catalog_tool {

namespace {

class session {
public:
    session(const arguments& given, backend& system, std::ostream& out, std::ostream& err)
        : given_(given), system_(system), out_(out), err_(err),
          journal_(given.journal.empty() ? default_journal() : given.journal)
    {}

    int list()
    {
        if (!read(now_)) {
            return outcome_;
        }
        print(out_, now_);
        return exit_done;
    }

    int verify()
    {
        if (!read(now_)) {
            return outcome_;
        }
        auto found = complaints(now_);
        if (!journal_.path().empty() && !journal_.load()) {
            found.push_back("the journal cannot be read or is damaged: " + journal_.path());
        } else if (journal_.broken_off()) {
            found.push_back("a change was broken off: " + journal_.records().back().what + "; 'undo' takes it back");
        }
        for (const std::string& each : found) {
            out_ << each << '\n';
        }
        out_ << (found.empty() ? "Nothing to complain of.\n" : "");
        return found.empty() ? exit_done : exit_failed;
    }

    int change()
    {
        if (!take_turn() || !read(now_)) {
            return outcome_;
        }
        std::string problem;
        if (given_.what == command::install) {
            problem = reason_against_libraries(given_, system_.has_other());
        }
        const plan steps = problem.empty() ? make_plan(given_, now_, problem) : plan();
        if (!problem.empty()) {
            return refuse(problem);
        }
        for (const step& each : steps) {
            announce(each.what);
        }
        return begin_changing() ? carry_out(steps) : outcome_;
    }

    int undo()
    {
        if (!take_turn() || !read(now_)) {
            return outcome_;
        }
        if (!journal_.path().empty() && !journal_.load()) {
            return refuse("the journal cannot be read or is damaged: " + journal_.path());
        }
        if (journal_.records().empty()) {
            return refuse("the journal has nothing to take back: " + journal_.path());
        }
        const journal_record last = journal_.records().back();
        if (last.after && !same_content(now_, *last.after)) {
            return refuse("the catalog was changed by somebody else since: " + last.what);
        }
        out_ << "Taking back: " << last.what << '\n';
        for (const std::string& each : differences(now_, last.before)) {
            announce(each);
        }
        return may_change() ? take_back(last) : outcome_;
    }

private:
    bool read(snapshot& target)
    {
        const int error = system_.read(target);
        if (error != 0) {
            err_ << "spindle-catalog: the catalog cannot be read (code " << error << ")\n";
            outcome_ = exit_failed;
        }
        return error == 0;
    }

    int refuse(const std::string& reason)
    {
        err_ << "spindle-catalog: " << reason << "\nNothing was changed.\n";
        return outcome_ = exit_refused;
    }

    void announce(const std::string& what) { out_ << (given_.apply ? "  " : "  would ") << what << '\n'; }

    // What is read from here on stays so until the change is made: false when another copy of the program is making one. Without
    // the right to change anything may_change() refuses later.
    bool take_turn()
    {
        if (!given_.apply || !reason_against_changes().empty()) {
            return true;
        }
        make_folder_of(journal_.path());
        turn_.emplace(journal_.path() + ".lock");
        if (turn_->result() != sole_use::outcome::held) {
            refuse(turn_->result() == sole_use::outcome::busy ? "another spindle-catalog is changing the catalog"
                                                              : "this file cannot be made: " + journal_.path() + ".lock");
            return false;
        }
        return true;
    }

    // With --apply and the right to it; else outcome_ says how the command ends.
    bool may_change()
    {
        const std::string reason = reason_against_changes();
        if (!given_.apply) {
            out_ << "Nothing was changed; --apply does it.\n";
            outcome_ = exit_done;
            return false;
        }
        if (!reason.empty()) {
            refuse(reason);
            return false;
        }
        return true;
    }

    bool begin_changing()
    {
        if (!may_change()) {
            return false;
        }
        if (!journal_.load()) {
            refuse("the journal cannot be read or is damaged: " + journal_.path());
            return false;
        }
        if (journal_.broken_off()) {
            refuse("a change was broken off: " + journal_.records().back().what + "; take it back with 'undo' first");
            return false;
        }
        journal_.records().push_back({description(), now_, std::nullopt});
        if (!journal_.save()) {
            refuse("the journal cannot be written: " + journal_.path());
            return false;
        }
        return true;
    }

    [[nodiscard]] std::string description() const
    {
        if (given_.what == command::reorder) {
            return given_.order.empty() ? "reorder " + to_text(given_.provider) : std::string("reorder");
        }
        return (given_.what == command::install ? "install " : "remove ") + to_text(given_.provider);
    }

    int carry_out(const plan& steps)
    {
        for (const step& each : steps) {
            if (const int error = each.carry_out(system_); error != 0) {
                return roll_back("could not " + each.what + " (code " + std::to_string(error) + ")");
            }
        }
        snapshot after;
        if (const int error = system_.read(after); error != 0) {
            return roll_back("the catalog cannot be read (code " + std::to_string(error) + ")");
        }
        if (!came_true(after)) {
            return roll_back("the system reports success and has not changed the catalog");
        }
        journal_.records().back().after = after;
        if (!journal_.save()) {
            return roll_back("the journal cannot be written: " + journal_.path());
        }
        out_ << "Done. 'spindle-catalog undo --apply' takes it back.\n";
        return exit_done;
    }

    // There are systems whose functions do nothing.
    [[nodiscard]] bool came_true(const snapshot& after) const
    {
        switch (given_.what) {
        case command::install:
            return after.native.has(given_.provider);
        case command::remove:
            return !after.has(given_.provider);
        default:
            return given_.order.empty() || after.native.ids() == given_.order;
        }
    }

    int roll_back(const std::string& reason)
    {
        err_ << "spindle-catalog: " << reason << '\n';
        const snapshot before = journal_.records().back().before;
        if (const int error = restore(system_, before); error != 0) {
            err_ << "The catalog could not be put back (code " << error << "); 'spindle-catalog undo --apply' tries again.\n";
            return exit_failed;
        }
        journal_.records().pop_back();
        const bool recorded = journal_.save();
        err_ << "Everything was put back as it was.\n"
             << (recorded ? "" : "The journal could not be written and still has the change that failed.\n");
        return exit_failed;
    }

    int take_back(const journal_record& last)
    {
        // While it is under way the record says that nobody knows how far it came.
        journal_.records().back().after.reset();
        if (!journal_.save()) {
            return refuse("the journal cannot be written: " + journal_.path());
        }
        if (const int error = restore(system_, last.before); error != 0) {
            err_ << "spindle-catalog: the catalog could not be put back (code " << error
                 << "); the same command tries again.\n";
            return exit_failed;
        }
        journal_.records().pop_back();
        if (!journal_.save()) {
            err_ << "spindle-catalog: done, but the journal cannot be written: " << journal_.path() << '\n';
            return exit_failed;
        }
        out_ << "Done.\n";
        return exit_done;
    }

    const arguments& given_;
    backend& system_;
    std::ostream& out_;
    std::ostream& err_;
    journal journal_;
    std::optional<sole_use> turn_;
    snapshot now_;
    int outcome_ = exit_done;
};

int run_command(const arguments& given, backend& system, std::ostream& out, std::ostream& err)
{
    session one(given, system, out, err);
    switch (given.what) {
    case command::help:
        out << usage_text();
        return exit_done;
    case command::version:
        out << "spindle-catalog " SPINDLE_VERSION "\n";
        return exit_done;
    case command::list:
        return one.list();
    case command::verify:
        return one.verify();
    case command::undo:
        return one.undo();
    default:
        return one.change();
    }
}

}  // namespace

int run_tool(const std::vector<std::string>& words, backend& system, std::ostream& out, std::ostream& err)
{
    std::string problem;
    const auto given = parse_arguments(words, problem);
    if (!given) {
        err << "spindle-catalog: " << problem << "\n'spindle-catalog --help' tells more.\n";
        return exit_usage;
    }
    return run_command(*given, system, out, err);
}

}  // namespace spindle::catalog_tool
