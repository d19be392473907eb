#include "failure.h"

#include <faiss/impl/FaissException.h>

#include <new>

namespace {

bool Contains(const std::string& text, const char* part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

void RethrowAsFailure() {
  try {
    throw;
  } catch (const Failure&) {
    throw;
  } catch (const faiss::FaissException& error) {
    // FAISS has one exception class; only its text tells these cases apart.
    const std::string text = error.msg;
    // The second is PCA with fewer vectors than components to keep.
    if (Contains(text, "Number of training points") || Contains(text, "<= PCAMat.size()")) {
      throw Failure("TRAINING_SET_TOO_SMALL",
                    "Expected at least one training vector per cluster or component: " + text);
    }
    if (Contains(text, "not implemented") || Contains(text, "not supported") ||
        Contains(text, "direct map not initialized")) {
      throw Failure("UNSUPPORTED", "This kind of index cannot do that: " + text);
    }
    throw Failure("FAISS_FAILED", "FAISS refused the call: " + text);
  } catch (const std::bad_alloc&) {
    throw Failure("OUT_OF_MEMORY",
                  "There is not enough memory for this call. Use fewer vectors at a time, a kind "
                  "of index that compresses (SQ8, PQ), or a machine with more memory.");
  } catch (const std::exception& error) {
    throw Failure("FAISS_FAILED", std::string("FAISS failed: ") + error.what());
  } catch (...) {
    throw Failure("FAISS_FAILED", "FAISS failed without saying why.");
  }
}
