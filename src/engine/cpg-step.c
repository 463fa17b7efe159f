#include "engine/cpg-step-private.h"
#include "engine/cpg-token-private.h"

struct _CpgStep {
  GObject parent_instance;
  CpgJob *job;
  CosmosStep numbers;
  CosmosShow show;
  const CosmosDecoding *decodings[2]; /* by show; the trajectory's */
  CpgToken *tokens;                   /* of the shown one, n_tokens of it, once marked */
  int n_changed, n_settled;
};

G_DEFINE_FINAL_TYPE (CpgStep, cpg_step, G_TYPE_OBJECT)

enum { PROP_DECODED = 1, PROP_TEXT, N_PROPS };
static GParamSpec *props[N_PROPS];

static void get_property (GObject *object, guint id, GValue *value, GParamSpec *spec)
{
  CpgStep *self = CPG_STEP (object);
  switch (id) {
  case PROP_DECODED:
    g_value_set_boolean (value, cpg_step_is_decoded (self));
    break;
  case PROP_TEXT:
    g_value_set_string (value, cpg_step_get_text (self));
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, spec);
  }
}

static void finalize (GObject *object)
{
  CpgStep *self = CPG_STEP (object);
  g_free (self->tokens);
  cpg_job_unref (self->job);
  G_OBJECT_CLASS (cpg_step_parent_class)->finalize (object);
}

static void cpg_step_class_init (CpgStepClass *class)
{
  GObjectClass *object_class = G_OBJECT_CLASS (class);
  object_class->get_property = get_property;
  object_class->finalize = finalize;
  props[PROP_DECODED] = g_param_spec_boolean ("decoded", NULL, NULL, FALSE, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  props[PROP_TEXT] = g_param_spec_string ("text", NULL, NULL, "", G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void cpg_step_init (CpgStep *self)
{
  (void) self;
}

/* ---- making ---- */

CpgStep *cpg_step_new (CpgJob *job, const CosmosStep *step)
{
  CpgStep *self = g_object_new (CPG_TYPE_STEP, NULL);
  self->job = cpg_job_ref (job);
  self->numbers = *step;
  return self;
}

CpgStep *cpg_step_new_shared (CpgStep *other)
{
  CpgStep *self = cpg_step_new (other->job, &other->numbers);
  self->decodings[0] = other->decodings[0];
  self->decodings[1] = other->decodings[1];
  return self;
}

void cpg_step_set_decoding (CpgStep *self, CosmosShow show, const CosmosDecoding *decoding)
{
  self->decodings[show] = decoding;
}

const CosmosDecoding *cpg_step_get_decoding (CpgStep *self, CosmosShow show)
{
  return self->decodings[show];
}

static const CosmosDecoding *get_shown (CpgStep *self)
{
  return self->decodings[self->show];
}

void cpg_step_set_show (CpgStep *self, CosmosShow show)
{
  self->show = show;
  g_clear_pointer (&self->tokens, g_free);
  self->n_changed = self->n_settled = 0;
}

void cpg_step_mark (CpgStep *self, const CosmosDecoding *const *before, int n)
{
  const CosmosDecoding *decoding = get_shown (self);
  cpg_step_set_show (self, self->show);
  if (!decoding)
    return;
  g_autofree CosmosMark *marks = g_new (CosmosMark, (gsize) decoding->n_positions);
  cosmos_decoding_mark (decoding, before, n, marks);
  self->tokens = cpg_tokens_new (self->job->info, decoding, marks);
  for (int i = 0; i < decoding->n_tokens; i++)
    self->n_settled += self->tokens[i].mark == COSMOS_MARK_SETTLED;
  self->n_changed = cosmos_decoding_count_changed (decoding, n > 0 ? before[0] : NULL);
}

void cpg_step_notify_decoded (CpgStep *self)
{
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_DECODED]);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_TEXT]);
}

/* ---- looking at it ---- */

CpgModelInfo *cpg_step_get_model (CpgStep *self)
{
  return self->job->info;
}

int cpg_step_get_index (CpgStep *self)
{
  return self->numbers.index;
}

double cpg_step_get_t (CpgStep *self)
{
  return self->numbers.t;
}

double cpg_step_get_alpha (CpgStep *self)
{
  return self->numbers.alpha;
}

double cpg_step_get_sigma (CpgStep *self)
{
  return self->numbers.sigma;
}

double cpg_step_get_change (CpgStep *self)
{
  return self->numbers.change;
}

double cpg_step_get_seconds (CpgStep *self)
{
  return self->numbers.seconds;
}

const float *cpg_step_get_latents (CpgStep *self, CosmosShow show, int *n, int *width)
{
  *n = self->job->info->config.latents;
  *width = self->job->info->config.latent_width;
  return show == COSMOS_SHOW_X0 ? self->numbers.x0 : self->numbers.x;
}

gboolean cpg_step_is_decoded (CpgStep *self)
{
  return get_shown (self) != NULL;
}

const char *cpg_step_get_text (CpgStep *self)
{
  const CosmosDecoding *decoding = get_shown (self);
  return decoding ? decoding->text : "";
}

const CpgToken *cpg_step_get_tokens (CpgStep *self, int *n)
{
  *n = self->tokens ? get_shown (self)->n_tokens : 0;
  return self->tokens;
}

double cpg_step_get_confidence (CpgStep *self)
{
  const CosmosDecoding *decoding = get_shown (self);
  return decoding ? decoding->confidence : 0;
}

double cpg_step_get_entropy (CpgStep *self)
{
  const CosmosDecoding *decoding = get_shown (self);
  return decoding ? decoding->entropy : 0;
}

int cpg_step_get_n_changed (CpgStep *self)
{
  return self->n_changed;
}

int cpg_step_get_n_settled (CpgStep *self)
{
  return self->n_settled;
}

double cpg_step_get_decode_seconds (CpgStep *self)
{
  const CosmosDecoding *decoding = get_shown (self);
  return decoding ? decoding->seconds : 0;
}
