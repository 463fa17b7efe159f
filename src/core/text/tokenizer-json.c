/* tokenizer.json of the Hugging Face tokenizers package. What a file asks for and we do not do is refused by its name; what concerns
 * framing only (post_processor, truncation, padding) is passed over. */
#include "core/text/tokenizer-private.h"

#include "core/file/mapping.h"
#include "core/text/wordpiece.h"

#include <stdlib.h>
#include <string.h>

#include <yyjson.h>

enum { MAX_FILE = 128 << 20 };

typedef struct {
  CosmosTokenizerParts parts;
  size_t capacity; /* of parts.tokens and types; ids lie below */
  CosmosError *err;
} Reader;

static bool refuse (Reader *self, const char *where, const char *what)
{
  return cosmos_error_set (self->err, COSMOS_STATUS_UNSUPPORTED,
                           "%s: %s \"%.60s\" is not supported; byte-level BPE and BERT's WordPiece are", self->parts.path, where,
                           what);
}

static bool malformed (Reader *self, const char *where, const char *expected)
{
  return cosmos_error_set (self->err, COSMOS_STATUS_FORMAT, "%s: %s is not %s", self->parts.path, where, expected);
}

static bool out_of_memory (Reader *self)
{
  return cosmos_error_set (self->err, COSMOS_STATUS_NO_MEMORY, "%s: out of memory for the tokenizer", self->parts.path);
}

static bool is_absent (yyjson_val *value)
{
  return !value || yyjson_is_null (value);
}

/* The "type" of a component; "" where it has none. */
static const char *type_of (yyjson_val *component)
{
  const char *type = yyjson_get_str (yyjson_obj_get (component, "type"));
  return type ? type : "";
}

static bool is_type (yyjson_val *component, const char *type)
{
  return strcmp (type_of (component), type) == 0;
}

static bool flag (yyjson_val *component, const char *name, bool standard)
{
  yyjson_val *value = yyjson_obj_get (component, name);
  return yyjson_is_bool (value) ? yyjson_get_bool (value) : standard;
}

/* Empty where value is no string. */
static CosmosGgufString string_of (yyjson_val *value)
{
  return yyjson_is_str (value) ? (CosmosGgufString) {yyjson_get_str (value), yyjson_get_len (value)} : (CosmosGgufString) {0};
}

/* Puts a token at its id, once. */
static bool place (Reader *self, yyjson_val *name, yyjson_val *id, int32_t type)
{
  if (!yyjson_is_str (name) || !yyjson_is_uint (id))
    return malformed (self, "an entry of the vocabulary", "a name with a whole number as its id");
  uint64_t at = yyjson_get_uint (id);
  if (at >= self->capacity)
    return cosmos_error_set (self->err, COSMOS_STATUS_RANGE, "%s: \"%.60s\" has the id %llu, but there are only %zu tokens",
                             self->parts.path, yyjson_get_str (name), (unsigned long long) at, self->capacity);
  if (self->parts.types[at])
    return cosmos_error_set (self->err, COSMOS_STATUS_FORMAT, "%s: \"%.60s\" and \"%.60s\" have the same id %llu",
                             self->parts.path, self->parts.tokens[at].data, yyjson_get_str (name), (unsigned long long) at);
  self->parts.tokens[at] = string_of (name);
  self->parts.types[at] = type;
  if (at >= self->parts.n_tokens)
    self->parts.n_tokens = (size_t) at + 1;
  return true;
}

/* An added token is in the vocabulary already, or takes a further id. */
static bool place_added (Reader *self, yyjson_val *token, int *n_normalized)
{
  yyjson_val *name = yyjson_obj_get (token, "content"), *id = yyjson_obj_get (token, "id");
  if (!yyjson_is_str (name) || !yyjson_is_uint (id))
    return malformed (self, "an entry of added_tokens", "an object with content and id");
  static const char *const unsupported[] = {"single_word", "lstrip", "rstrip"};
  for (size_t i = 0; i < sizeof unsupported / sizeof *unsupported; i++) {
    if (flag (token, unsupported[i], false))
      return cosmos_error_set (self->err, COSMOS_STATUS_UNSUPPORTED,
                               "%s: the added token \"%.60s\" is %s, which is not supported", self->parts.path,
                               yyjson_get_str (name), unsupported[i]);
  }
  bool special = flag (token, "special", false);
  *n_normalized += flag (token, "normalized", !special);
  int32_t type = special ? COSMOS_TOKEN_TYPE_CONTROL : COSMOS_TOKEN_TYPE_USER;
  uint64_t at = yyjson_get_uint (id);
  if (at < self->capacity && self->parts.types[at] && self->parts.tokens[at].length == yyjson_get_len (name)
      && memcmp (self->parts.tokens[at].data, yyjson_get_str (name), yyjson_get_len (name)) == 0) {
    self->parts.types[at] = type;
    return true;
  }
  return place (self, name, id, type);
}

