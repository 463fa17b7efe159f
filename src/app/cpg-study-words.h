/* The results of studies and evaluations in words and as text. One or two of one kind. */
#pragma once

#include "app/pictures/cpg-curves.h"
#include "store/cpg-study-result.h"

G_BEGIN_DECLS

/* All (transfer full) but what is constant. */
char *cpg_study_words_title (CpgStudyResult *result);
char *cpg_study_words_meaning (CpgStudyResult *result); /* a sentence: what it is about */
char *cpg_study_words_verdict (CpgStudyResult *result); /* whether its goals are reached */
/* The same of a study by its name, "noise", that is still to be made; constant. */
const char *cpg_study_words_study_title (const char *study);
const char *cpg_study_words_study_meaning (const char *study);
/* What tells one result from another: the model's name, and the file's where both have one. other: NULL for none. */
char *cpg_study_words_label (CpgStudyResult *result, CpgStudyResult *other);
/* title and value of a fact, translated */
char *cpg_study_words_fact_title (const CpgStudyFact *fact);
char *cpg_study_words_fact_value (const CpgStudyFact *fact);
char *cpg_study_words_number (const CpgStudyTable *table, guint column, double value);

/* Tables of all results as "text" (columns apart by tabulators), "csv" or "markdown". results: CpgStudyResult. */
char *cpg_study_words_tables (GPtrArray *results, const char *format);
/* A chart of the first, and the same of the second where it has it: laid over one another. */
CpgCurves *cpg_study_words_curves (GPtrArray *results, const CpgStudyChart *chart);

G_END_DECLS
