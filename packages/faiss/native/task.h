// Work off the main thread, answered by a promise.
#pragma once

#include <napi.h>

#include <functional>
#include <string>
#include <vector>

class Task {
 public:
  using Work = std::function<void()>;
  using Answer = std::function<Napi::Value(Napi::Env)>;

  /// Runs `work` on a thread of the pool with at most `threads` threads of OpenMP, then resolves
  /// with what `answer` makes on the main thread. Typed arrays whose memory `work` uses have to be
  /// in `pinned`, and nobody else may hold them: TypeScript passes copies of its own, since a
  /// caller's array can be transferred to another thread and freed there.
  static Napi::Value Start(Napi::Env env, const std::vector<Napi::Object>& pinned, int64_t threads,
                           Work work, Answer answer);

  /// The most threads of OpenMP that a call can have, in the whole process.
  static int MaxThreads();
  static void SetMaxThreads(int threads);

 private:
  class Environment;

  Task(Napi::Env env, int threads, Work work, Answer answer);

  void Execute();
  void Settle(Napi::Env env);
  void Abandon();

  Napi::Promise::Deferred deferred_;
  std::vector<Napi::ObjectReference> pinned_;
  int threads_;
  Work work_;
  Answer answer_;
  // Of the failure, if there was one.
  const char* code_ = nullptr;
  std::string message_;
};

/// Throws the exception that is being handled as a JavaScript error with a code.
[[noreturn]] void ThrowToJavaScript(Napi::Env env);
