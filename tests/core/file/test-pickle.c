#include "core/file/pickle.h"

#include "bytes.h"

#define PROTO "\x80\x02"
#define ORDERED "ccollections\nOrderedDict\n)R"
/* A literal's bytes, zeros included. */
#define P(text) text, sizeof (text) - 1

static CosmosPickle *open_bytes (const char *data, size_t size, CosmosError *err)
{
  return cosmos_pickle_new (data, size, "test.pth", err);
}

/* The copy lives as long as the test program wants; the sanitizers see a read behind it. */
static CosmosPickle *assert_opens (const char *data, size_t size, char **copy)
{
  CosmosError err = {0};
  *copy = g_memdup2 (data, size);
  CosmosPickle *self = open_bytes (*copy, size, &err);
  g_assert_cmpstr (err.message, ==, "");
  g_assert_nonnull (self);
  return self;
}

static void assert_refused (const char *data, size_t size, CosmosStatus code, const char *words)
{
  CosmosError err = {0};
  g_autofree char *copy = g_memdup2 (data, size);
  g_assert_null (open_bytes (copy, size, &err));
  if (err.code != code || !strstr (err.message, words) || !g_str_has_prefix (err.message, "test.pth: "))
    g_error ("wanted \"%s\", got %d: %s", words, err.code, err.message);
}

/* A list of one value of each kind. */
static void values (void)
{
  g_autofree char *copy = NULL;
  CosmosPickle *self = assert_opens (P (PROTO "]("
                                              "N\x88\x89"
                                              "J\xfe\xff\xff\xff"
                                              "K\xff"
                                              "M\x34\x12"
                                              "\x8a\x06\x00\x00\x00\x00\x00\x01"
                                              "\x8a\x00"
                                              "\x8a\x01\xff"
                                              "G\x3f\xe0\x00\x00\x00\x00\x00\x00"
                                              "X\x02\x00\x00\x00\xc3\xbc"
                                              ")K\x01\x85K\x01K\x02\x86K\x01K\x02K\x03\x87(K\x01K\x02K\x03K\x04t"
                                              "ctorch\nSize\nK\x07\x85\x85R"
                                              "e."),
                                     &copy);
  const CosmosPickleValue *root = cosmos_pickle_get_root (self);
  g_assert_cmpint (root->kind, ==, COSMOS_PICKLE_LIST);
  g_assert_cmpuint (root->n, ==, 17);
  g_assert_cmpint (root->items[0]->kind, ==, COSMOS_PICKLE_NONE);
  g_assert_cmpint (root->items[1]->kind, ==, COSMOS_PICKLE_BOOLEAN);
  g_assert_cmpint (root->items[1]->integer, ==, 1);
  g_assert_cmpint (root->items[2]->integer, ==, 0);
  const int64_t integers[] = {-2, 255, 0x1234, (int64_t) 1 << 40, 0, -1};
  for (int i = 0; i < 6; i++) {
    g_assert_cmpint (root->items[3 + i]->kind, ==, COSMOS_PICKLE_INTEGER);
    g_assert_cmpint (root->items[3 + i]->integer, ==, integers[i]);
  }
  g_assert_cmpfloat (root->items[9]->number, ==, 0.5);
  g_assert_true (cosmos_pickle_is_text (root->items[10], "\u00fc"));
  for (guint n = 0; n <= 4; n++) {
    const CosmosPickleValue *tuple = root->items[11 + n];
    g_assert_cmpint (tuple->kind, ==, COSMOS_PICKLE_TUPLE);
    g_assert_cmpuint (tuple->n, ==, n);
    for (guint i = 0; i < n; i++)
      g_assert_cmpint (tuple->items[i]->integer, ==, i + 1);
  }
  g_assert_cmpint (root->items[16]->kind, ==, COSMOS_PICKLE_TUPLE); /* torch.Size ((7,)) */
  g_assert_cmpint (root->items[16]->items[0]->integer, ==, 7);
  cosmos_pickle_free (self);
}

static void dictionaries (void)
{
  g_autofree char *copy = NULL;
  CosmosPickle *self = assert_opens (P (PROTO "}("
                                              "X\x01\x00\x00\x00"
                                              "aK\x01"
                                              "X\x01\x00\x00\x00"
                                              "aK\x02"
                                              "uX\x01\x00\x00\x00"
                                              "b" ORDERED "K\x05K\x06s}bs."), /* b: an OrderedDict of 5: 6, with a state */
                                     &copy);
  const CosmosPickleValue *root = cosmos_pickle_get_root (self), *b = cosmos_pickle_find (root, "b");
  g_assert_cmpuint (root->n, ==, 6);
  g_assert_cmpint (cosmos_pickle_find (root, "a")->integer, ==, 2); /* the last one */
  g_assert_null (cosmos_pickle_find (root, "c"));
  g_assert_null (cosmos_pickle_find (root->items[1], "a"));
  g_assert_true (b->is_ordered);
  g_assert_cmpint (b->items[0]->integer, ==, 5);
  g_assert_cmpint (b->items[1]->integer, ==, 6);
  cosmos_pickle_free (self);
}