static bool read_tokens (Reader *self, yyjson_val *vocabulary, yyjson_val *added)
{
  if (!yyjson_is_obj (vocabulary))
    return malformed (self, "model.vocab", "an object of names and ids");
  if (!is_absent (added) && !yyjson_is_arr (added))
    return malformed (self, "added_tokens", "a list");
  self->capacity = yyjson_obj_size (vocabulary) + yyjson_arr_size (added);
  if (self->capacity > COSMOS_VOCABULARY_MAX_SIZE)
    return cosmos_error_set (self->err, COSMOS_STATUS_RANGE, "%s: a vocabulary of %zu tokens; at most %d are possible",
                             self->parts.path, self->capacity, COSMOS_VOCABULARY_MAX_SIZE);
  self->parts.tokens = calloc (self->capacity + 1, sizeof *self->parts.tokens);
  self->parts.types = calloc (self->capacity + 1, sizeof *self->parts.types);
  if (!self->parts.tokens || !self->parts.types)
    return out_of_memory (self);

  size_t i, n;
  yyjson_val *name, *value;
  yyjson_obj_foreach (vocabulary, i, n, name, value) {
    if (!place (self, name, value, COSMOS_TOKEN_TYPE_NORMAL))
      return false;
  }
  int n_added = 0, n_normalized = 0;
  yyjson_arr_foreach (added, i, n, value) {
    if (!place_added (self, value, &n_normalized))
      return false;
    n_added++;
  }
  for (size_t id = 0; id < self->parts.n_tokens; id++) {
    if (!self->parts.types[id])
      return cosmos_error_set (self->err, COSMOS_STATUS_FORMAT, "%s: no token has the id %zu", self->parts.path, id);
  }
  /* Normalized ones are looked for in a second round, and in WordPiece in the changed text. */
  if (n_normalized && (self->parts.wordpiece || n_normalized < n_added))
    return refuse (self, self->parts.wordpiece ? "WordPiece with added tokens that are" : "added_tokens of which only some are",
                   "normalized");
  return true;
}

/* A merge is ["a", "b"], in older files "a b". */
static bool read_merges (Reader *self, yyjson_val *merges)
{
  if (!yyjson_is_arr (merges))
    return malformed (self, "model.merges", "a list");
  size_t size = yyjson_arr_size (merges);
  if (size > COSMOS_BYTE_PAIR_MAX_MERGES)
    return cosmos_error_set (self->err, COSMOS_STATUS_RANGE, "%s: %zu merges; at most %d are possible", self->parts.path, size,
                             COSMOS_BYTE_PAIR_MAX_MERGES);
  self->parts.merges = malloc ((size + 1) * sizeof *self->parts.merges);
  if (!self->parts.merges)
    return out_of_memory (self);
  size_t i, n;
  yyjson_val *value;
  yyjson_arr_foreach (merges, i, n, value) {
    CosmosMerge *merge = &self->parts.merges[self->parts.n_merges++];
    yyjson_val *left = yyjson_arr_get (value, 0), *right = yyjson_arr_get (value, 1);
    if (yyjson_arr_size (value) == 2 && yyjson_is_str (left) && yyjson_is_str (right))
      *merge = (CosmosMerge) {string_of (left), string_of (right)};
    else if (!cosmos_merge_parse (string_of (value), merge))
      return cosmos_error_set (self->err, COSMOS_STATUS_FORMAT, "%s: model.merges: entry %zu is not two tokens", self->parts.path,
                               i);
  }
  return true;
}

