#include "posix_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <system_error>

#include "failure.h"

namespace {

// Linux and macOS both stop short of 2 GiB in one call.
constexpr size_t kMaxTransfer = size_t{1} << 30;

[[noreturn]] void Throw(const char* action, const std::string& path) {
  const int error = errno;
  throw Failure(error == ENOENT ? "FILE_NOT_FOUND" : "IO_FAILED",
                std::string("Could not ") + action + " " + path + ": " +
                    std::generic_category().message(error) + ".");
}

std::string FolderOf(const std::string& path) {
  const size_t slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

bool IsFileAt(int descriptor, const std::string& path) {
  struct stat open_file, named_file;
  return fstat(descriptor, &open_file) == 0 && stat(path.c_str(), &named_file) == 0 &&
         open_file.st_dev == named_file.st_dev && open_file.st_ino == named_file.st_ino;
}

/// Opens and locks the file at `path`, made where it is missing.
PosixFile OpenLocked(const std::string& path) {
  for (;;) {
    const int descriptor = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0666);
    if (descriptor < 0) Throw("create", path);
    PosixFile file(descriptor, path);
    if (flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
      if (errno == EINTR) continue;
      if (errno != EWOULDBLOCK) Throw("lock", path);
      throw Failure("IO_FAILED", "Another save to the same file is under way (" + path +
                                     " is locked). Wait for it, then save again.");
    }
    // Between open and lock another save may have finished and moved this file to its target.
    if (IsFileAt(descriptor, path)) {
      if (ftruncate(descriptor, 0) != 0) Throw("empty", path);
      return file;
    }
  }
}

}  // namespace

PosixFile::PosixFile(PosixFile&& other) noexcept
    : descriptor_(other.descriptor_), path_(std::move(other.path_)) {
  other.descriptor_ = -1;
}

PosixFile::~PosixFile() {
  if (descriptor_ >= 0) close(descriptor_);
}

PosixFile PosixFile::OpenToRead(const std::string& path) {
  // Not to wait for a writer, should it be a pipe.
  const int descriptor = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (descriptor < 0) Throw("open", path);
  PosixFile file(descriptor, path);
  struct stat status;
  if (fstat(descriptor, &status) != 0) Throw("examine", path);
  if (!S_ISREG(status.st_mode)) {
    throw Failure("IO_FAILED", "Expected a file, but " + path + " is a folder or a device.");
  }
  return file;
}

PosixFile PosixFile::Duplicate(int descriptor, const std::string& name) {
  const int duplicate = fcntl(descriptor, F_DUPFD_CLOEXEC, 0);
  if (duplicate < 0) Throw("use", name);
  return PosixFile(duplicate, name);
}

uint64_t PosixFile::Size() const {
  struct stat status;
  if (fstat(descriptor_, &status) != 0) Throw("examine", path_);
  return static_cast<uint64_t>(status.st_size);
}

size_t PosixFile::ReadAt(uint64_t offset, void* data, size_t size) const {
  size_t done = 0;
  while (done < size) {
    const ssize_t got =
        pread(descriptor_, static_cast<uint8_t*>(data) + done, std::min(size - done, kMaxTransfer),
              static_cast<off_t>(offset + done));
    if (got == 0) break;
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) Throw("read", path_);
    done += static_cast<size_t>(got);
  }
  return done;
}

void PosixFile::Write(const void* data, size_t size) {
  size_t done = 0;
  while (done < size) {
    const ssize_t put = write(descriptor_, static_cast<const uint8_t*>(data) + done,
                              std::min(size - done, kMaxTransfer));
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) Throw("write", path_);
    done += static_cast<size_t>(put);
  }
}

void PosixFile::Sync() {
  if (fsync(descriptor_) != 0) Throw("flush", path_);
}

ReplacementFile::ReplacementFile(const std::string& target)
    : target_(target), file_(OpenLocked(target + ".tmp")) {}

ReplacementFile::~ReplacementFile() {
  if (!committed_) unlink(file_.path().c_str());
}

void ReplacementFile::Commit() {
  file_.Sync();
  if (rename(file_.path().c_str(), target_.c_str()) != 0) Throw("replace", target_);
  committed_ = true;
  const std::string folder = FolderOf(target_);
  const int descriptor = open(folder.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) Throw("open", folder);
  PosixFile(descriptor, folder).Sync();
}
