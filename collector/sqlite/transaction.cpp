#include "collector/sqlite/transaction.h"

namespace uptrail::sqlite {

Result<Transaction> Transaction::begin(Connection& connection) {
  UPTRAIL_TRY(connection.exec("BEGIN IMMEDIATE"));
  return Transaction(connection);
}

Transaction::~Transaction() {
  if (connection_ != nullptr) {
    // When it fails the transaction is already gone, which is what was wanted.
    (void)connection_->exec("ROLLBACK").ok();
  }
}

Status Transaction::commit() {
  Connection* connection = std::exchange(connection_, nullptr);
  auto status = connection->exec("COMMIT");
  if (!status.ok()) {
    (void)connection->exec("ROLLBACK").ok();
  }
  return status;
}

}  // namespace uptrail::sqlite