/* Numbers 0 .. 600 through the memo, put with one byte and with four, got back from the last to the first. */
static void memo (void)
{
  GByteArray *bytes = g_byte_array_new ();
  bytes_put (bytes, P (PROTO "]("));
  for (uint32_t i = 0; i < 600; i++) {
    bytes_u8 (bytes, 'J');
    bytes_u32 (bytes, i);
    bytes_u8 (bytes, i < 256 ? 'q' : 'r');
    if (i < 256)
      bytes_u8 (bytes, (uint8_t) i);
    else
      bytes_u32 (bytes, i);
  }
  for (uint32_t i = 600; i-- > 0;) {
    bytes_u8 (bytes, i < 256 ? 'h' : 'j');
    if (i < 256)
      bytes_u8 (bytes, (uint8_t) i);
    else
      bytes_u32 (bytes, i);
  }
  bytes_put (bytes, P ("e."));
  g_autofree char *copy = NULL;
  CosmosPickle *self = assert_opens ((const char *) bytes->data, bytes->len, &copy);
  const CosmosPickleValue *root = cosmos_pickle_get_root (self);
  g_assert_cmpuint (root->n, ==, 1200);
  for (uint32_t i = 0; i < 600; i++) {
    g_assert_cmpint (root->items[i]->integer, ==, i);
    g_assert_true (root->items[1199 - i] == root->items[i]);
  }
  cosmos_pickle_free (self);
  g_byte_array_unref (bytes);
}

/* Nothing was ever on the stack below it. */
static void empty_first (void)
{
  g_autofree char *copy = NULL;
  CosmosPickle *self = assert_opens (P (PROTO "(t."), &copy);
  g_assert_cmpint (cosmos_pickle_get_root (self)->kind, ==, COSMOS_PICKLE_TUPLE);
  g_assert_cmpuint (cosmos_pickle_get_root (self)->n, ==, 0);
  cosmos_pickle_free (self);
}

/* A list that holds itself is a value like others. */
static void cycle (void)
{
  g_autofree char *copy = NULL;
  CosmosPickle *self = assert_opens (P (PROTO "]q\x01h\x01"
                                              "a."),
                                     &copy);
  const CosmosPickleValue *root = cosmos_pickle_get_root (self);
  g_assert_true (root->items[0] == root);
  cosmos_pickle_free (self);
}

static void tensors (void)
{
  g_autofree char *copy = NULL;
  CosmosPickle *self = assert_opens (
      P (PROTO
         "ctorch._utils\n_rebuild_parameter\n(ctorch._utils\n_rebuild_tensor_v2\n((X\x07\x00\x00\x00storagectorch\nFloatStorage\n"
         "X\x01\x00\x00\x00"
         "0X\x03\x00\x00\x00"
         "cpuK\x06tQK\x00K\x02K\x03\x86K\x03K\x01\x86\x89" ORDERED "tR\x88" ORDERED "tR."),
      &copy);
  const CosmosPickleValue *root = cosmos_pickle_get_root (self);
  g_assert_cmpint (root->kind, ==, COSMOS_PICKLE_TENSOR);
  g_assert_cmpuint (root->n, ==, 6);
  g_assert_cmpint (root->items[0]->kind, ==, COSMOS_PICKLE_STORAGE);
  g_assert_cmpstr (root->items[0]->items[1]->global->name, ==, "FloatStorage");
  g_assert_cmpint (root->items[0]->items[4]->integer, ==, 6);
  cosmos_pickle_free (self);
}

