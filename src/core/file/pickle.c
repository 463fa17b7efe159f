#include "core/file/pickle.h"

#include "core/base/arena.h"
#include "core/base/utf8.h"

#include <stdlib.h>
#include <string.h>

/* A checkpoint with its optimiser's state has some 300,000 instructions. All memory that is taken is in proportion to their number. */
enum { MAX_INSTRUCTIONS = 1 << 22, MAX_DEPTH = 256, MAX_LINE = 256, PROTOCOL = 2 };

struct CosmosPickle {
  CosmosArena *arena;
  CosmosPickleValue *root;
};

typedef struct {
  CosmosPickleValue **items;
  size_t n, capacity;
} Values;

typedef struct {
  CosmosArena *arena;
  const unsigned char *data;
  size_t size, at;
  size_t instruction; /* the offset of the present one */
  Values stack, memo; /* the memo may have holes */
  size_t marks[MAX_DEPTH], n_marks;
  bool is_done;
  const char *path;
  CosmosError *err;
} Machine;

static CosmosPickleValue none = {.kind = COSMOS_PICKLE_NONE};

/* ---- refusing ---- */

static bool out_of_memory (const Machine *self)
{
  return cosmos_error_set (self->err, COSMOS_STATUS_NO_MEMORY, "%s: out of memory", self->path);
}

static bool refuse (const Machine *self, const char *what)
{
  return cosmos_error_set (self->err, COSMOS_STATUS_FORMAT, "%s: the pickle is damaged or no checkpoint's: byte %zu: %s",
                           self->path, self->instruction, what);
}

/* ---- bytes ---- */

/* The next n bytes, or NULL. */
static const unsigned char *take (Machine *self, size_t n)
{
  if (n > self->size - self->at) {
    cosmos_error_set (self->err, COSMOS_STATUS_CORRUPT, "%s: the pickle is cut off in the instruction at byte %zu", self->path,
                      self->instruction);
    return NULL;
  }
  self->at += n;
  return self->data + self->at - n;
}

/* n little-endian bytes, n <= 8, as an unsigned number. */
static bool take_number (Machine *self, size_t n, uint64_t *number)
{
  const unsigned char *bytes = take (self, n);
  if (!bytes)
    return false;
  *number = 0;
  memcpy (number, bytes, n);
  return true;
}

/* A text up to the next line break, which is taken, too. */
static const char *take_line (Machine *self, size_t *length)
{
  const unsigned char *start = self->data + self->at;
  size_t left = self->size - self->at, most = left < MAX_LINE ? left : MAX_LINE;
  const unsigned char *end = memchr (start, '\n', most);
  if (!end) {
    refuse (self, "a name has no end");
    return NULL;
  }
  *length = (size_t) (end - start);
  return (const char *) take (self, *length + 1);
}

/* ---- stack and memo ---- */

static bool reserve (Machine *self, Values *values, size_t n)
{
  if (n <= values->capacity)
    return true;
  size_t capacity = values->capacity ? values->capacity : 256;
  while (capacity < n)
    capacity *= 2;
  CosmosPickleValue **items = realloc (values->items, capacity * sizeof *items);
  if (!items)
    return out_of_memory (self);
  values->items = items;
  values->capacity = capacity;
  return true;
}

static bool push (Machine *self, CosmosPickleValue *value)
{
  if (!value || !reserve (self, &self->stack, self->stack.n + 1))
    return false;
  self->stack.items[self->stack.n++] = value;
  return true;
}

/* Values above the last mark. */
static size_t count_free (const Machine *self)
{
  return self->stack.n - (self->n_marks ? self->marks[self->n_marks - 1] : 0);
}

/* The topmost n values become the caller's, and *below what is then on top. below may be NULL. */
static CosmosPickleValue **pop (Machine *self, size_t n, CosmosPickleValue **below)
{
  if (count_free (self) < n + (below != NULL)) {
    refuse (self, "the stack is empty");
    return NULL;
  }
  self->stack.n -= n;
  if (below)
    *below = self->stack.items[self->stack.n - 1];
  return self->stack.items + self->stack.n;
}

