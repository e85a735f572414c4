// A private X display (Xvfb) with one program on it, driven as a person would: keys, mouse, files dropped from a file manager.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace uptrail::test {

class XDisplay {
 public:
  // nullptr: there is no Xvfb here, or it does not start.
  static std::unique_ptr<XDisplay> start(int width, int height);
  ~XDisplay();  // ends the program too
  XDisplay(const XDisplay&) = delete;
  XDisplay& operator=(const XDisplay&) = delete;

  // Starts a program on this display and waits for its window, which gets the keyboard. false: none in 60 s.
  bool run(const std::vector<std::string>& command, const std::vector<std::string>& environment);
  // The exit code of the program; nullopt: it has not ended after 60 s, or died of a signal.
  std::optional<int> wait_for_end();

  [[nodiscard]] std::string title() const;  // of the window
  // Looks again every 50 ms, for at most 60 s.
  static bool eventually(const std::function<bool()>& what);

  // "a", "T", "Return", "Escape", "question" (X's names); "ctrl+p", "shift+g".
  void key(const std::string& name);
  void type(const std::string& ascii);
  // Pixels of the window.
  void move(int x, int y);
  void click(int x, int y);
  void wheel(int steps);  // up is positive
  // As a file manager does it (XDND 5). false: the window did not take them.
  bool drop(const std::vector<std::string>& paths, int x, int y);
  void close_window();  // as a click on the cross

  // 0xRRGGBB of the window's pixels, rows from the top, of a rectangle.
  [[nodiscard]] std::vector<std::uint32_t> pixels(int x, int y, int width, int height) const;
  // The picture when it has stayed the same for half a second.
  [[nodiscard]] std::vector<std::uint32_t> settled(int x, int y, int width, int height) const;

 private:
  XDisplay();
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace uptrail::test
