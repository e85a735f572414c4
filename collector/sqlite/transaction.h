// A transaction that is rolled back unless commit() was called.
#pragma once

#include <utility>

#include "collector/sqlite/connection.h"

namespace uptrail::sqlite {

class Transaction {
 public:
  static Result<Transaction> begin(Connection& connection);
  Transaction(Transaction&& other) noexcept : connection_(std::exchange(other.connection_, nullptr)) {}
  Transaction& operator=(Transaction&&) = delete;
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  ~Transaction();
  // May be called once.
  Status commit();

 private:
  explicit Transaction(Connection& connection) : connection_(&connection) {}
  Connection* connection_;  // nullptr: finished
};

}  // namespace uptrail::sqlite
