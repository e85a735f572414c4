#include <array>

#include "collector/stores/aws_transfer_utility.h"
#include "collector/stores/background_downloader.h"
#include "collector/stores/box_session_cache.h"
#include "collector/stores/flutter_uploader.h"
#include "collector/stores/gtm_session_fetcher.h"
#include "collector/stores/har.h"
#include "collector/stores/nsurlsessiond_session.h"
#include "collector/stores/nsurlsessiond_tasks.h"
#include "collector/stores/powerlog.h"
#include "collector/stores/pulse.h"
#include "collector/stores/resume_data.h"
#include "collector/stores/store.h"
#include "collector/stores/tuskit.h"
#include "collector/stores/workmanager.h"

namespace uptrail {

std::string_view Store::folder(std::string_view path) const {
  const std::size_t at = path.find_last_of('/');
  return path.substr(0, at == std::string_view::npos ? 0 : at);
}

bool Store::belongs(std::string_view /*name*/) const { return false; }

std::span<const Store* const> builtin_stores() {
  static const NsurlsessiondTasks nsurlsessiond_tasks;
  static const NsurlsessiondSession nsurlsessiond_session;
  static const Powerlog powerlog;
  static const AwsTransferUtility aws_transfer_utility;
  static const BackgroundDownloader background_downloader;
  static const Pulse pulse;
  static const WorkManager workmanager;
  static const TusKit tuskit;
  static const FlutterUploader flutter_uploader;
  static const GtmSessionFetcher gtm_session_fetcher;
  static const BoxSessionCache box_session_cache;
  static const ResumeDataFile resume_data;
  static const Har har;
  static const std::array<const Store*, 13> kStores = {&nsurlsessiond_tasks,
                                                       &nsurlsessiond_session,
                                                       &powerlog,
                                                       &aws_transfer_utility,
                                                       &background_downloader,
                                                       &pulse,
                                                       &workmanager,
                                                       &tuskit,
                                                       &flutter_uploader,
                                                       &gtm_session_fetcher,
                                                       &box_session_cache,
                                                       &resume_data,
                                                       &har};
  return kStores;
}

}  // namespace uptrail
