/* The head of a server's answer, lines of any bytes: read, judged, and an address to go on to must be a safe one. */
#include "store/cpg-address.h"
#include "store/cpg-response.h"

#include <assert.h>
#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

static void judge (const CpgResponse *response, const CpgRequest *request)
{
  g_autoptr (GError) error = NULL, why = NULL;
  CpgAnswer answer = cpg_response_judge (response, request, "https://example.org/a", &error);
  assert ((error != NULL) == (answer >= CPG_ANSWER_LATER));
  if (answer == CPG_ANSWER_REST)
    assert (cpg_response_get_whole_size (response, request) > request->offset);
  if (answer != CPG_ANSWER_REDIRECT)
    return;
  g_autofree char *target = cpg_address_redirect ("https://example.org/a", response->location, &why);
  assert ((target != NULL) == (why == NULL));
  assert (!target || (g_ascii_strncasecmp (target, "https:", 6) == 0 && cpg_address_check (target, NULL)));
}

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  static const CpgRequest requests[] = {{0}, {.size = 15}, {.offset = 5, .size = 15, .total = 15, .etag = "\"a\""}};
  const char *at = (const char *) data, *end = at + size;
  CpgResponse response;
  cpg_response_init (&response);
  while (at < end) {
    const char *stop = memchr (at, '\n', (size_t) (end - at));
    size_t length = stop ? (size_t) (stop + 1 - at) : (size_t) (end - at);
    cpg_response_add_line (&response, at, length, 1000000000);
    at += length;
  }
  for (size_t i = 0; i < G_N_ELEMENTS (requests); i++)
    judge (&response, &requests[i]);
  cpg_response_clear (&response);
  return 0;
}
