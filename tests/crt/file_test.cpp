// Streams, descriptors, directories and keys. Answers to the pages "fopen_s", "_open", "_stat", "_findfirst", "_mkdir",
// "_setmode", "gets_s", "_getch", "_kbhit".
#include "refusals.hpp"

#include <conio.h>
#include <direct.h>
#include <fcntl.h>
#include <io.h>
#include <share.h>
#include <stdio.h>
#include <sys/locking.h>
#include <sys/stat.h>

#include <stdlib.h>
#include <unistd.h>

#include <set>

#include "../kernel/temporary_directory.hpp"

using namespace spindle::test;

namespace {

// Standard input from somewhere else for as long as it lives.
class other_input {
public:
    explicit other_input(int descriptor) : kept_(dup(0))
    {
        REQUIRE(dup2(descriptor, 0) == 0);
        close(descriptor);
    }
    other_input(const other_input&) = delete;
    other_input& operator=(const other_input&) = delete;
    ~other_input()
    {
        dup2(kept_, 0);
        close(kept_);
        clearerr(stdin);
    }

private:
    int kept_;
};

int pipe_with(const std::string& text)
{
    int ends[2];
    REQUIRE(pipe(ends) == 0);
    REQUIRE(write(ends[1], text.data(), text.size()) == static_cast<ssize_t>(text.size()));
    close(ends[1]);
    return ends[0];
}

}  // namespace

TEST_CASE("streams are opened with Microsoft's modes and separators", "[crt][file]")
{
    const temporary_directory directory;
    const std::string path = directory.path() + "\\file.txt";
    FILE* stream = nullptr;
    REQUIRE(fopen_s(&stream, path.c_str(), "wt") == 0);
    CHECK(fprintf_s(stream, "%s %I64d\n", "line", 5000000000LL) == 16);
    CHECK(_fileno(stream) == fileno(stream));
    fclose(stream);
    REQUIRE(fopen_s(&stream, path.c_str(), "rb, ccs=UTF-8") == 0);
    char word[8];
    long long number = 0;
    CHECK(fscanf_s(stream, "%s %lld", word, 8u, &number) == 2);
    CHECK(number == 5000000000LL);
    fclose(stream);
    stream = _wfopen(wide(path).c_str(), wide("r").c_str());
    REQUIRE(stream != nullptr);
    fclose(stream);
    CHECK(fopen_s(&stream, (directory.path() + "/none").c_str(), "r") == ENOENT);
    CHECK(stream == nullptr);
    const refusals refused;
    CHECK(fopen_s(&stream, path.c_str(), "rw") == EINVAL);
    CHECK(fopen_s(nullptr, path.c_str(), "r") == EINVAL);
    CHECK(fopen_s(&stream, nullptr, "r") == EINVAL);
    CHECK(refused.taken() == 3);
}

TEST_CASE("descriptors read, write and tell what they are", "[crt][file]")
{
    const temporary_directory directory;
    const std::string path = directory.path() + "\\data.bin";
    const int file = _open(path.c_str(), _O_CREAT | _O_RDWR | _O_BINARY, _S_IREAD | _S_IWRITE);
    REQUIRE(file >= 0);
    CHECK(_write(file, "12345", 5) == 5);
    CHECK(_filelength(file) == 5);
    CHECK(_eof(file) == 1);
    CHECK(_lseeki64(file, 1, SEEK_SET) == 1);
    char text[8] = {};
    CHECK(_read(file, text, 3) == 3);
    CHECK(std::string(text) == "234");
    CHECK(_tell(file) == 4);
    CHECK(_chsize(file, 2) == 0);
    CHECK(_setmode(file, _O_TEXT) == _O_BINARY);
    CHECK(_setmode(file, _O_TEXT) == _O_TEXT);
    CHECK(_isatty(file) == 0);
    struct _stat facts {};
    CHECK(_fstat(file, &facts) == 0);
    CHECK(facts.st_size == 2);
    CHECK(_close(file) == 0);
    CHECK(_stat(path.c_str(), &facts) == 0);
    CHECK((facts.st_mode & _S_IFMT) == _S_IFREG);
    struct _stat64 large {};
    CHECK(_wstat64(wide(directory.path()).c_str(), &large) == 0);
    CHECK((large.st_mode & _S_IFDIR) != 0);
    CHECK(std::abs(large.st_mtime - time(nullptr)) < 600);
    CHECK(_access(path.c_str(), 0) == 0);
    CHECK(_access_s("/no/such/file", 4) == ENOENT);
    int second = -1;
    CHECK(_sopen_s(&second, path.c_str(), _O_RDONLY, _SH_DENYNO, 0) == 0);
    const refusals refused;
    CHECK(_sopen_s(&second, path.c_str(), _O_RDONLY, 1, 0) == EINVAL);
    CHECK(_read(1000, text, 1) == -1);
    CHECK(errno == EBADF);
    CHECK(_close(-1) == -1);
    CHECK(refused.taken() == 3);
    CHECK(_unlink(path.c_str()) == 0);
    CHECK(_unlink(path.c_str()) == -1);
}

