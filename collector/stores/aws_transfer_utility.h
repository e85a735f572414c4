// transfer_utility_database: what the S3 TransferUtility of the AWS SDK for iOS remembers of its transfers.
// docs/formats/aws_transfer_utility.md
#pragma once

#include "collector/stores/store.h"

namespace uptrail {

class AwsTransferUtility final : public Store {
 public:
  [[nodiscard]] const StoreInfo& info() const override;
  [[nodiscard]] bool may_be(std::string_view head) const override;
  Result<bool> probe(const StoreFiles& files, std::string& why) const override;
  Result<StoreStats> read(const StoreFiles& files, EventSink& sink) const override;
};

}  // namespace uptrail
