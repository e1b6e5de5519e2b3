// What left_out.txt leaves out and needs another answer than one for all.

// Curves by the way that has no tables of multiples: slower, the same results.
const void* EC_GFp_mont_method(void);
const void* EC_GFp_nistp256_method(void);
const void* EC_GFp_nistp224_method(void);
const void* EC_GFp_nistp521_method(void);
const void* EC_GFp_nistz256_method(void);
const void* EC_GFp_nistp224_method(void) { return EC_GFp_mont_method(); }
const void* EC_GFp_nistp521_method(void) { return EC_GFp_mont_method(); }
const void* EC_GFp_nistz256_method(void) { return EC_GFp_nistp256_method(); }

// Digests by name, as signatures of certificates give them.
int EVP_add_digest(const void* digest);
const void* EVP_sha1(void);
const void* EVP_sha224(void);
const void* EVP_sha256(void);
const void* EVP_sha384(void);
const void* EVP_sha512(void);
void openssl_add_all_digests_int(void);
void openssl_add_all_digests_int(void) {
  EVP_add_digest(EVP_sha1());
  EVP_add_digest(EVP_sha224());
  EVP_add_digest(EVP_sha256());
  EVP_add_digest(EVP_sha384());
  EVP_add_digest(EVP_sha512());
}

// OpenSSL makes all algorithms of a kind when the first is asked for; of an empty table it makes none, and leaves an error
// behind that the next who looks takes for his own. Linked with --wrap.
int ERR_set_mark(void);
int ERR_pop_to_mark(void);
void* __real_ossl_method_construct(void* library, int operation, void* provider, int force, void* methods, void* data);
void* __wrap_ossl_method_construct(void* library, int operation, void* provider, int force, void* methods, void* data);
void* __wrap_ossl_method_construct(void* library, int operation, void* provider, int force, void* methods, void* data) {
  ERR_set_mark();
  void* const method = __real_ossl_method_construct(library, operation, provider, force, methods, data);
  ERR_pop_to_mark();
  return method;
}
