/* Texts cut into words as other people's measures cut them, so that figures can be compared: the words with blanks between. All take a text ended by
 * 0; the result is to be freed, NULL when out of memory. */
#pragma once

/* mteval-v13a, the default of sacrebleu (Post 2018): punctuation stands alone, but for apostrophes, for hyphens that follow no digit, and for full stops
 * and commas between digits. The entities &quot; &amp; &lt; &gt; are read, line ends are blanks. */
char *cosmos_cut_13a (const char *text);
/* Runs of a-z and 0-9 in lower case, all else parts: the package rouge-score without its stemmer. */
char *cosmos_cut_alphanumeric (const char *text);
/* Lower case of A-Z, nothing else is changed. */
char *cosmos_cut_lower_case (const char *text);
