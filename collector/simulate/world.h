// The things of the simulated device and the actors that move them. The user and the faults (day.h, faults.h) direct.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "collector/simulate/clock.h"
#include "collector/simulate/random.h"
#include "collector/simulate/recorder.h"
#include "collector/simulate/simulate.h"

namespace uptrail::simulate {

// What the app makes of a task's callbacks.
struct Handling {
  bool lose = false;            // the delegate is not called for its end
  bool believe_errors = false;  // error == nil counts as success, whatever the HTTP status
  bool settle = true;           // the upload's state follows the task
  bool retry = true;            // an upload that failed is enqueued again
  bool by_body = false;         // counts as a success when a response body came, as a failure when none did
  bool answer = true;           // authentication challenges are answered
  bool known = true;            // the app's records hold the upload; else its callbacks are dropped
  DurationNs block;             // time that didCompleteWithError takes
};

// How a transfer will go once it is resumed.
struct Transfer {
  DurationNs wait = seconds(1);              // until it has a connection
  DurationNs length = seconds(5);            // from then to its end
  std::int64_t status = 200;                 // HTTP; 0: no response
  std::int64_t code = 0;                     // NSError; 0: none
  std::string domain;                        // of the code; "": NSURLErrorDomain
  int retries = 0;                           // recoverable errors on the way
  std::optional<std::int64_t> sent_instead;  // bytes, when not the whole file
  std::optional<std::int64_t> stall_at;      // bytes, where it stops for ever
  std::optional<bool> body;                  // whether the response has one; else by chance
  bool challenge = false;                    // the server asks who it is
  std::string url;                           // "": not logged
  bool manual = false;                       // stays where it is until somebody calls Daemon::end
  Handling app;
};

struct SimTask {
  enum class Phase : std::uint8_t { created, queued, transferring, ended };
  Uuid uuid;
  std::int64_t id = 0;
  std::size_t session = 0;
  std::string upload, file, kind = "upload-file";
  std::int64_t size = 0;
  TimeNs created;
  Transfer plan;
  Phase phase = Phase::created;
  bool resumed = false, cancelled = false;
  bool told = false;  // the delegate got didCompleteWithError
  bool lost = false;  // and never will
  std::int64_t code = 0, status = 0, sent = 0;
  int suspends = 0;
  std::optional<std::int64_t> reason;  // NSURLErrorBackgroundTaskCancelledReasonKey
  std::uint64_t step = 0;              // what is due for an older step is void
  [[nodiscard]] bool live() const { return phase != Phase::ended; }
  [[nodiscard]] bool moving() const { return live() && resumed; }
};

// How the app treats a session. The faults change it for a while.
struct SessionHabits {
  enum class Handler : std::uint8_t { at_end, never, at_once, late, twice, off_main };
  Handler handler = Handler::at_end;
  bool recreate_in_wake = false;    // the session is made again in handleEvents
  std::string queue = "serial";     // delegate queue of a new object
  bool launch_events = true;        // sessionSendsLaunchEvents of a new object
  bool opened = true;               // a launch makes it
  bool announced = true;            // wakes begin with handleEvents
  bool invalidate_in_wake = false;  // when the events have ended; the handler waits for didBecomeInvalid
  DurationNs resource_timeout;      // of a new object; 0: not said
};

struct SimSession {
  std::string identifier;
  Uuid uuid;
  std::string object;  // "": none in this process
  std::int64_t next_id = 1;
  bool known_to_daemon = false;
  bool connected = false;
  int used_by = 0;            // faults that go on in it
  bool shared = false;        // … and bear another one beside them
  bool retired = false;       // nobody uses it any more
  bool launch_events = true;  // as the last object was configured
  bool held = false;          // callbacks wait for handleEvents
  bool wake_due = false;      // nsurlsessiond means to wake the app
  bool assertion = false;     // nsurlsessiond keeps the app awake until its handler is called
  SessionHabits habits;
  std::vector<SimTask*> tasks;
};

struct World;

// nsurlsessiond.
class Daemon {
 public:
  explicit Daemon(World& world) : w_(world) {}
  void connect(std::size_t session);
  void disconnect(std::size_t session);
  void take(SimTask& task);                             // created by the app
  void resume(SimTask& task, bool implicitly = false);  // from here on it moves by itself
  void suspend(SimTask& task);                          // until it is resumed
  void cancel(SimTask& task, std::optional<std::int64_t> reason = std::nullopt);
  void end(SimTask& task, std::int64_t code, std::int64_t status);
  void network_changed();
  // Tells what the app has not been told, or wakes it, or waits.
  void settle(std::size_t session);
  void release(std::size_t session, std::string_view mode);
  // The session is gone with all its tasks, and nobody is told.
  void forget(std::size_t session);

  bool forgets_wakes = false;

