/* The server that misbehaves (faulty-server.py), started for a test program, and what it serves. */
#pragma once

#include <gio/gio.h>

/* Starts it; $FAULTY_SERVER and $PYTHON name what to run. */
void faulty_server_start (void);
void faulty_server_stop (void);
/* "http://127.0.0.1:PORT/FAULT/NAME", NAME being another one at each call; g_free () it. */
char *faulty_server_get_url (const char *fault);
/* The same by https; NULL where there is no certificate. */
char *faulty_server_get_secure_url (const char *fault);
const char *faulty_server_get_certificate (void);
/* A file that it serves ("content.bin", "huge.bin"), or its SHA-256; g_free () it. */
char *faulty_server_get_file (const char *name);
char *faulty_server_get_sha256 (const char *name);
enum { FAULTY_SERVER_SIZE = 300000, FAULTY_SERVER_HUGE_SIZE = 8000000 };
