import { openModelFiles, showModels } from '../store/models/ownModels';
import { chooseFiles } from '../store/recordings/saveFile';
import type { Action } from './action';

/** The person's own models: those that are kept, and the way to another. */
export const models: Action = { id: 'models', label: 'Open a model file…', keys: [], when: () => true, perform: showModels };

/** Asks for one or two GGUF files and opens them. */
export const openModel: Action = {
  id: 'open-model',
  label: 'Choose a GGUF file',
  keys: [],
  when: () => true,
  perform: async () => {
    const files = await chooseFiles('.gguf,application/octet-stream');
    if (files.length > 0) void openModelFiles(files);
  },
};