/* The same with all values above the last mark, which is taken away. */
static CosmosPickleValue **pop_mark (Machine *self, size_t *n, CosmosPickleValue **below)
{
  if (self->n_marks == 0) {
    refuse (self, "there is no mark");
    return NULL;
  }
  *n = count_free (self);
  self->n_marks--;
  self->stack.n -= *n; /* what lies below belongs to the mark before */
  if (below && count_free (self) == 0) {
    refuse (self, "the stack is empty");
    return NULL;
  }
  if (below)
    *below = self->stack.items[self->stack.n - 1];
  return self->stack.items + self->stack.n;
}

/* ---- values ---- */

static CosmosPickleValue *new_value (Machine *self, CosmosPickleValue value)
{
  CosmosPickleValue *made = cosmos_arena_alloc (self->arena, sizeof *made);
  if (!made) {
    out_of_memory (self);
    return NULL;
  }
  *made = value;
  return made;
}

static bool push_new (Machine *self, CosmosPickleValue value)
{
  return push (self, new_value (self, value));
}

static bool push_integer (Machine *self, int64_t integer)
{
  return push_new (self, (CosmosPickleValue) {.kind = COSMOS_PICKLE_INTEGER, .integer = integer});
}

static bool add_items (Machine *self, CosmosPickleValue *value, CosmosPickleValue *const *items, size_t n)
{
  if (value->n + n > value->capacity) {
    size_t capacity = value->capacity ? value->capacity : n;
    while (capacity < value->n + n)
      capacity *= 2;
    CosmosPickleValue **moved = cosmos_arena_alloc (self->arena, capacity * sizeof *moved);
    if (!moved)
      return out_of_memory (self);
    if (value->n)
      memcpy (moved, value->items, value->n * sizeof *moved);
    value->items = moved;
    value->capacity = capacity;
  }
  if (n)
    memcpy (value->items + value->n, items, n * sizeof *items);
  value->n += n;
  return true;
}

/* items may lie just above the stack's end. */
static bool push_tuple (Machine *self, CosmosPickleValue *const *items, size_t n)
{
  CosmosPickleValue *tuple = items ? new_value (self, (CosmosPickleValue) {.kind = COSMOS_PICKLE_TUPLE}) : NULL;
  return tuple && add_items (self, tuple, items, n) && push (self, tuple);
}

static bool append (Machine *self, CosmosPickleValue *list, CosmosPickleValue *const *items, size_t n)
{
  if (list->kind != COSMOS_PICKLE_LIST)
    return refuse (self, "only lists can be appended to");
  return add_items (self, list, items, n);
}

static bool set_items (Machine *self, CosmosPickleValue *dict, CosmosPickleValue *const *items, size_t n)
{
  if (dict->kind != COSMOS_PICKLE_DICT)
    return refuse (self, "only dictionaries have keys");
  if (n % 2)
    return refuse (self, "a key has no value");
  for (size_t i = 0; i < n; i += 2)
    if (items[i]->kind != COSMOS_PICKLE_TEXT && items[i]->kind != COSMOS_PICKLE_INTEGER)
      return refuse (self, "a key is neither a text nor a whole number");
  return add_items (self, dict, items, n);
}

/* ---- classes and functions ---- */

static const CosmosPickleGlobal globals[] = {
  {"collections", "OrderedDict"},
  {"torch._utils", "_rebuild_tensor_v2"},
  {"torch._utils", "_rebuild_parameter"},
  {"torch", "Size"},
  {"torch", "FloatStorage"},
  {"torch", "DoubleStorage"},
  {"torch", "HalfStorage"},
  {"torch", "BFloat16Storage"},
  {"torch", "LongStorage"},
  {"torch", "IntStorage"},
  {"torch", "ShortStorage"},
  {"torch", "CharStorage"},
  {"torch", "ByteStorage"},
  {"torch", "BoolStorage"},
};

enum { ORDERED_DICT, REBUILD_TENSOR, REBUILD_PARAMETER, SIZE, N_GLOBALS = sizeof globals / sizeof *globals };

