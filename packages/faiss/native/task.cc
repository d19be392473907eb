#include "task.h"

#include <omp.h>

#include <algorithm>
#include <atomic>

#include "failure.h"

namespace {

/// At first what OMP_NUM_THREADS says, else the number of cores that this process may use. Asked
/// once, since on a pool's thread OpenMP's answer is what the last task had set there.
std::atomic<int>& MostThreads() {
  static std::atomic<int> threads(omp_get_max_threads());
  return threads;
}

Napi::Error WithCode(Napi::Env env, const char* code, const std::string& message) {
  Napi::Error error = Napi::Error::New(env, message);
  error.Set("code", code);
  return error;
}

}  // namespace

Napi::Value Task::Start(Napi::Env env, const std::vector<Napi::Object>& pinned, int64_t threads,
                        Work work, Answer answer) {
  const auto allowed = static_cast<int>(std::clamp<int64_t>(threads, 1, MostThreads().load()));
  auto* task = new Task(env, allowed, std::move(work), std::move(answer));
  for (const Napi::Object& object : pinned) task->pinned_.push_back(Napi::Persistent(object));
  const Napi::Promise promise = task->deferred_.Promise();
  task->Queue();  // deletes the task when it is done
  return promise;
}

int Task::MaxThreads() { return MostThreads(); }

void Task::SetMaxThreads(int threads) { MostThreads() = threads; }

Task::Task(Napi::Env env, int threads, Work work, Answer answer)
    : Napi::AsyncWorker(env),
      deferred_(Napi::Promise::Deferred::New(env)),
      threads_(threads),
      work_(std::move(work)),
      answer_(std::move(answer)) {}

void Task::Execute() {
  // OpenMP keeps this number for each thread that calls it.
  omp_set_num_threads(threads_);
  try {
    try {
      work_();
    } catch (...) {
      RethrowAsFailure();
    }
  } catch (const Failure& failure) {
    code_ = failure.code();
    message_ = failure.what();
  }
}

/// In place of the base class's, which ends the process when the JavaScript environment, a worker
/// thread's, was ended while the work was running.
void Task::OnWorkComplete(Napi::Env env, napi_status status) {
  if (status != napi_cancelled) {
    const Napi::HandleScope scope(env);
    try {
      Settle(env);
    } catch (const Napi::Error&) {
      // The environment is ending, and there is nobody left to tell.
    }
  }
  Destroy();
}

void Task::Settle(Napi::Env env) {
  if (code_ != nullptr) {
    deferred_.Reject(WithCode(env, code_, message_).Value());
    return;
  }
  try {
    deferred_.Resolve(answer_(env));
  } catch (const Napi::Error& error) {
    deferred_.Reject(error.Value());
  }
}

void ThrowToJavaScript(Napi::Env env) {
  try {
    RethrowAsFailure();
  } catch (const Failure& failure) {
    throw WithCode(env, failure.code(), failure.what());
  }
}
