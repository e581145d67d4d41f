/** Kind `analyze`: a text, a recording or a picture and what a model is asked about it. */
import { Tags } from 'lucide-react';
import type { JsonObject } from '../../../../contract/kernel/scalars.ts';
import type { KindView } from './kind.ts';
import { lazyPart } from './lazy-part.tsx';

const Form = lazyPart(() => import('./analyze-form.tsx').then((module) => module.Form));

const TEXT: JsonObject = { type: 'string', title: 'Text', minLength: 1, maxLength: 1_000_000 };
const INPUT: JsonObject = { type: 'object', properties: { text: TEXT }, required: ['text'] };
const fileInput = (title: string): JsonObject => ({
  type: 'object',
  properties: { file: { type: 'string', title, format: 'file' } },
  required: ['file'],
});

/** The panel's record of the kind. */
export const analyze: KindView = {
  Icon: Tags,
  tab: 'Model task',
  titles: {
    ...{ task: 'Task', model: 'Model', text: 'Text', labels: 'Labels', hypothesis: 'Hypothesis' },
    ...{ multi_label: 'Several labels may be true', aggregation: 'Grouping' },
    ...{ threshold: 'Minimum score', top_k: 'Number of classes', file: 'File', language: 'Language' },
    ...{ translate: 'Translate into English', timestamps: 'Timestamps' },
  },
  Form,
  Options: null,
  Resolved: null,
  templates: [
    {
      id: 'entities',
      title: 'Find names in a text',
      text: 'People, places and others, each with its place in the text.',
      name: 'Find names in a text',
      spec: { task: 'entities', text: '{{input.text}}', aggregation: 'word', threshold: 0.5 },
      input_schema: INPUT,
      defaults: {},
    },
    {
      id: 'sort',
      title: 'Label a text',
      text: 'Scores your own labels, without training.',
      name: 'Label a text',
      spec: { task: 'zero_shot', text: '{{input.text}}', labels: ['question', 'complaint', 'praise'] },
      input_schema: INPUT,
      defaults: {},
    },
    {
      id: 'transcribe',
      title: 'Transcribe a recording',
      text: 'The words that are spoken in a WAV file, with timestamps.',
      name: 'Transcribe a recording',
      spec: { task: 'transcribe', file: '{{input.file}}', timestamps: true },
      input_schema: fileInput('Recording (WAV)'),
      defaults: {},
    },
    {
      id: 'describe',
      title: 'Describe a picture',
      text: 'One sentence about a PNG file, such as a screenshot that a task left.',
      name: 'Describe a picture',
      spec: { task: 'describe', file: '{{input.file}}' },
      input_schema: fileInput('Picture (PNG)'),
      defaults: {},
    },
  ],
};