static bool is (const char *known, const char *text, size_t length)
{
  return strlen (known) == length && memcmp (known, text, length) == 0;
}

static bool run_global (Machine *self)
{
  size_t module_length, name_length;
  const char *module = take_line (self, &module_length), *name = module ? take_line (self, &name_length) : NULL;
  if (!name)
    return false;
  for (int i = 0; i < N_GLOBALS; i++)
    if (is (globals[i].module, module, module_length) && is (globals[i].name, name, name_length))
      return push_new (self, (CosmosPickleValue) {.kind = COSMOS_PICKLE_GLOBAL, .global = &globals[i]});
  return cosmos_error_set (
      self->err, COSMOS_STATUS_UNSUPPORTED,
      "%s: holds an object of the class or function %.*s.%.*s (byte %zu of its pickle), which a checkpoint of "
      "weights has no need of; save only state_dict () in PyTorch",
      self->path, (int) module_length, module, (int) name_length, name, self->instruction);
}

/* What calling a global with arguments makes. */
static bool run_reduce (Machine *self)
{
  CosmosPickleValue *function, **popped = pop (self, 1, &function), *arguments = popped ? *popped : NULL;
  if (!arguments)
    return false;
  if (function->kind != COSMOS_PICKLE_GLOBAL || arguments->kind != COSMOS_PICKLE_TUPLE)
    return refuse (self, "what is called is no function, or has no arguments");
  self->stack.n--; /* the function */
  CosmosPickleValue *made = arguments;
  switch (function->global - globals) {
  case ORDERED_DICT:
    if (arguments->n)
      return refuse (self, "an OrderedDict that is made of arguments");
    made = new_value (self, (CosmosPickleValue) {.kind = COSMOS_PICKLE_DICT, .is_ordered = true});
    break;
  case REBUILD_TENSOR:
    made = new_value (self, *arguments);
    if (made)
      made->kind = COSMOS_PICKLE_TENSOR;
    break;
  case REBUILD_PARAMETER:
    if (arguments->n != 3 || arguments->items[0]->kind != COSMOS_PICKLE_TENSOR)
      return refuse (self, "a Parameter that is not made of a tensor");
    made = arguments->items[0];
    break;
  case SIZE: /* of one argument, a tuple */
    if (arguments->n != 1 || arguments->items[0]->kind != COSMOS_PICKLE_TUPLE)
      return refuse (self, "a torch.Size that is not made of a tuple");
    made = arguments->items[0];
    break;
  default:
    return refuse (self, "a storage is called");
  }
  return push (self, made);
}

/* The state of an OrderedDict is what modules note about their versions. */
static bool run_build (Machine *self)
{
  CosmosPickleValue *object;
  if (!pop (self, 1, &object))
    return false;
  return (object->kind == COSMOS_PICKLE_DICT && object->is_ordered)
         || refuse (self, "attributes are set of something else than an OrderedDict");
}

static bool run_persistent_id (Machine *self)
{
  CosmosPickleValue **id = pop (self, 1, NULL);
  if (!id)
    return false;
  if ((*id)->kind != COSMOS_PICKLE_TUPLE)
    return refuse (self, "a persistent id is no tuple");
  CosmosPickleValue storage = **id;
  storage.kind = COSMOS_PICKLE_STORAGE;
  return push_new (self, storage);
}

/* ---- the other instructions ---- */

static bool run_protocol (Machine *self)
{
  uint64_t version;
  if (self->instruction != 0)
    return refuse (self, "the protocol is named twice");
  if (!take_number (self, 1, &version))
    return false;
  return version == PROTOCOL
         || cosmos_error_set (self->err, COSMOS_STATUS_UNSUPPORTED,
                              "%s: is pickled with protocol %d; save it in PyTorch with the usual one, %d", self->path,
                              (int) version, PROTOCOL);
}

static bool run_stop (Machine *self)
{
  self->is_done = true;
  if (self->n_marks || self->stack.n != 1)
    return refuse (self, "not one value is left at the end");
  return self->at == self->size || refuse (self, "bytes stand behind the end");
}

