// An error with the code that TypeScript's FaissError carries.
#pragma once

#include <stdexcept>
#include <string>

class Failure : public std::runtime_error {
 public:
  /// `code` is one of FAISS_ERROR_CODES in src/faiss-error.ts, a string literal.
  Failure(const char* code, const std::string& message)
      : std::runtime_error(message), code_(code) {}

  const char* code() const { return code_; }

 private:
  const char* code_;
};

/// Rethrows the exception that is being handled as a Failure, whatever it was.
[[noreturn]] void RethrowAsFailure();
