// Files by descriptor, closed with their owner. Failing calls throw Failure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

class PosixFile {
 public:
  explicit PosixFile(int descriptor, std::string path)
      : descriptor_(descriptor), path_(std::move(path)) {}
  PosixFile(PosixFile&& other) noexcept;
  PosixFile& operator=(PosixFile&&) = delete;
  PosixFile(const PosixFile&) = delete;
  PosixFile& operator=(const PosixFile&) = delete;
  ~PosixFile();

  /// A regular file; throws FILE_NOT_FOUND where there is none.
  static PosixFile OpenToRead(const std::string& path);
  /// The same open file under a descriptor of its own; `name` stands for its path in messages.
  static PosixFile Duplicate(int descriptor, const std::string& name);

  uint64_t Size() const;
  /// Reads up to `size` bytes; fewer only at the end of the file.
  size_t ReadAt(uint64_t offset, void* data, size_t size) const;
  void Write(const void* data, size_t size);
  void Sync();

  const std::string& path() const { return path_; }

 private:
  int descriptor_;
  std::string path_;
};

/// A file that takes another one's place only when it is complete.
///
/// It is written beside its target under a fixed name and locked meanwhile, so that what a killed
/// process leaves behind is taken over by the next one instead of piling up.
class ReplacementFile {
 public:
  explicit ReplacementFile(const std::string& target);
  ~ReplacementFile();

  PosixFile& file() { return file_; }
  /// Makes the content durable and puts it in the target's place.
  void Commit();

 private:
  std::string target_;
  PosixFile file_;
  bool committed_ = false;
};