static bool run_mark (Machine *self)
{
  if (self->n_marks == MAX_DEPTH)
    return refuse (self, "values are nested too deeply");
  self->marks[self->n_marks++] = self->stack.n;
  return true;
}

static bool run_none (Machine *self)
{
  return push (self, &none);
}

static bool run_true (Machine *self)
{
  return push_new (self, (CosmosPickleValue) {.kind = COSMOS_PICKLE_BOOLEAN, .integer = 1});
}

static bool run_false (Machine *self)
{
  return push_new (self, (CosmosPickleValue) {.kind = COSMOS_PICKLE_BOOLEAN, .integer = 0});
}

static bool run_int4 (Machine *self)
{
  uint64_t number;
  return take_number (self, 4, &number) && push_integer (self, (int32_t) (uint32_t) number);
}

static bool run_int1 (Machine *self)
{
  uint64_t number;
  return take_number (self, 1, &number) && push_integer (self, (int64_t) number);
}

static bool run_int2 (Machine *self)
{
  uint64_t number;
  return take_number (self, 2, &number) && push_integer (self, (int64_t) number);
}

/* Two's complement in as many bytes as it takes. */
static bool run_long (Machine *self)
{
  uint64_t length, number;
  if (!take_number (self, 1, &length))
    return false;
  if (length > sizeof number)
    return refuse (self, "a whole number is too large");
  if (!take_number (self, length, &number))
    return false;
  unsigned unused = 64 - 8 * (unsigned) length;
  return push_integer (self, length ? (int64_t) (number << unused) >> unused : 0);
}

static bool run_float (Machine *self)
{
  uint64_t bits;
  double number;
  if (!take_number (self, 8, &bits))
    return false;
  bits = __builtin_bswap64 (bits); /* the one big-endian thing */
  memcpy (&number, &bits, sizeof number);
  return push_new (self, (CosmosPickleValue) {.kind = COSMOS_PICKLE_NUMBER, .number = number});
}

static bool run_text (Machine *self)
{
  uint64_t length;
  const char *text = take_number (self, 4, &length) ? (const char *) take (self, length) : NULL;
  if (!text)
    return false;
  if (!cosmos_utf8_is_valid (text, length, NULL))
    return refuse (self, "a text is not UTF-8");
  return push_new (self, (CosmosPickleValue) {.kind = COSMOS_PICKLE_TEXT, .text = {text, length}});
}

static bool run_empty_tuple (Machine *self)
{
  return push_new (self, (CosmosPickleValue) {.kind = COSMOS_PICKLE_TUPLE});
}

static bool run_tuple1 (Machine *self)
{
  return push_tuple (self, pop (self, 1, NULL), 1);
}

static bool run_tuple2 (Machine *self)
{
  return push_tuple (self, pop (self, 2, NULL), 2);
}

static bool run_tuple3 (Machine *self)
{
  return push_tuple (self, pop (self, 3, NULL), 3);
}

static bool run_tuple (Machine *self)
{
  size_t n;
  CosmosPickleValue **items = pop_mark (self, &n, NULL);
  return items && push_tuple (self, items, n);
}

static bool run_empty_list (Machine *self)
{
  return push_new (self, (CosmosPickleValue) {.kind = COSMOS_PICKLE_LIST});
}

static bool run_append (Machine *self)
{
  CosmosPickleValue *list, **items = pop (self, 1, &list);
  return items && append (self, list, items, 1);
}

static bool run_appends (Machine *self)
{
  size_t n;
  CosmosPickleValue *list, **items = pop_mark (self, &n, &list);
  return items && append (self, list, items, n);
}

static bool run_empty_dict (Machine *self)
{
  return push_new (self, (CosmosPickleValue) {.kind = COSMOS_PICKLE_DICT});
}

static bool run_set_item (Machine *self)
{
  CosmosPickleValue *dict, **items = pop (self, 2, &dict);
  return items && set_items (self, dict, items, 2);
}

static bool run_set_items (Machine *self)
{
  size_t n;
  CosmosPickleValue *dict, **items = pop_mark (self, &n, &dict);
  return items && set_items (self, dict, items, n);
}

