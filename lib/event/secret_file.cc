#include "event/secret_file.h"

#include <utility>
#include <uv.h>

#include "event/read_file.h"

namespace trunkd {
namespace {

constexpr size_t kMaxSecret = size_t{64} * 1024;

// On any thread. It is read whole each time: times and sizes can stay the same over a change.
Result<std::string> read_secret(const std::string& path, const std::string& reference) {
  auto content = read_regular_file(path, kMaxSecret);
  if (!content) return no_secret(reference, content.error().detail);
  return secret_value(std::move(*content), reference);
}

bool same(const Result<std::string>& a, const Result<std::string>& b) {
  if (a.has_value() != b.has_value()) return false;
  return a ? *a == *b : a.error().detail == b.error().detail;
}

class SecretFile final : public Secret {
 public:
  SecretFile(Loop& loop, std::string path, std::string reference, OnSecretChange on_change,
             Duration every)
      : loop_(loop),
        path_(std::move(path)),
        reference_(std::move(reference)),
        on_change_(std::move(on_change)),
        every_(every),
        value_(read_secret(path_, reference_)),
        next_look_(loop, [this] { look(); }) {
    next_look_.start_at(loop_.now() + every_);
  }
  ~SecretFile() override {
    if (looking_ != nullptr) looking_->owner = nullptr;
  }

  Result<std::string_view> value() const override {
    if (!value_) return tl::unexpected(value_.error());
    return std::string_view(*value_);
  }

 private:
  // Ends after its owner if it must: a file system may take its time.
  struct Look {
    uv_work_t uv{};
    SecretFile* owner = nullptr;  // for the loop's thread only; null: nobody wants to know
    std::string path, reference;
    Result<std::string> found;
  };

  void look() {
    looking_ = new Look{{}, this, path_, reference_, {}};
    looking_->uv.data = looking_;
    uv_queue_work(
        loop_.uv(), &looking_->uv,
        [](uv_work_t* work) {
          auto& self = *static_cast<Look*>(work->data);
          self.found = read_secret(self.path, self.reference);
        },
        [](uv_work_t* work, int) {
          const std::unique_ptr<Look> done(static_cast<Look*>(work->data));
          if (done->owner != nullptr) done->owner->looked(std::move(done->found));
        });
  }

  void looked(Result<std::string> found) {
    looking_ = nullptr;
    next_look_.start_at(loop_.now() + every_);
    if (same(found, value_)) return;
    value_ = std::move(found);
    if (on_change_) on_change_(value_ ? nullptr : &value_.error());
  }

  Loop& loop_;
  const std::string path_;
  const std::string reference_;
  const OnSecretChange on_change_;
  const Duration every_;
  Result<std::string> value_;
  Timer next_look_;
  Look* looking_ = nullptr;  // owns itself until it is done
};

}  // namespace

std::unique_ptr<Secret> follow_secret_file(Loop& loop, std::string path, std::string reference,
                                           OnSecretChange on_change, Duration every) {
  return std::make_unique<SecretFile>(loop, std::move(path), std::move(reference),
                                      std::move(on_change), every);
}

}  // namespace trunkd