/* Every instruction of pickle's that state dicts have no need of, by its name and place. */
static void instructions (void)
{
  static const struct {
    uint8_t code;
    const char *name;
  } refused[] = {
    {'0', "POP"},
    {'1', "POP_MARK"},
    {'2', "DUP"},
    {'B', "BINBYTES"},
    {'C', "SHORT_BINBYTES"},
    {'F', "FLOAT"},
    {'I', "INT"},
    {'L', "LONG"},
    {'P', "PERSID"},
    {'S', "STRING"},
    {'T', "BINSTRING"},
    {'U', "SHORT_BINSTRING"},
    {'V', "UNICODE"},
    {'d', "DICT"},
    {'g', "GET"},
    {'i', "INST"},
    {'l', "LIST"},
    {'o', "OBJ"},
    {'p', "PUT"},
    {0x81, "NEWOBJ"},
    {0x82, "EXT1"},
    {0x83, "EXT2"},
    {0x84, "EXT4"},
    {0x8b, "LONG4"},
    {0x8c, "SHORT_BINUNICODE"},
    {0x8d, "BINUNICODE8"},
    {0x8e, "BINBYTES8"},
    {0x8f, "EMPTY_SET"},
    {0x90, "ADDITEMS"},
    {0x91, "FROZENSET"},
    {0x92, "NEWOBJ_EX"},
    {0x93, "STACK_GLOBAL"},
    {0x94, "MEMOIZE"},
    {0x95, "FRAME"},
    {0x96, "BYTEARRAY8"},
    {0x97, "NEXT_BUFFER"},
    {0x98, "READONLY_BUFFER"},
  };
  for (guint i = 0; i < G_N_ELEMENTS (refused); i++) {
    char bytes[] = {(char) 0x80, 2, 'N', (char) refused[i].code, 0, 0, 0, 0, 0, 0, 0, 0, '\n', '\n', '.'};
    g_autofree char *words = g_strdup_printf ("the instruction %s at byte 3 ", refused[i].name);
    assert_refused (bytes, sizeof bytes, COSMOS_STATUS_UNSUPPORTED, words);
  }
  assert_refused (P (PROTO "\xff."), COSMOS_STATUS_FORMAT, "byte 2, 0xff, is no instruction");
}

static void globals (void)
{
  assert_refused (P (PROTO "cos\nsystem\nX\x02\x00\x00\x00ls\x85R."), COSMOS_STATUS_UNSUPPORTED,
                  "of the class or function os.system (byte 2 ");
  assert_refused (P (PROTO "cbuiltins\neval\n."), COSMOS_STATUS_UNSUPPORTED, "builtins.eval");
  assert_refused (P (PROTO "ctorch\nFloatStorage2\n."), COSMOS_STATUS_UNSUPPORTED, "torch.FloatStorage2");
  assert_refused (P (PROTO "ctorch._utils\n_rebuild_tensor\n."), COSMOS_STATUS_UNSUPPORTED, "torch._utils._rebuild_tensor");
  assert_refused (P (PROTO "ctorch"), COSMOS_STATUS_FORMAT, "a name has no end");
  assert_refused (P (PROTO "ctorch\nSize"), COSMOS_STATUS_FORMAT, "a name has no end");
}

static void calls (void)
{
  assert_refused (P (PROTO "N)R."), COSMOS_STATUS_FORMAT, "what is called is no function");
  assert_refused (P (PROTO "ccollections\nOrderedDict\nNR."), COSMOS_STATUS_FORMAT, "or has no arguments");
  assert_refused (P (PROTO "ccollections\nOrderedDict\nN\x85R."), COSMOS_STATUS_FORMAT,
                  "an OrderedDict that is made of arguments");
  assert_refused (P (PROTO "ctorch._utils\n_rebuild_parameter\nNNN\x87R."), COSMOS_STATUS_FORMAT,
                  "a Parameter that is not made of a tensor");
  assert_refused (P (PROTO "ctorch\nSize\n)R."), COSMOS_STATUS_FORMAT, "a torch.Size that is not made of a tuple");
  assert_refused (P (PROTO "ctorch\nByteStorage\n)R."), COSMOS_STATUS_FORMAT, "a storage is called");
  assert_refused (P (PROTO "}}b."), COSMOS_STATUS_FORMAT, "attributes are set of something else than an OrderedDict");
  assert_refused (P (PROTO "ctorch\nSize\n}b."), COSMOS_STATUS_FORMAT, "attributes are set");
  assert_refused (P (PROTO "NQ."), COSMOS_STATUS_FORMAT, "a persistent id is no tuple");
}

