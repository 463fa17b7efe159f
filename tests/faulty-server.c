#include "faulty-server.h"

#include "model-folder.h"

#include <stdio.h>

static GSubprocess *process;
static char *folder, *certificate;
static int port, secure_port, counter;

void faulty_server_start (void)
{
  g_autoptr (GError) error = NULL;
  folder = model_folder_new_temporary ();
  certificate = faulty_server_get_file ("certificate.pem");
  process = g_subprocess_new (G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error, g_getenv ("PYTHON"),
                              g_getenv ("FAULTY_SERVER"), folder, NULL);
  g_assert_no_error (error);
  g_autoptr (GDataInputStream) output = g_data_input_stream_new (g_subprocess_get_stdout_pipe (process));
  g_autofree char *line = g_data_input_stream_read_line (output, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (sscanf (line, "%d %d", &port, &secure_port), ==, 2);
}

void faulty_server_stop (void)
{
  g_output_stream_close (g_subprocess_get_stdin_pipe (process), NULL, NULL);
  g_subprocess_wait (process, NULL, NULL);
  g_clear_object (&process);
  g_free (certificate);
  model_folder_remove (folder);
}

char *faulty_server_get_url (const char *fault)
{
  return g_strdup_printf ("http://127.0.0.1:%d/%s/%d", port, fault, counter++);
}

char *faulty_server_get_secure_url (const char *fault)
{
  return secure_port ? g_strdup_printf ("https://127.0.0.1:%d/%s/%d", secure_port, fault, counter++) : NULL;
}

const char *faulty_server_get_certificate (void)
{
  return certificate;
}

char *faulty_server_get_file (const char *name)
{
  return g_build_filename (folder, name, NULL);
}

char *faulty_server_get_sha256 (const char *name)
{
  g_autofree char *path = faulty_server_get_file (name), *data = NULL;
  gsize size;
  g_assert_true (g_file_get_contents (path, &data, &size, NULL));
  return g_compute_checksum_for_data (G_CHECKSUM_SHA256, (const guchar *) data, size);
}
