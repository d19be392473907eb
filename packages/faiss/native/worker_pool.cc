#include "worker_pool.h"

#include <dlfcn.h>

#include <algorithm>
#include <thread>
#include <utility>

namespace {

/// As many as libuv has, or one for each core.
int MaxThreads() {
  constexpr int kAtLeast = 4;
  return std::max(kAtLeast, static_cast<int>(std::thread::hardware_concurrency()));
}

/// Node unloads an addon with the last worker thread that uses it, but ours never end.
void KeepLoaded() {
  Dl_info info;
  if (dladdr(reinterpret_cast<void*>(&KeepLoaded), &info) != 0) {
    dlopen(info.dli_fname, RTLD_NOW | RTLD_NODELETE);
  }
}

}  // namespace

WorkerPool& WorkerPool::Get() {
  // Never deleted: its threads outlive the statics of the process.
  static WorkerPool* const pool = new WorkerPool;
  return *pool;
}

void WorkerPool::Run(Job job) {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (!sleepers_.empty()) {
    Sleeper* sleeper = sleepers_.back();
    sleepers_.pop_back();
    sleeper->job = std::move(job);
    sleeper->wake.notify_one();
  } else if (threads_ < MaxThreads()) {
    StartThread(std::move(job));
  } else {
    waiting_.push_back(std::move(job));
  }
}

void WorkerPool::StartThread(Job first) {
  if (threads_ == 0) KeepLoaded();
  std::thread([this, first = std::move(first)]() mutable { Work(std::move(first)); }).detach();
  threads_++;
}

void WorkerPool::Work(Job job) {
  for (;;) {
    job();
    job = nullptr;  // what it holds is not to wait for the next one
    std::unique_lock<std::mutex> lock(mutex_);
    if (!waiting_.empty()) {
      job = std::move(waiting_.front());
      waiting_.pop_front();
      continue;
    }
    Sleeper sleeper;
    sleepers_.push_back(&sleeper);
    sleeper.wake.wait(lock, [&sleeper] { return sleeper.job != nullptr; });
    job = std::move(sleeper.job);
  }
}
