// Where bytes go: a file that is replaced, an open file, or memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "posix_file.h"

class ByteSink {
 public:
  virtual ~ByteSink() = default;
  virtual void Write(const void* data, size_t size) = 0;
  /// Called once, after the last byte.
  virtual void Commit() {}
};

/// Replaces the file at once: after a crash at any moment there is the old file or the new one.
class ReplacementSink : public ByteSink {
 public:
  explicit ReplacementSink(const std::string& path) : replacement_(path) {}

  void Write(const void* data, size_t size) override { replacement_.file().Write(data, size); }
  void Commit() override { replacement_.Commit(); }

 private:
  ReplacementFile replacement_;
};

/// Writes to a file that somebody else has opened, and will close.
class OpenFileSink : public ByteSink {
 public:
  explicit OpenFileSink(PosixFile file) : file_(std::move(file)) {}

  void Write(const void* data, size_t size) override { file_.Write(data, size); }

 private:
  PosixFile file_;
};

/// Fills memory of exactly the size that is written.
class MemorySink : public ByteSink {
 public:
  MemorySink(uint8_t* data, size_t size) : next_(data), left_(size) {}

  void Write(const void* data, size_t size) override;
  void Commit() override;

 private:
  uint8_t* next_;
  size_t left_;
};
