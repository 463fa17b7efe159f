/* How parts of the engine send work to its worker. */
#pragma once

#include "engine/cpg-engine.h"
#include "engine/cpg-errand.h"

G_BEGIN_DECLS

/* (transfer full) */
void cpg_engine_send (CpgEngine *self, CpgErrand *errand);

G_END_DECLS
