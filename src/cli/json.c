#include "cli/json.h"

#include "cli/progress.h"
#include "cli/say.h"
#include "cli/verb.h"
#include "core/base/utf8.h"
#include "core/text/text.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

CliJson cli_json_new (const char *verb)
{
  CliJson self = {.doc = yyjson_mut_doc_new (NULL)};
  self.root = yyjson_mut_obj (self.doc);
  yyjson_mut_doc_set_root (self.doc, self.root);
  cli_json_text (&self, self.root, "verb", verb);
  return self;
}

int cli_json_finish (CliJson *self)
{
  char *text = yyjson_mut_write (self->doc, 0, NULL);
  yyjson_mut_doc_free (self->doc);
  *self = (CliJson) {0};
  if (!text) {
    cli_say ("Out of memory for the JSON output");
    return CLI_FAILED;
  }
  cli_progress_clear ();
  puts (text);
  free (text);
  return cli_finish_output ();
}

void cli_json_text (CliJson *self, yyjson_mut_val *object, const char *key, const char *value)
{
  char *mended = value && !cosmos_utf8_is_valid (value, strlen (value), NULL) ? cosmos_text_from_bytes (value, strlen (value))
                                                                              : NULL;
  if (value)
    yyjson_mut_obj_add_strcpy (self->doc, object, key, mended ? mended : value);
  else
    yyjson_mut_obj_add_null (self->doc, object, key);
  free (mended);
}

void cli_json_number (CliJson *self, yyjson_mut_val *object, const char *key, double value)
{
  char digits[32];
  snprintf (digits, sizeof digits, "%.7g", value);
  if (isfinite (value))
    yyjson_mut_obj_add_real (self->doc, object, key, strtod (digits, NULL));
  else
    yyjson_mut_obj_add_null (self->doc, object, key);
}

void cli_json_integer (CliJson *self, yyjson_mut_val *object, const char *key, int64_t value)
{
  yyjson_mut_obj_add_int (self->doc, object, key, value);
}

void cli_json_bool (CliJson *self, yyjson_mut_val *object, const char *key, bool value)
{
  yyjson_mut_obj_add_bool (self->doc, object, key, value);
}

yyjson_mut_val *cli_json_array (CliJson *self, yyjson_mut_val *object, const char *key)
{
  return yyjson_mut_obj_add_arr (self->doc, object, key);
}

yyjson_mut_val *cli_json_object (CliJson *self, yyjson_mut_val *object, const char *key)
{
  return yyjson_mut_obj_add_obj (self->doc, object, key);
}

yyjson_mut_val *cli_json_append (CliJson *self, yyjson_mut_val *array)
{
  return yyjson_mut_arr_add_obj (self->doc, array);
}
