/* Experiments with texts and latents outside any run: text -> latents -> text, noise, the way between two texts, what each latent does.
 *
 * They are errands of the worker, which has them before the next step of a run; each answers once, cancelled (by its cancellable, between layers)
 * being G_IO_ERROR_CANCELLED; the callback's source is NULL, so that no answer keeps an engine that nobody else wants. Results are immutable, reference-counted and for any thread. They work with the open model; latents of another one are
 * refused. A text is encoded once, by reconstructing it; the other experiments go on from its latents.
 */
#pragma once

#include "engine/cpg-engine.h"

G_BEGIN_DECLS

/* A text as the model reads it in latents. */
typedef struct {
  const CpgToken *tokens; /* n_tokens, COSMOS_MARK_CHANGED where they are not what they were to be, else COSMOS_MARK_SAME */
  int n_tokens, n_changed;
  const char *text;
  double confidence;
  gpointer info, decoding; /* the engine's */
} CpgReading;

CpgReading *cpg_reading_ref (CpgReading *self);
void cpg_reading_unref (CpgReading *self);

/* Where experiments start. */
typedef struct {
  const float *values; /* (n, width), normalised */
  int n, width;
  CpgReading *reading; /* NULL where they are of a run */
  gpointer info;       /* the engine's */
} CpgLatents;

/* A step's guess x0. (transfer full) */
CpgLatents *cpg_latents_new_from_step (CpgStep *step);
CpgLatents *cpg_latents_ref (CpgLatents *self);
void cpg_latents_unref (CpgLatents *self);

/* A text through the latents and back. */
typedef struct {
  CpgLatents *latents;            /* its reading: marked where it is not the text */
  int n_tokens, n_right;          /* [CLS] and [SEP] count */
  int max_tokens;                 /* that the model reads */
  gboolean exact, cut;            /* cut: the text was longer than the model reads */
  double mse;                     /* of the normalised encoder states */
  double latent_mean, latent_std; /* over all numbers of the latents */
} CpgReconstruction;

CpgReconstruction *cpg_reconstruction_ref (CpgReconstruction *self);
void cpg_reconstruction_unref (CpgReconstruction *self);

void cpg_engine_reconstruct_async (CpgEngine *self, const char *text, GCancellable *cancellable, GAsyncReadyCallback callback,
                                   gpointer data);
CpgReconstruction *cpg_engine_reconstruct_finish (GAsyncResult *result, GError **error);

/* Latents with noise; the reading is marked against that without. */
typedef struct {
  double sigma, bleu;
  double kept; /* share of the tokens that did not change */
  CpgReading *reading;
} CpgPerturbation;

CpgPerturbation *cpg_perturbation_ref (CpgPerturbation *self);
void cpg_perturbation_unref (CpgPerturbation *self);

/* One result a sigma (0 .. 100, in standard deviations of a latent), all with the same noise. */
void cpg_engine_perturb_async (CpgEngine *self, CpgLatents *latents, const double *sigmas, gsize n, guint64 seed,
                               GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data);
/* Of CpgPerturbation. (transfer full) */
GPtrArray *cpg_engine_perturb_finish (GAsyncResult *result, GError **error);

/* At n places mu (0 .. 1) between two; each reading is marked against the one before. */
void cpg_engine_interpolate_async (CpgEngine *self, CpgLatents *a, CpgLatents *b, const double *mus, gsize n, gboolean spherical,
                                   GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data);
/* Of CpgReading. (transfer full) */
GPtrArray *cpg_engine_interpolate_finish (GAsyncResult *result, GError **error);

/* By how much the probability of each token falls when one latent is replaced by 0, the mean of all texts' latents. */
typedef struct {
  CpgReading *reading; /* of all latents */
  int n;               /* latents */
  const float *values; /* (n, n_tokens of the reading), -1 .. 1 */
} CpgInfluence;

CpgInfluence *cpg_influence_ref (CpgInfluence *self);
void cpg_influence_unref (CpgInfluence *self);

void cpg_engine_measure_influence_async (CpgEngine *self, CpgLatents *latents, GCancellable *cancellable,
                                         GAsyncReadyCallback callback, gpointer data);
CpgInfluence *cpg_engine_measure_influence_finish (GAsyncResult *result, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CpgReading, cpg_reading_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CpgLatents, cpg_latents_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CpgReconstruction, cpg_reconstruction_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CpgPerturbation, cpg_perturbation_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CpgInfluence, cpg_influence_unref)

G_END_DECLS
