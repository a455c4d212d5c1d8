// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/observer.hpp>

#include <concepts>

namespace florin::detail {

/// Refers to an observer of any type, which has to outlive it; or to none.
class ObserverRef {
 public:
  ObserverRef() noexcept = default;
  template <CallObserver Observer>
  explicit ObserverRef(Observer& observer, void* user_data = nullptr) noexcept {
    if constexpr (!std::same_as<Observer, NoObserver>) {
      observer_ = &observer;
      user_data_ = user_data;
      on_phase_ = [](void* to, const PhaseEvent& event) {
        static_cast<Observer*>(to)->on_phase(event);
      };
      on_call_ = [](void* to, const CallEvent& event) {
        static_cast<Observer*>(to)->on_call(event);
      };
    }
  }
  /// Whether there is one.
  explicit operator bool() const noexcept { return observer_ != nullptr; }
  /// What each event of the call has.
  [[nodiscard]] void* user_data() const noexcept { return user_data_; }
  void on_phase(const PhaseEvent& event) const { on_phase_(observer_, event); }
  void on_call(const CallEvent& event) const { on_call_(observer_, event); }

 private:
  void* observer_ = nullptr;
  void* user_data_ = nullptr;
  void (*on_phase_)(void*, const PhaseEvent&) = nullptr;
  void (*on_call_)(void*, const CallEvent&) = nullptr;
};

}  // namespace florin::detail
