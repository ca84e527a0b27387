// SPDX-License-Identifier: Apache-2.0
#include <string>

#include "check.hpp"
#include "runtime/sha256.hpp"

namespace modelport::runtime {
namespace {

std::string hash(const std::string& text) {
  return sha256_hex({reinterpret_cast<const std::byte*>(text.data()), text.size()});
}

// The examples of FIPS 180-4, and every length at which padding changes its shape.
TEST(sha256_of_known_texts) {
  CHECK(hash("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  CHECK(hash("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(hash("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq") ==
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  CHECK(hash(std::string(55, 'a')) == "9f4390f8d30c2dd92ec9f095b65e2b9ae9b0a925a5258e241c9f1e910f734318");
  CHECK(hash(std::string(64, 'a')) == "ffe054fe7ae0cb6dc65c3af9b61d5209f439851db43d0ba5997337df154668eb");
  CHECK(hash(std::string(1000000, 'a')) == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST(sha256_of_pieces_of_every_length) {
  const std::string text(1000, 'a');
  for (std::size_t piece = 1; piece < 200; ++piece) {
    Sha256 pieces;
    for (std::size_t at = 0; at < text.size(); at += piece) {
      const std::string part = text.substr(at, piece);
      pieces.update({reinterpret_cast<const std::byte*>(part.data()), part.size()});
    }
    CHECK(pieces.hex() == hash(text));
  }
}

}  // namespace
}  // namespace modelport::runtime
