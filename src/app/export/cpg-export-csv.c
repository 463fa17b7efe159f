/* RFC 4180: commas, CRLF, quotes where a cell needs them; columns have the names that docs/export.md has, in no language. */
#include "app/export/cpg-export-private.h"

#include <math.h>

/* What begins like this is computed by a spreadsheet; the wide forms too, in some languages. */
static gboolean looks_like_formula (const char *text)
{
  gunichar first = g_utf8_get_char (text);
  return first
         && (strchr ("=+-@\t\r", (int) MIN (first, 127)) || first == 0xff1d || first == 0xff0b || first == 0xff0d
             || first == 0xff20);
}

static void end_cell (GString *line)
{
  g_string_append_c (line, ',');
}

static void end_line (GString *text)
{
  g_string_truncate (text, text->len - 1);
  g_string_append (text, "\r\n");
}

/* An apostrophe before it makes any spreadsheet take it for text. */
static void add_text (GString *line, const char *cell)
{
  g_autofree char *valid = g_utf8_make_valid (cell ? cell : "", -1);
  gboolean disarmed = looks_like_formula (valid), quoted = strpbrk (valid, ",\"\r\n") || valid[0] == ' ';
  if (quoted)
    g_string_append_c (line, '"');
  if (disarmed)
    g_string_append_c (line, '\'');
  for (const char *c = valid; *c; c++) {
    if (*c == '"')
      g_string_append_c (line, '"');
    g_string_append_c (line, *c);
  }
  if (quoted)
    g_string_append_c (line, '"');
  end_cell (line);
}

/* Empty where there is none. The same in every locale. */
static void add_number (GString *line, double value)
{
  char digits[G_ASCII_DTOSTR_BUF_SIZE];
  if (isfinite (value))
    g_string_append (line, g_ascii_dtostr (digits, sizeof digits, value));
  end_cell (line);
}

static void add_integer (GString *line, int value)
{
  g_string_append_printf (line, "%d", value);
  end_cell (line);
}

static void add_names (GString *text, const char *const *names)
{
  for (; *names; names++)
    add_text (text, *names);
}

static void add_step (GString *text, const CpgRecordStep *step)
{
  add_integer (text, step->index + 1);
  add_number (text, step->t);
  add_number (text, step->alpha);
  add_number (text, step->sigma);
  add_number (text, step->index > 0 ? step->change : NAN);
  add_number (text, step->seconds);
  add_number (text, step->confidence);
  add_number (text, step->entropy);
  add_integer (text, step->n_tokens);
  add_integer (text, step->n_changed);
  add_integer (text, step->n_settled);
  add_text (text, step->text);
  end_line (text);
}

static void add_token (GString *text, const CpgToken *token)
{
  add_integer (text, token->position);
  add_integer (text, token->guess.id);
  add_text (text, token->text);
  add_number (text, (double) token->guess.probability);
  add_number (text, (double) token->guess.entropy);
  add_text (text, cpg_record_name_mark (token->mark));
  for (int i = 0; i < COSMOS_TOP_K; i++) {
    gboolean is = token->guess.top[i] >= 0;
    add_text (text, is ? token->top_text[i] : "");
    add_number (text, is ? (double) token->guess.top_probability[i] : NAN);
  }
  end_line (text);
}

static gboolean add_steps (CpgExportWork *work, GString *text, GError **error)
{
  static const char *const names[] = {"step",    "t",      "alpha",   "sigma",   "change", "seconds", "confidence",
                                      "entropy", "tokens", "changed", "settled", "text",   NULL};
  const CpgRecord *record = work->record;
  add_names (text, names);
  end_line (text);
  for (int i = 0; i < record->n_steps; i++) {
    if (!cpg_export_work_go_on (work, (double) i / record->n_steps, error))
      return FALSE;
    add_step (text, &record->steps[i]);
  }
  return TRUE;
}

static void add_tokens (const CpgRecordStep *step, GString *text)
{
  static const char *const names[] = {"position", "id", "text", "probability", "entropy", "mark", NULL};
  add_names (text, names);
  for (int i = 1; i <= COSMOS_TOP_K; i++)
    g_string_append_printf (text, "alternative-%d,alternative-%d-probability,", i, i);
  end_line (text);
  for (int i = 0; i < step->n_tokens; i++)
    add_token (text, &step->tokens[i]);
}

GBytes *cpg_export_make_csv (CpgExportWork *work, GError **error)
{
  g_autoptr (GString) text = g_string_new (NULL);
  if (!work->whole_run)
    add_tokens (&work->record->steps[work->record->current], text);
  else if (!add_steps (work, text, error))
    return NULL;
  return g_string_free_to_bytes (g_steal_pointer (&text));
}