static bool read_byte_level (Reader *self, yyjson_val *step)
{
  if (!is_type (step, "ByteLevel"))
    return refuse (self, "pre_tokenizer", type_of (step));
  if (!flag (step, "use_regex", true))
    return refuse (self, "pre_tokenizer ByteLevel without", "use_regex");
  self->parts.space_before = flag (step, "add_prefix_space", true);
  return true;
}

/* ByteLevel, or Digits one by one and then ByteLevel. */
static bool read_byte_pair_steps (Reader *self, yyjson_val *step)
{
  if (!is_type (step, "Sequence"))
    return read_byte_level (self, step);
  yyjson_val *steps = yyjson_obj_get (step, "pretokenizers");
  if (yyjson_arr_size (steps) == 1)
    return read_byte_level (self, yyjson_arr_get_first (steps));
  yyjson_val *digits = yyjson_arr_get_first (steps);
  if (yyjson_arr_size (steps) != 2 || !is_type (digits, "Digits"))
    return refuse (self, "pre_tokenizer Sequence that begins with", type_of (digits));
  if (!flag (digits, "individual_digits", false))
    return refuse (self, "pre_tokenizer Digits without", "individual_digits");
  if (!read_byte_level (self, yyjson_arr_get_last (steps)))
    return false;
  self->parts.split_numbers = true;
  if (self->parts.space_before)
    return refuse (self, "pre_tokenizer Digits with", "add_prefix_space");
  return true;
}

static bool read_byte_pair (Reader *self, yyjson_val *root, yyjson_val *model)
{
  static const char *const empty[] = {"continuing_subword_prefix", "end_of_word_suffix"};
  static const char *const off[] = {"byte_fallback", "ignore_merges"};
  for (size_t i = 0; i < sizeof empty / sizeof *empty; i++) {
    yyjson_val *value = yyjson_obj_get (model, empty[i]);
    if (!is_absent (value) && yyjson_get_len (value) > 0)
      return refuse (self, "model BPE with", empty[i]);
  }
  for (size_t i = 0; i < sizeof off / sizeof *off; i++) {
    if (flag (model, off[i], false))
      return refuse (self, "model BPE with", off[i]);
  }
  self->parts.needs_all_bytes = !is_absent (yyjson_obj_get (model, "unk_token"));
  yyjson_val *dropout = yyjson_obj_get (model, "dropout");
  if (!is_absent (dropout) && yyjson_get_num (dropout) != 0)
    return refuse (self, "model BPE with", "dropout");
  yyjson_val *normalizer = yyjson_obj_get (root, "normalizer"), *decoder = yyjson_obj_get (root, "decoder");
  if (!is_absent (normalizer))
    return refuse (self, "model BPE with normalizer", type_of (normalizer));
  if (!is_absent (decoder) && !is_type (decoder, "ByteLevel"))
    return refuse (self, "model BPE with decoder", type_of (decoder));
  return read_byte_pair_steps (self, yyjson_obj_get (root, "pre_tokenizer"))
         && read_merges (self, yyjson_obj_get (model, "merges"));
}

static bool read_wordpiece (Reader *self, yyjson_val *root, yyjson_val *model)
{
  yyjson_val *normalizer = yyjson_obj_get (root, "normalizer"), *decoder = yyjson_obj_get (root, "decoder");
  yyjson_val *pre_tokenizer = yyjson_obj_get (root, "pre_tokenizer");
  if (!is_type (normalizer, "BertNormalizer"))
    return refuse (self, "model WordPiece with normalizer", type_of (normalizer));
  if (!is_type (pre_tokenizer, "BertPreTokenizer"))
    return refuse (self, "model WordPiece with pre_tokenizer", type_of (pre_tokenizer));
  if (!is_absent (decoder) && (!is_type (decoder, "WordPiece") || !flag (decoder, "cleanup", true)))
    return refuse (self, "model WordPiece without clean-up, with decoder", type_of (decoder));
  static const char *const on[] = {"clean_text", "handle_chinese_chars"};
  for (size_t i = 0; i < sizeof on / sizeof *on; i++) {
    if (!flag (normalizer, on[i], true))
      return refuse (self, "BertNormalizer without", on[i]);
  }
  self->parts.lower_case = flag (normalizer, "lowercase", true);
  if (flag (normalizer, "strip_accents", self->parts.lower_case) != self->parts.lower_case)
    return refuse (self, "BertNormalizer with unlike lowercase and", "strip_accents");
  const char *prefix = yyjson_get_str (yyjson_obj_get (model, "continuing_subword_prefix"));
  if (prefix && strcmp (prefix, "##") != 0)
    return refuse (self, "continuing_subword_prefix", prefix);
  yyjson_val *most = yyjson_obj_get (model, "max_input_chars_per_word");
  if (!is_absent (most) && yyjson_get_uint (most) != COSMOS_WORDPIECE_MAX_CHARACTERS)
    return refuse (self, "WordPiece without 100 as", "max_input_chars_per_word");
  const char *unknown = yyjson_get_str (yyjson_obj_get (model, "unk_token"));
  if (unknown && strcmp (unknown, "[UNK]") != 0)
    return refuse (self, "unk_token", unknown);
  self->parts.wordpiece = true;
  return true;
}

