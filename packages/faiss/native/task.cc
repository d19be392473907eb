#include "task.h"

#include <omp.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <system_error>

#include "failure.h"
#include "worker_pool.h"

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

/// What the tasks of a JavaScript environment (the main thread's, or that of a worker thread)
/// share: the way back to its thread, and how many are on their way.
class Task::Environment {
 public:
  static Environment& Of(Napi::Env env) {
    auto* environment = env.GetInstanceData<Environment>();
    if (environment == nullptr) {
      environment = new Environment(env);
      env.SetInstanceData(environment);
    }
    return *environment;
  }

  void Start(Task* task) {
    // Node's process goes on while tasks are on their way, and no longer.
    if (unsettled_++ == 0) napi_ref_threadsafe_function(env_, settle_);
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      running_++;
    }
    try {
      WorkerPool::Get().Run([this, task] { Run(task); });
    } catch (const std::system_error& error) {
      task->code_ = "FAISS_FAILED";
      task->message_ = std::string("no thread could be started: ") + error.what();
      napi_call_threadsafe_function(settle_, task, napi_tsfn_nonblocking);
      Finish();
    }
  }

 private:
  explicit Environment(Napi::Env env) : env_(env) {
    napi_create_threadsafe_function(env, nullptr, nullptr, Napi::String::New(env, "faiss"), 0, 1,
                                    nullptr, nullptr, this, Settle, &settle_);
    napi_unref_threadsafe_function(env, settle_);
    // Added after the function's own hook, so called before it.
    napi_add_env_cleanup_hook(env, End, this);
  }

  void Run(Task* task) {
    if (!ending_) task->Execute();
    napi_call_threadsafe_function(settle_, task, napi_tsfn_nonblocking);
    Finish();
  }

  void Finish() {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (--running_ == 0) finished_.notify_all();
  }

  /// Called on the JavaScript thread; without an environment when that has ended before.
  static void Settle(napi_env env, napi_value, void* context, void* data) {
    const std::unique_ptr<Task> task(static_cast<Task*>(data));
    if (env == nullptr) {
      task->Abandon();
      return;
    }
    auto* self = static_cast<Environment*>(context);
    if (--self->unsettled_ == 0) napi_unref_threadsafe_function(env, self->settle_);
    const Napi::HandleScope scope(env);
    try {
      task->Settle(env);
    } catch (const Napi::Error&) {
      // The environment is ending, and there is nobody left to tell.
    }
  }

  /// The memory that tasks use is freed with the environment.
  static void End(void* data) {
    auto* self = static_cast<Environment*>(data);
    self->ending_ = true;
    std::unique_lock<std::mutex> lock(self->mutex_);
    self->finished_.wait(lock, [self] { return self->running_ == 0; });
  }

  napi_env env_;
  napi_threadsafe_function settle_ = nullptr;
  int64_t unsettled_ = 0;
  std::atomic<bool> ending_{false};
  std::mutex mutex_;
  std::condition_variable finished_;
  int64_t running_ = 0;
};

Napi::Value Task::Start(Napi::Env env, const std::vector<Napi::Object>& pinned, int64_t threads,
                        Work work, Answer answer) {
  const auto allowed = static_cast<int>(std::clamp<int64_t>(threads, 1, MostThreads().load()));
  auto* task = new Task(env, allowed, std::move(work), std::move(answer));
  for (const Napi::Object& object : pinned) task->pinned_.push_back(Napi::Persistent(object));
  const Napi::Promise promise = task->deferred_.Promise();
  Environment::Of(env).Start(task);  // deletes the task when it is settled
  return promise;
}

int Task::MaxThreads() { return MostThreads(); }

void Task::SetMaxThreads(int threads) { MostThreads() = threads; }

Task::Task(Napi::Env env, int threads, Work work, Answer answer)
    : deferred_(Napi::Promise::Deferred::New(env)),
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

/// References that are freed with their environment must not be freed again.
void Task::Abandon() {
  for (Napi::ObjectReference& object : pinned_) object.SuppressDestruct();
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
