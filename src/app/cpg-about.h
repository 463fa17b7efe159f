/* The dialog that says what the program is and, for reports of faults, what it runs on. */
#pragma once

#include "app/cpg-session.h"
#include <adwaita.h>

AdwDialog *cpg_about_create (CpgSession *session);