static bool get (Machine *self, uint64_t index)
{
  if (index >= self->memo.n || !self->memo.items[index])
    return refuse (self, "a value is asked for that was not put in the memo");
  return push (self, self->memo.items[index]);
}

/* Writers count up, from 0 or 1: an index never says how large the memo is to be. */
static bool put (Machine *self, uint64_t index)
{
  if (count_free (self) == 0)
    return refuse (self, "the stack is empty");
  if (index > self->memo.n + 1)
    return refuse (self, "a place in the memo is left out");
  if (!reserve (self, &self->memo, index + 1))
    return false;
  while (self->memo.n <= index)
    self->memo.items[self->memo.n++] = NULL;
  self->memo.items[index] = self->stack.items[self->stack.n - 1];
  return true;
}

static bool run_get1 (Machine *self)
{
  uint64_t index;
  return take_number (self, 1, &index) && get (self, index);
}

static bool run_get4 (Machine *self)
{
  uint64_t index;
  return take_number (self, 4, &index) && get (self, index);
}

static bool run_put1 (Machine *self)
{
  uint64_t index;
  return take_number (self, 1, &index) && put (self, index);
}

static bool run_put4 (Machine *self)
{
  uint64_t index;
  return take_number (self, 4, &index) && put (self, index);
}

/* Names as in Python's pickletools; those without a function are refused. */
static const struct {
  const char *name;
  bool (*run) (Machine *self);
} instructions[256] = {
  [0x80] = {"PROTO", run_protocol},
  ['.'] = {"STOP", run_stop},
  ['('] = {"MARK", run_mark},
  ['N'] = {"NONE", run_none},
  [0x88] = {"NEWTRUE", run_true},
  [0x89] = {"NEWFALSE", run_false},
  ['J'] = {"BININT", run_int4},
  ['K'] = {"BININT1", run_int1},
  ['M'] = {"BININT2", run_int2},
  [0x8a] = {"LONG1", run_long},
  ['G'] = {"BINFLOAT", run_float},
  ['X'] = {"BINUNICODE", run_text},
  [')'] = {"EMPTY_TUPLE", run_empty_tuple},
  [0x85] = {"TUPLE1", run_tuple1},
  [0x86] = {"TUPLE2", run_tuple2},
  [0x87] = {"TUPLE3", run_tuple3},
  ['t'] = {"TUPLE", run_tuple},
  [']'] = {"EMPTY_LIST", run_empty_list},
  ['a'] = {"APPEND", run_append},
  ['e'] = {"APPENDS", run_appends},
  ['}'] = {"EMPTY_DICT", run_empty_dict},
  ['s'] = {"SETITEM", run_set_item},
  ['u'] = {"SETITEMS", run_set_items},
  ['h'] = {"BINGET", run_get1},
  ['j'] = {"LONG_BINGET", run_get4},
  ['q'] = {"BINPUT", run_put1},
  ['r'] = {"LONG_BINPUT", run_put4},
  ['c'] = {"GLOBAL", run_global},
  ['R'] = {"REDUCE", run_reduce},
  ['b'] = {"BUILD", run_build},
  ['Q'] = {"BINPERSID", run_persistent_id},
  ['0'] = {"POP", NULL},
  ['1'] = {"POP_MARK", NULL},
  ['2'] = {"DUP", NULL},
  ['B'] = {"BINBYTES", NULL},
  ['C'] = {"SHORT_BINBYTES", NULL},
  ['F'] = {"FLOAT", NULL},
  ['I'] = {"INT", NULL},
  ['L'] = {"LONG", NULL},
  ['P'] = {"PERSID", NULL},
  ['S'] = {"STRING", NULL},
  ['T'] = {"BINSTRING", NULL},
  ['U'] = {"SHORT_BINSTRING", NULL},
  ['V'] = {"UNICODE", NULL},
  ['d'] = {"DICT", NULL},
  ['g'] = {"GET", NULL},
  ['i'] = {"INST", NULL},
  ['l'] = {"LIST", NULL},
  ['o'] = {"OBJ", NULL},
  ['p'] = {"PUT", NULL},
  [0x81] = {"NEWOBJ", NULL},
  [0x82] = {"EXT1", NULL},
  [0x83] = {"EXT2", NULL},
  [0x84] = {"EXT4", NULL},
  [0x8b] = {"LONG4", NULL},
  [0x8c] = {"SHORT_BINUNICODE", NULL},
  [0x8d] = {"BINUNICODE8", NULL},
  [0x8e] = {"BINBYTES8", NULL},
  [0x8f] = {"EMPTY_SET", NULL},
  [0x90] = {"ADDITEMS", NULL},
  [0x91] = {"FROZENSET", NULL},
  [0x92] = {"NEWOBJ_EX", NULL},
  [0x93] = {"STACK_GLOBAL", NULL},
  [0x94] = {"MEMOIZE", NULL},
  [0x95] = {"FRAME", NULL},
  [0x96] = {"BYTEARRAY8", NULL},
  [0x97] = {"NEXT_BUFFER", NULL},
  [0x98] = {"READONLY_BUFFER", NULL},
};

