/* A report's insides, for those who write it out. */
#pragma once

#include "evaluate/report.h"

typedef struct {
  const char *key;
  bool is_text;
  char text[160];
  double number;
} CosmosFact;

typedef struct {
  int table, x, y;
  bool log_x;
} CosmosReportChart;

struct CosmosReport {
  char verb[32], what[64];
  CosmosTable *tables;
  size_t n_tables;
  CosmosFact *facts;
  size_t n_facts;
  char **notes;
  size_t n_notes;
  CosmosReportChart *charts;
  size_t n_charts;
  bool failed;
};
