/* Folders of weights as a trainer leaves them, tiny and random: what tests convert, open and run. */
#pragma once

#include <glib.h>

/* Makes folder with model.safetensors, config.json and tokenizer.json. A COSMOS with the tasks "story" and "detox" ... */
void model_folder_write_cosmos (const char *folder);
/* ... one that reads sources and has the tasks "story", "summary", "question" and "detox" ... */
void model_folder_write_cosmos_with_sources (const char *folder);
/* ... and a LLaMA of Hugging Face's names with grouped keys. tied: without lm_head. */
void model_folder_write_llama (const char *folder, gboolean tied);

/* A folder of its own below the system's temporary one, and its removal with all that is in it. */
char *model_folder_new_temporary (void);
void model_folder_remove (char *folder);
