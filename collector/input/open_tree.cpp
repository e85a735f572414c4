#include <filesystem>

#include "collector/input/tree.h"
#include "collector/input/tree_walk.h"

namespace uptrail {

namespace {

using input::FileSource;
using input::Walker;

class Tree : public FileTree {
 public:
  Tree(std::string root, TreeOptions options) : options_(std::move(options)), walker_(options_, std::move(root)) {}
  [[nodiscard]] Place place() const override { return {walker_.bytes_read(), total_}; }
  [[nodiscard]] std::string_view format() const override { return walker_.format(); }
  [[nodiscard]] std::uint64_t members() const override { return walker_.members(); }

 protected:
  TreeOptions options_;
  Walker walker_;
  std::optional<std::uint64_t> total_;
};

class FolderTree final : public Tree {
 public:
  using Tree::Tree;
  Status walk(TreeVisitor& visitor) override { return walker_.folder(visitor); }
};

class FileOnDiskTree final : public Tree {
 public:
  FileOnDiskTree(std::unique_ptr<FileSource> file, std::string root, TreeOptions options)
      : Tree(std::move(root), std::move(options)), file_(std::move(file)) {
    total_ = file_->size();
  }
  Status walk(TreeVisitor& visitor) override { return walker_.packed(visitor, std::move(file_)); }

 private:
  std::unique_ptr<FileSource> file_;
};

class StreamTree final : public Tree {
 public:
  StreamTree(std::unique_ptr<ByteSource> bytes, std::string root, TreeOptions options)
      : Tree(std::move(root), std::move(options)), bytes_(std::move(bytes)) {}
  Status walk(TreeVisitor& visitor) override { return walker_.packed(visitor, std::move(bytes_)); }

 private:
  std::unique_ptr<ByteSource> bytes_;
};

}  // namespace

Result<std::unique_ptr<FileTree>> open_tree(const std::string& path, TreeOptions options) {
  std::error_code error;
  if (std::filesystem::is_directory(path, error)) {
    return std::unique_ptr<FileTree>(std::make_unique<FolderTree>(path, std::move(options)));
  }
  auto file = input::open_file(path);
  if (!file.ok()) {
    return file.error();
  }
  return std::unique_ptr<FileTree>(std::make_unique<FileOnDiskTree>(file.take(), path, std::move(options)));
}

std::unique_ptr<FileTree> stream_tree(std::unique_ptr<ByteSource> bytes, std::string name, TreeOptions options) {
  return std::make_unique<StreamTree>(std::move(bytes), std::move(name), std::move(options));
}

}  // namespace uptrail
