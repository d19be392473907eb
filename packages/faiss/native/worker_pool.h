// The threads that tasks run on: ours, since libuv's few also read files and decode pictures, which
// would have to wait for a training that takes minutes.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <vector>

class WorkerPool {
 public:
  using Job = std::function<void()>;

  /// The one of the process.
  static WorkerPool& Get();

  /// Runs a job, which must not throw. It waits where all threads are at work.
  void Run(Job job);

 private:
  /// A thread without work.
  struct Sleeper {
    std::condition_variable wake;
    Job job;
  };

  WorkerPool() = default;

  void StartThread(Job first);
  void Work(Job first);

  std::mutex mutex_;
  int threads_ = 0;
  /// The last one that fell asleep is woken first: its core still has the index in its cache.
  std::vector<Sleeper*> sleepers_;
  std::deque<Job> waiting_;
};
