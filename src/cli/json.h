/* JSON on stdout: an object a line. Numbers are rounded to what they are worth, what cannot be said is null. */
#pragma once

#include <stdbool.h>
#include <yyjson.h>

typedef struct {
  yyjson_mut_doc *doc;
  yyjson_mut_val *root; /* an object */
} CliJson;

/* Begins an object {"verb": verb}. Running out of memory is noticed by finish. */
CliJson cli_json_new (const char *verb);
/* Prints the object and a line end, and frees it -> exit code. */
int cli_json_finish (CliJson *self);

/* Values are copied, keys are not; NULL becomes null, a number that is not finite too, bytes that are not UTF-8 become U+FFFD. */
void cli_json_text (CliJson *self, yyjson_mut_val *object, const char *key, const char *value);
/* Seven significant digits. */
void cli_json_number (CliJson *self, yyjson_mut_val *object, const char *key, double value);
void cli_json_integer (CliJson *self, yyjson_mut_val *object, const char *key, int64_t value);
void cli_json_bool (CliJson *self, yyjson_mut_val *object, const char *key, bool value);
yyjson_mut_val *cli_json_array (CliJson *self, yyjson_mut_val *object, const char *key);
yyjson_mut_val *cli_json_object (CliJson *self, yyjson_mut_val *object, const char *key);
/* An object at the end of an array. */
yyjson_mut_val *cli_json_append (CliJson *self, yyjson_mut_val *array);