static bool run_instruction (Machine *self)
{
  self->instruction = self->at;
  const unsigned char *code = take (self, 1);
  if (!code)
    return false;
  if (self->instruction == 0 && *code != 0x80)
    return refuse (self, "does not begin as a pickle of protocol 2");
  if (!instructions[*code].name)
    return cosmos_error_set (self->err, COSMOS_STATUS_FORMAT, "%s: the pickle is damaged: byte %zu, 0x%02x, is no instruction",
                             self->path, self->instruction, *code);
  if (!instructions[*code].run)
    return cosmos_error_set (self->err, COSMOS_STATUS_UNSUPPORTED,
                             "%s: the instruction %s at byte %zu of the pickle is none that a checkpoint of weights needs; save "
                             "only state_dict () in PyTorch",
                             self->path, instructions[*code].name, self->instruction);
  return instructions[*code].run (self);
}

static bool run (Machine *self)
{
  for (int n = 0; !self->is_done; n++) {
    if (n == MAX_INSTRUCTIONS)
      return cosmos_error_set (self->err, COSMOS_STATUS_RANGE, "%s: the pickle has more than %d instructions", self->path,
                               MAX_INSTRUCTIONS);
    if (!run_instruction (self))
      return false;
  }
  return true;
}

CosmosPickle *cosmos_pickle_new (const void *data, size_t size, const char *path, CosmosError *err)
{
  CosmosPickle *self = calloc (1, sizeof *self);
  CosmosArena *arena = self ? cosmos_arena_new (1 << 16) : NULL;
  Machine machine = {.arena = arena, .data = data, .size = size, .path = path, .err = err};
  /* Functions that pop give a place on the stack, or NULL for a failure: it must be there. */
  bool ok = arena ? reserve (&machine, &machine.stack, 1) && run (&machine) : out_of_memory (&machine);
  if (ok)
    *self = (CosmosPickle) {arena, machine.stack.items[0]};
  free (machine.stack.items);
  free (machine.memo.items);
  if (ok)
    return self;
  cosmos_arena_free (arena);
  free (self);
  return NULL;
}

void cosmos_pickle_free (CosmosPickle *self)
{
  if (!self)
    return;
  cosmos_arena_free (self->arena);
  free (self);
}

const CosmosPickleValue *cosmos_pickle_get_root (const CosmosPickle *self)
{
  return self->root;
}

bool cosmos_pickle_is_text (const CosmosPickleValue *self, const char *text)
{
  return self->kind == COSMOS_PICKLE_TEXT && is (text, self->text.data, self->text.length);
}

const CosmosPickleValue *cosmos_pickle_find (const CosmosPickleValue *self, const char *key)
{
  for (size_t i = self->kind == COSMOS_PICKLE_DICT ? self->n : 0; i > 0; i -= 2)
    if (cosmos_pickle_is_text (self->items[i - 2], key))
      return self->items[i - 1];
  return NULL;
}