TEST_CASE("a directory is made, looked through and removed", "[crt][file]")
{
    const temporary_directory directory;
    const std::string folder = directory.path() + "\\inner";
    CHECK(_mkdir(folder.c_str()) == 0);
    CHECK(_mkdir(folder.c_str()) == -1);
    CHECK(errno == EEXIST);
    for (const char* name : {"/one.txt", "/TWO.TXT", "/three.dat"}) {
        FILE* stream = fopen((directory.path() + "/inner" + name).c_str(), "w");
        REQUIRE(stream != nullptr);
        fputs("text", stream);
        fclose(stream);
    }
    std::set<std::string> names;
    struct _finddata_t found {};
    const intptr_t search = _findfirst((folder + "\\*.txt").c_str(), &found);
    REQUIRE(search != -1);
    do {
        names.insert(found.name);
        CHECK(found.size == 4);
        CHECK((found.attrib & _A_SUBDIR) == 0);
    } while (_findnext(search, &found) == 0);
    CHECK(errno == ENOENT);
    CHECK(_findclose(search) == 0);
    CHECK(names == std::set<std::string>{"one.txt", "TWO.TXT"});
    const intptr_t second = _findfirst((folder + "\\t?o.*").c_str(), &found);
    REQUIRE(second != -1);
    CHECK(_findclose(second) == 0);
    CHECK(_findfirst((folder + "\\*.none").c_str(), &found) == -1);
    CHECK(_rmdir(folder.c_str()) == -1);
    for (const char* name : {"\\one.txt", "\\TWO.TXT", "\\three.dat"}) {
        CHECK(_unlink((folder + name).c_str()) == 0);
    }
    CHECK(_rmdir(folder.c_str()) == 0);
    const refusals refused;
    CHECK(_mkdir(nullptr) == -1);
    CHECK(_findclose(-1) == -1);
    CHECK(refused.taken() == 2);
}

TEST_CASE("gets_s takes a line that fits", "[crt][file]")
{
    const other_input input(pipe_with("first\nmuch too long\nlast\n"));
    char line[8];
    CHECK(std::string(gets_s(line)) == "first");
    const refusals refused;
    CHECK(gets_s(line, sizeof line) == nullptr);
    CHECK(refused.taken() == 1);
    CHECK(std::string(gets_s(line)) == "last");
    CHECK(gets_s(line) == nullptr);
    CHECK(refused.taken() == 0);
}

TEST_CASE("keys come one at a time", "[crt][file]")
{
    SECTION("from a pipe")
    {
        const other_input input(pipe_with("ab"));
        CHECK(_kbhit() != 0);
        CHECK(_getch() == 'a');
        CHECK(_ungetch('x') == 'x');
        CHECK(_ungetch('y') == EOF);
        CHECK(_kbhit() != 0);
        CHECK(_getch() == 'x');
        CHECK(_getch() == 'b');
        CHECK(_getch() == EOF);
    }
    SECTION("nothing waits in an empty pipe")
    {
        int ends[2];
        REQUIRE(pipe(ends) == 0);
        {
            const other_input input(ends[0]);
            CHECK(_kbhit() == 0);
            REQUIRE(write(ends[1], "k", 1) == 1);
            CHECK(_kbhit() != 0);
            CHECK(_getch() == 'k');
        }
        close(ends[1]);
    }
}

TEST_CASE("_get_osfhandle and _open_osfhandle lead from descriptors to handles and back", "[crt][file]")
{
    const temporary_directory place;
    const int descriptor = _open(place.make("text", "abcdef").c_str(), _O_RDWR);
    REQUIRE(descriptor >= 0);
    const auto handle = reinterpret_cast<HANDLE>(_get_osfhandle(descriptor));
    CHECK(reinterpret_cast<HANDLE>(_get_osfhandle(descriptor)) == handle);
    CHECK(GetFileSize(handle, nullptr) == 6);
    CHECK(reinterpret_cast<HANDLE>(_get_osfhandle(1)) == GetStdHandle(STD_OUTPUT_HANDLE));
    CHECK(_close(descriptor) == 0);
    CHECK(GetFileSize(handle, nullptr) == INVALID_FILE_SIZE);
    const refusals refused;
    CHECK(_get_osfhandle(descriptor) == -1);
    CHECK(refused.taken() == 1);

    const HANDLE opened =
        CreateFileA(place.file("text").c_str(), GENERIC_READ, FILE_SHARE_READ, nullptr, OPEN_EXISTING, 0, nullptr);
    const int made = _open_osfhandle(reinterpret_cast<intptr_t>(opened), _O_RDONLY);
    REQUIRE(made >= 0);
    CHECK(reinterpret_cast<HANDLE>(_get_osfhandle(made)) == opened);
    char text[4];
    CHECK(_read(made, text, sizeof text) == 4);
    CHECK(_close(made) == 0);
    CHECK(CloseHandle(opened) == FALSE);
    CHECK(_open_osfhandle(0x7f7f7f7c, 0) == -1);
    CHECK(errno == EBADF);
}

TEST_CASE("_locking keeps other lockers away from a part of a file", "[crt][file]")
{
    const temporary_directory place;
    const std::string path = place.make("text", "abcdef");
    const int first = _open(path.c_str(), _O_RDWR);
    const int second = _open(path.c_str(), _O_RDWR);
    CHECK(_locking(first, _LK_NBLCK, 3) == 0);
    CHECK(_locking(second, _LK_NBLCK, 3) == -1);
    CHECK(errno == EACCES);
    CHECK(_lseek(second, 3, SEEK_SET) == 3);
    CHECK(_locking(second, _LK_NBRLCK, 3) == 0);
    CHECK(_lseek(second, 0, SEEK_SET) == 0);
    CHECK(_locking(first, _LK_UNLCK, 3) == 0);
    CHECK(_locking(second, _LK_LOCK, 3) == 0);
    const refusals refused;
    CHECK(_locking(first, 7, 3) == -1);
    CHECK(errno == EINVAL);
    CHECK(refused.taken() == 1);
    _close(first);
    _close(second);
}
