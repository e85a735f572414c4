#include "tests/viewer/window/x_display.h"

#include <X11/Xatom.h>
#include <X11/Xlib.h>
#include <X11/Xutil.h>
#include <X11/extensions/XTest.h>
#include <X11/keysym.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <thread>

namespace uptrail::test {

namespace {

constexpr auto kPatience = std::chrono::seconds(60);

void nap(int milliseconds) { std::this_thread::sleep_for(std::chrono::milliseconds(milliseconds)); }

// Child process; -1: none.
pid_t spawn(const std::vector<std::string>& command, const std::vector<std::string>& environment, int kept_fd) {
  const pid_t pid = fork();
  if (pid != 0) return pid;
  for (const std::string& e : environment) putenv(const_cast<char*>(e.c_str()));  // NOLINT: the child keeps them till exec
  if (kept_fd >= 0) fcntl(kept_fd, F_SETFD, 0);
  std::vector<char*> argv;
  for (const std::string& a : command) argv.push_back(const_cast<char*>(a.c_str()));  // NOLINT: as execvp wants it
  argv.push_back(nullptr);
  execvp(argv[0], argv.data());
  _exit(127);
}

// What comes out of `fd` up to a line break; "": nothing in 30 s.
std::string first_line(int fd) {
  std::string line;
  pollfd wait{fd, POLLIN, 0};
  char c = 0;
  while (poll(&wait, 1, 30'000) > 0 && read(fd, &c, 1) == 1 && c != '\n') line.push_back(c);
  return line;
}

int ignore_errors(Display*, XErrorEvent*) { return 0; }  // a window may vanish while it is looked at

}  // namespace

struct XDisplay::State {
  pid_t server = -1;
  pid_t program = -1;
  std::string name;  // ":99"
  Display* display = nullptr;
  Window window = 0;

  Atom atom(const char* text) const { return XInternAtom(display, text, False); }
  std::string text_of(Window of, const char* property) const {
    Atom type = 0;
    int format = 0;
    unsigned long count = 0;
    unsigned long left = 0;
    unsigned char* data = nullptr;
    if (XGetWindowProperty(display, of, atom(property), 0, 1024, False, AnyPropertyType, &type, &format, &count, &left, &data) !=
            Success ||
        data == nullptr) {
      return {};
    }
    std::string text;
    if (format == 8) text.assign(reinterpret_cast<const char*>(data), count);  // NOLINT: bytes, as X hands them out
    XFree(data);
    return text;
  }
  Window find_window() const {
    Window root = 0;
    Window parent = 0;
    Window* children = nullptr;
    unsigned count = 0;
    if (XQueryTree(display, DefaultRootWindow(display), &root, &parent, &children, &count) == 0) return 0;
    Window found = 0;
    for (unsigned i = 0; i < count && found == 0; ++i) {
      XWindowAttributes attributes{};
      if (XGetWindowAttributes(display, children[i], &attributes) != 0 && attributes.map_state == IsViewable &&
          !text_of(children[i], "_NET_WM_NAME").empty()) {
        found = children[i];
      }
    }
    if (children != nullptr) XFree(children);
    return found;
  }
  void send(Window to, const char* type, std::array<long, 5> values) const {
    XEvent event{};
    event.xclient.type = ClientMessage;
    event.xclient.display = display;
    event.xclient.window = to;
    event.xclient.message_type = atom(type);
    event.xclient.format = 32;
    for (std::size_t i = 0; i < values.size(); ++i) event.xclient.data.l[i] = values[i];
    XSendEvent(display, to, False, NoEventMask, &event);
    XFlush(display);
  }
  // Answers requests for the dragged files until the named message comes.
  bool await(const char* message, const std::string& uris, XClientMessageEvent& answer) const {
    const Atom wanted = atom(message);
    return eventually([&] {
      while (XPending(display) > 0) {
        XEvent event{};
        XNextEvent(display, &event);
        if (event.type == SelectionRequest) give(event.xselectionrequest, uris);
        if (event.type != ClientMessage || event.xclient.message_type != wanted) continue;
        answer = event.xclient;
        return true;
      }
      return false;
    });
  }
  void give(const XSelectionRequestEvent& request, const std::string& uris) const {
    const auto* bytes = reinterpret_cast<const unsigned char*>(uris.data());  // NOLINT: as X takes them
    XChangeProperty(display, request.requestor, request.property, request.target, 8, PropModeReplace, bytes,
                    static_cast<int>(uris.size()));
    XEvent event{};
    event.xselection.type = SelectionNotify;
    event.xselection.display = display;
    event.xselection.requestor = request.requestor;
    event.xselection.selection = request.selection;
    event.xselection.target = request.target;
    event.xselection.property = request.property;
    event.xselection.time = request.time;
    XSendEvent(display, request.requestor, False, NoEventMask, &event);
    XFlush(display);
  }
  void press(KeySym symbol, bool down) const {
    XTestFakeKeyEvent(display, XKeysymToKeycode(display, symbol), down ? True : False, CurrentTime);
    XFlush(display);
    nap(15);
  }
};

XDisplay::XDisplay() : state_(std::make_unique<State>()) {}

std::unique_ptr<XDisplay> XDisplay::start(int width, int height) {
  std::array<int, 2> pipe_ends{};
  if (pipe2(pipe_ends.data(), O_CLOEXEC) != 0) return nullptr;
  auto made = std::unique_ptr<XDisplay>(new XDisplay);  // NOLINT: the constructor is private
  const std::string screen = std::to_string(width) + "x" + std::to_string(height) + "x24";
  made->state_->server =
      spawn({"Xvfb", "-displayfd", std::to_string(pipe_ends[1]), "-screen", "0", screen, "-nolisten", "tcp", "-noreset"}, {},
            pipe_ends[1]);
  close(pipe_ends[1]);
  const std::string number = first_line(pipe_ends[0]);
  close(pipe_ends[0]);
  if (number.empty()) return nullptr;
  made->state_->name = ":" + number;
  XSetErrorHandler(ignore_errors);
  made->state_->display = XOpenDisplay(made->state_->name.c_str());
  return made->state_->display != nullptr ? std::move(made) : nullptr;
}

XDisplay::~XDisplay() {
  for (const pid_t pid : {state_->program, state_->server}) {
    if (pid <= 0) continue;
    if (pid == state_->server && state_->display != nullptr) XCloseDisplay(state_->display);
    kill(pid, SIGKILL);
    waitpid(pid, nullptr, 0);
  }
}

bool XDisplay::eventually(const std::function<bool()>& what) {
  const auto until = std::chrono::steady_clock::now() + kPatience;
  while (!what()) {
    if (std::chrono::steady_clock::now() > until) return false;
    nap(50);
  }
  return true;
}

bool XDisplay::run(const std::vector<std::string>& command, const std::vector<std::string>& environment) {
  std::vector<std::string> all = environment;
  all.push_back("DISPLAY=" + state_->name);
  state_->program = spawn(command, all, -1);
  if (!eventually([this] { return (state_->window = state_->find_window()) != 0; })) return false;
  XSetInputFocus(state_->display, state_->window, RevertToParent, CurrentTime);
  XFlush(state_->display);
  nap(200);
  return true;
}

std::optional<int> XDisplay::wait_for_end() {
  int status = 0;
  const bool ended = eventually([&] { return waitpid(state_->program, &status, WNOHANG) == state_->program; });
  if (!ended) return std::nullopt;
  state_->program = -1;
  return WIFEXITED(status) ? std::optional(WEXITSTATUS(status)) : std::nullopt;
}

std::string XDisplay::title() const { return state_->text_of(state_->window, "_NET_WM_NAME"); }

void XDisplay::key(const std::string& name) {
  const bool ctrl = name.starts_with("ctrl+");
  const bool shift = name.starts_with("shift+");
  const std::string plain = ctrl ? name.substr(5) : shift ? name.substr(6) : name;
  const KeySym symbol = XStringToKeysym(plain.c_str());
  const KeySym mod = ctrl ? XK_Control_L : XK_Shift_L;
  if (ctrl || shift) state_->press(mod, true);
  state_->press(symbol, true);
  nap(60);  // longer than a frame: Dear ImGui 1.86 sees only what is down when a frame begins
  state_->press(symbol, false);
  if (ctrl || shift) state_->press(mod, false);
  nap(60);
}

void XDisplay::type(const std::string& ascii) {
  for (const char c : ascii) {
    if (c == ' ') {
      key("space");
    } else if (c >= 'A' && c <= 'Z') {
      key(std::string("shift+") + static_cast<char>(c - 'A' + 'a'));
    } else {
      key(std::string(1, c));
    }
  }
}

void XDisplay::move(int x, int y) {
  Window child = 0;
  int left = 0;
  int top = 0;
  XTranslateCoordinates(state_->display, state_->window, DefaultRootWindow(state_->display), 0, 0, &left, &top, &child);
  XTestFakeMotionEvent(state_->display, -1, left + x, top + y, CurrentTime);
  XFlush(state_->display);
  nap(80);
}

void XDisplay::click(int x, int y) {
  move(x, y);
  for (const bool down : {true, false}) {
    XTestFakeButtonEvent(state_->display, 1, down ? True : False, CurrentTime);
    XFlush(state_->display);
    nap(80);
  }
}

void XDisplay::wheel(int steps) {
  for (int i = 0; i < std::abs(steps); ++i) {
    for (const bool down : {true, false}) {
      XTestFakeButtonEvent(state_->display, steps > 0 ? 4 : 5, down ? True : False, CurrentTime);
      XFlush(state_->display);
      nap(20);
    }
  }
  nap(80);
}

bool XDisplay::drop(const std::vector<std::string>& paths, int x, int y) {
  State& s = *state_;
  std::string uris;
  for (const std::string& path : paths) uris += "file://" + path + "\r\n";
  const Window from = XCreateSimpleWindow(s.display, DefaultRootWindow(s.display), 0, 0, 1, 1, 0, 0, 0);
  XSetSelectionOwner(s.display, s.atom("XdndSelection"), from, CurrentTime);
  const auto source = static_cast<long>(from);
  const auto list = static_cast<long>(s.atom("text/uri-list"));
  const auto copy = static_cast<long>(s.atom("XdndActionCopy"));
  XClientMessageEvent answer{};
  s.send(s.window, "XdndEnter", {source, 5L << 24, list, 0, 0});
  s.send(s.window, "XdndPosition", {source, 0, (static_cast<long>(x) << 16) | y, CurrentTime, copy});
  bool taken = s.await("XdndStatus", uris, answer) && (answer.data.l[1] & 1) != 0;
  if (taken) {
    s.send(s.window, "XdndDrop", {source, 0, CurrentTime, 0, 0});
    // GLFW puts the number of bytes where a flag belongs.
    taken = s.await("XdndFinished", uris, answer) && answer.data.l[1] != 0;
  }
  XDestroyWindow(s.display, from);
  return taken;
}

void XDisplay::close_window() {
  state_->send(state_->window, "WM_PROTOCOLS", {static_cast<long>(state_->atom("WM_DELETE_WINDOW")), CurrentTime, 0, 0, 0});
}

std::vector<std::uint32_t> XDisplay::pixels(int x, int y, int width, int height) const {
  std::vector<std::uint32_t> out;
  XImage* image = XGetImage(state_->display, state_->window, x, y, static_cast<unsigned>(width), static_cast<unsigned>(height),
                            AllPlanes, ZPixmap);
  if (image == nullptr) return out;
  for (int row = 0; row < height; ++row) {
    for (int column = 0; column < width; ++column) {
      out.push_back(static_cast<std::uint32_t>(XGetPixel(image, column, row) & 0xFFFFFFU));
    }
  }
  XDestroyImage(image);
  return out;
}

std::vector<std::uint32_t> XDisplay::settled(int x, int y, int width, int height) const {
  std::vector<std::uint32_t> last = pixels(x, y, width, height);
  int same = 0;
  eventually([&] {
    auto next = pixels(x, y, width, height);
    same = next == last ? same + 1 : 0;
    last = std::move(next);
    return same >= 10;
  });
  return last;
}

}  // namespace uptrail::test