 private:
  Said say(EventKind kind, const SimTask& task);
  Said say(EventKind kind, const SimSession& session);
  void later(SimTask& task, DurationNs d, void (Daemon::*what)(SimTask&));
  void begin(SimTask& task);
  void connected(SimTask& task);
  void progress(SimTask& task);
  void retry(SimTask& task);
  void respond(SimTask& task);
  void planned_end(SimTask& task) { end(task, task.plan.code, task.plan.status); }
  World& w_;
};

// How the app behaves. The faults change it for a while.
struct Habits {
  bool dies_in_wake = false;             // the watchdog ends it among the callbacks
  bool one_slot = false;                 // one variable for the handlers of all sessions
  bool cannot_launch = false;            // the system fails to launch it
  std::optional<DurationNs> next_waits;  // an upload is started in the next wake, and the system lets it wait so long
  int next_in_wake = 0;                  // uploads that are started in wakes, one a wake
};

enum class AppState : std::uint8_t { gone, foreground, background, suspended };

// The app process, CFNetwork in it included.
class App {
 public:
  explicit App(World& world) : w_(world) {}
  [[nodiscard]] AppState state() const { return state_; }
  [[nodiscard]] bool runs() const { return state_ == AppState::foreground || state_ == AppState::background; }
  [[nodiscard]] std::int64_t pid() const { return pid_; }
  [[nodiscard]] bool force_quit_by_user() const { return force_quit_; }

  void launch(std::string_view reason);  // process only; sessions are made by open_session
  void open_all();                       // every session, with its tasks asked for
  void open_session(std::size_t session, std::string_view object = {});
  void ask_for_tasks(std::size_t session);
  void request_tasks(std::size_t session);  // ask_for_tasks in two parts
  void answer_tasks(std::size_t session);
  void enter_foreground();  // the running process only; nobody is told anything
  void to_foreground();     // from any state; launches if need be, and is told what ended meanwhile
  void to_background();
  void suspend();
  void resume(bool by_user);
  void terminate(std::string_view cause);
  void force_quit();
  void wake(std::size_t session);  // nsurlsessiond's events: resumed or launched

  SimTask& create(std::size_t session, const std::string& upload, const Transfer& plan, std::string_view kind = "upload-file");
  void resume_task(SimTask& task);
  void suspend_task(SimTask& task);
  SimTask& start(std::size_t session, const std::string& upload, const Transfer& plan);  // both, with the upload's states
  void cancel(SimTask& task);
  void tell(SimTask& task);       // the delegate's callbacks for an ended task
  void challenge(SimTask& task);  // the delegate's callback for a challenge
  void upload_state(const SimTask& task, std::string_view state, bool with_task = false);
  void upload_state(const std::string& upload, std::size_t session, std::string_view state);
  Said say(EventKind kind, const SimTask& task, Observer observer = Observer::app);
  Said say(EventKind kind, const SimSession& session, Observer observer = Observer::app);
  std::string new_object();
  void finish_events(std::size_t session);
  void call_handler(std::size_t session, std::string_view thread = "main");  // nsurlsessiond is told of the first call only

  Habits habits;
  // The app's own records of its uploads, kept over launches.
  struct Record {
    std::string state;
    std::size_t session = 0;
    std::optional<Uuid> task;
  };
  std::map<std::string, Record> records;

 private:
  void beat();
  void forget_process();
  void handle(const std::vector<std::size_t>& sessions);
  void end_of_events(std::size_t session, bool overwritten);
  void settle_upload(SimTask& task, bool body);
  void start_next(const SimTask& task);
  void rest(bool handler_missing);
  World& w_;
  AppState state_ = AppState::gone;
  bool force_quit_ = false;
  bool waking_ = false;
  std::int64_t pid_ = 300;
  std::uint64_t life_ = 0;  // a heartbeat of an older life, or of one before a suspension, is void
  std::uint64_t objects_ = 0;
};

// What each observer writes down, in ascending order: the manifest of its source.
std::vector<EventKind> kinds_of(Observer observer);

struct World {
  explicit World(const SimulateOptions& options);
  SimulateOptions options;
  Random random;
  Clock clock;
  Recorder log;
  Truth truth;
  bool online = true;
  std::deque<SimTask> tasks;        // pointers to them stay
  std::deque<SimSession> sessions;  // references to them stay
  Daemon daemon{*this};
  App app{*this};
  int uploads = 0;
  int extensions = 0;  // started so far
  std::string build;   // of the app

  void pause(DurationNs low, DurationNs high) { clock.run_for(random.between(low, high)); }
  // A pause in the foreground in which another fault may begin and end.
  void linger(DurationNs low, DurationNs high);
  bool sharing = false;                          // the fault that begins now bears others in its session
  std::vector<std::function<void()>> meanwhile;  // what may happen while a fault lingers, the next one last
  // What else shall go on when the app is left for a wake: begins in the foreground, and returns what is to be done when it
  // sleeps.
  std::vector<std::function<std::function<void()>()>> asleep;
  std::string new_upload() { return "photo-" + std::to_string(++uploads); }
  std::size_t add_session(const std::string& identifier);  // nobody has made it yet
  // Somebody copies the app's own store.
  void read_app_store();
  static std::vector<std::string> app_kinds();  // what the app's logger declares
  void set_online(bool on);
  // Lets time pass until every task that moves has ended and been told, at most `most`.
  void finish_all(DurationNs most);
  [[nodiscard]] bool all_told() const;
};

}  // namespace uptrail::simulate
