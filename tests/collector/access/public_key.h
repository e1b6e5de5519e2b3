// Public keys as agents send them.
#pragma once

#include "collector/access/x509.h"

#include <openssl/pem.h>

#include <string>

namespace censo::collector::access {

inline std::string public_pem(const Key& key) {
  BIO* bio = BIO_new(BIO_s_mem());
  PEM_write_bio_PUBKEY(bio, key.get());
  char* bytes = nullptr;
  const auto size = BIO_get_mem_data(bio, &bytes);
  std::string pem(bytes, static_cast<std::size_t>(size));
  BIO_free(bio);
  return pem;
}

inline std::string new_public_key() { return public_pem(make_key()); }

}  // namespace censo::collector::access
