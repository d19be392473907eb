// Where bytes come from: a file or memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "posix_file.h"

class ByteSource {
 public:
  virtual ~ByteSource() = default;
  virtual uint64_t Size() const = 0;
  /// Reads up to `size` bytes; fewer only at the end.
  virtual size_t ReadAt(uint64_t offset, void* data, size_t size) const = 0;
  /// What messages begin with: a path, or "The buffer".
  virtual const std::string& name() const = 0;
};

class FileSource : public ByteSource {
 public:
  explicit FileSource(PosixFile file) : file_(std::move(file)) {}

  uint64_t Size() const override { return file_.Size(); }
  size_t ReadAt(uint64_t offset, void* data, size_t size) const override {
    return file_.ReadAt(offset, data, size);
  }
  const std::string& name() const override { return file_.path(); }

 private:
  PosixFile file_;
};

/// Memory that stays valid and unchanged while this object lives.
class MemorySource : public ByteSource {
 public:
  MemorySource(const uint8_t* data, size_t size) : data_(data), size_(size) {}

  uint64_t Size() const override { return size_; }
  size_t ReadAt(uint64_t offset, void* data, size_t size) const override;
  const std::string& name() const override { return name_; }

 private:
  const uint8_t* data_;
  size_t size_;
  std::string name_ = "The buffer";
};