/* [UNK] need not be an added token; then it is not looked for in texts. */
static void mark_unknown (Reader *self)
{
  for (size_t id = 0; id < self->parts.n_tokens && self->parts.wordpiece; id++) {
    CosmosGgufString token = self->parts.tokens[id];
    if (self->parts.types[id] == COSMOS_TOKEN_TYPE_NORMAL && token.length == 5 && memcmp (token.data, "[UNK]", 5) == 0)
      self->parts.types[id] = COSMOS_TOKEN_TYPE_UNKNOWN;
  }
}

static bool read_root (Reader *self, yyjson_val *root)
{
  yyjson_val *model = yyjson_obj_get (root, "model");
  if (!yyjson_is_obj (model))
    return malformed (self, "the file", "a tokenizer.json: it has no object \"model\"");
  bool ok;
  if (is_type (model, "BPE"))
    ok = read_byte_pair (self, root, model);
  else if (is_type (model, "WordPiece"))
    ok = read_wordpiece (self, root, model);
  else
    ok = refuse (self, "model", type_of (model));
  if (!ok || !read_tokens (self, yyjson_obj_get (model, "vocab"), yyjson_obj_get (root, "added_tokens")))
    return false;
  mark_unknown (self);
  return true;
}

CosmosTokenizer *cosmos_tokenizer_new_from_json_bytes (const void *data, size_t size, const char *path, CosmosError *err)
{
  if (size > MAX_FILE) {
    cosmos_error_set (err, COSMOS_STATUS_RANGE, "%s: %zu bytes are too many for a tokenizer.json; at most %d are possible", path,
                      size, MAX_FILE);
    return NULL;
  }
  yyjson_read_err bad;
  /* The flags do not allow yyjson to write to the data. */
  yyjson_doc *document = yyjson_read_opts ((char *) (uintptr_t) data, size, YYJSON_READ_NOFLAG, NULL, &bad);
  if (!document) {
    CosmosStatus code = bad.code == YYJSON_READ_ERROR_MEMORY_ALLOCATION ? COSMOS_STATUS_NO_MEMORY : COSMOS_STATUS_FORMAT;
    cosmos_error_set (err, code, "%s: this is not JSON at byte %zu: %s", path, bad.pos, bad.msg);
    return NULL;
  }
  Reader reader = {.parts = {.path = path, .find_specials = true}, .err = err};
  CosmosTokenizer *self = NULL;
  if (read_root (&reader, yyjson_doc_get_root (document)))
    self = cosmos_tokenizer_assemble (&reader.parts, err);
  cosmos_tokenizer_parts_clear (&reader.parts);
  yyjson_doc_free (document);
  return self;
}

CosmosTokenizer *cosmos_tokenizer_new_from_json (const char *path, CosmosError *err)
{
  CosmosMapping *mapping = cosmos_mapping_open (path, err);
  if (!mapping)
    return NULL;
  CosmosTokenizer *self = cosmos_tokenizer_new_from_json_bytes (cosmos_mapping_get_data (mapping),
                                                                cosmos_mapping_get_size (mapping), path, err);
  cosmos_mapping_free (mapping);
  return self;
}