static void stack (void)
{
  static const char *const underflows[] = {"Q",  "R", "b",  "NR",  "Nb", "\x85", "N\x86", "NN\x87", "a",
                                           "]a", "s", "}s", "}Ns", "q",  "(q",   "]N(a",  "}NN(s",  "N(\x85"};
  for (guint i = 0; i < G_N_ELEMENTS (underflows); i++) {
    g_autofree char *pickle = g_strconcat (PROTO, underflows[i], strchr (underflows[i], 'q') ? "\x01." : ".", NULL);
    assert_refused (pickle, strlen (pickle), COSMOS_STATUS_FORMAT, "the stack is empty");
  }
  assert_refused (P (PROTO "Nt."), COSMOS_STATUS_FORMAT, "there is no mark");
  assert_refused (P (PROTO "]e."), COSMOS_STATUS_FORMAT, "there is no mark");
  assert_refused (P (PROTO "(e."), COSMOS_STATUS_FORMAT, "the stack is empty");
  assert_refused (P (PROTO "((u."), COSMOS_STATUS_FORMAT, "the stack is empty");
  assert_refused (P (PROTO "N(N."), COSMOS_STATUS_FORMAT, "not one value is left");
  assert_refused (P (PROTO "NN."), COSMOS_STATUS_FORMAT, "not one value is left");
  assert_refused (P (PROTO "."), COSMOS_STATUS_FORMAT, "not one value is left");
  assert_refused (P (PROTO "N.N"), COSMOS_STATUS_FORMAT, "bytes stand behind the end");
  assert_refused (P (PROTO ")Na."), COSMOS_STATUS_FORMAT, "only lists can be appended to");
  assert_refused (P (PROTO ")(Ne."), COSMOS_STATUS_FORMAT, "only lists can be appended to");
  assert_refused (P (PROTO "]K\x01Ns."), COSMOS_STATUS_FORMAT, "only dictionaries have keys");
  assert_refused (P (PROTO "}(K\x01u."), COSMOS_STATUS_FORMAT, "a key has no value");
  assert_refused (P (PROTO "}NNs."), COSMOS_STATUS_FORMAT, "a key is neither a text nor a whole number");
  assert_refused (P (PROTO "h\x00."), COSMOS_STATUS_FORMAT, "was not put in the memo");
  assert_refused (P (PROTO "Nq\x01h\x00\x86."), COSMOS_STATUS_FORMAT, "was not put in the memo"); /* the hole */
  assert_refused (P (PROTO "Nq\x02."), COSMOS_STATUS_FORMAT, "a place in the memo is left out");
  assert_refused (P (PROTO "Nr\xff\xff\xff\xff."), COSMOS_STATUS_FORMAT, "a place in the memo is left out");
}

static void limits (void)
{
  assert_refused (P (""), COSMOS_STATUS_CORRUPT, "cut off");
  assert_refused (P ("N."), COSMOS_STATUS_FORMAT, "does not begin as a pickle of protocol 2");
  assert_refused (P ("\x80\x04N."), COSMOS_STATUS_UNSUPPORTED, "protocol 4");
  assert_refused (P (PROTO PROTO "N."), COSMOS_STATUS_FORMAT, "the protocol is named twice");
  assert_refused (P (PROTO "\x8a\x09"
                           "123456789."),
                  COSMOS_STATUS_FORMAT, "a whole number is too large");
  assert_refused (P (PROTO "X\x01\x00\x00\x00\xff."), COSMOS_STATUS_FORMAT, "a text is not UTF-8");
  assert_refused (P (PROTO "X\xff\xff\xff\xff"
                           "a."),
                  COSMOS_STATUS_CORRUPT, "cut off in the instruction at byte 2");

  GByteArray *deep = g_byte_array_new ();
  bytes_put (deep, P (PROTO));
  for (int i = 0; i < 1000; i++)
    bytes_u8 (deep, '(');
  assert_refused ((const char *) deep->data, deep->len, COSMOS_STATUS_FORMAT, "values are nested too deeply");
  g_byte_array_unref (deep);

  GByteArray *many = g_byte_array_new ();
  bytes_put (many, P (PROTO "]"));
  for (int i = 0; i < (1 << 21); i++)
    bytes_put (many, P ("Na"));
  assert_refused ((const char *) many->data, many->len, COSMOS_STATUS_RANGE, "more than 4194304 instructions");
  g_byte_array_unref (many);
}

/* A real one, cut at every byte. */
static void cut_off (void)
{
  const char pickle[] = PROTO "}q\x00(X\x01\x00\x00\x00"
                              "aG\x3f\xe0\x00\x00\x00\x00\x00\x00X\x01\x00\x00\x00"
                              "bM\x01\x02"
                              "u.";
  g_autofree char *copy = NULL;
  cosmos_pickle_free (assert_opens (pickle, sizeof pickle - 1, &copy));
  for (size_t n = 0; n < sizeof pickle - 1; n++)
    assert_refused (pickle, n, COSMOS_STATUS_CORRUPT, "the pickle is cut off");
}

int main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/pickle/values", values);
  g_test_add_func ("/pickle/dictionaries", dictionaries);
  g_test_add_func ("/pickle/memo", memo);
  g_test_add_func ("/pickle/empty-first", empty_first);
  g_test_add_func ("/pickle/cycle", cycle);
  g_test_add_func ("/pickle/tensors", tensors);
  g_test_add_func ("/pickle/instructions", instructions);
  g_test_add_func ("/pickle/globals", globals);
  g_test_add_func ("/pickle/calls", calls);
  g_test_add_func ("/pickle/stack", stack);
  g_test_add_func ("/pickle/limits", limits);
  g_test_add_func ("/pickle/cut-off", cut_off);
  return g_test_run ();
}
