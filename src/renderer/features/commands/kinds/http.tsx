/** Kind `http`: a request and what the response must be. */
import { Globe } from 'lucide-react';
import { URL_SCHEMA } from './fields.tsx';
import type { KindView } from './kind.ts';
import { lazyPart } from './lazy-part.tsx';

const Form = lazyPart(() => import('./http-form.tsx').then((module) => module.Form));

/** The panel's record of the kind. */
export const http: KindView = {
  Icon: Globe,
  tab: 'Request',
  titles: {
    ...{
      method: 'Method',
      url: 'Address',
      query: 'Query',
      headers: 'Headers',
      body: 'Body',
      expect: 'Response checks',
    },
    ...{ follow_redirects: 'Follow redirects', max_output_bytes: 'Max output (bytes)' },
  },
  Form,
  Options: null,
  Resolved: null,
  templates: [
    {
      id: 'get',
      title: 'Check an address',
      text: 'Sends a request and checks its status and duration.',
      name: 'Check an address',
      spec: { method: 'GET', url: '{{input.url}}', expect: { status: 200, max_duration_ms: 5_000 } },
      input_schema: { type: 'object', properties: { url: URL_SCHEMA }, required: ['url'] },
      defaults: {},
    },
    {
      id: 'post',
      title: 'Send JSON',
      text: 'Posts a JSON body built from the input.',
      name: 'Send JSON',
      spec: {
        method: 'POST',
        url: 'https://api.example/items',
        body: { json: { name: '{{input.name}}' } },
        expect: { status: [200, 201] },
      },
      input_schema: { type: 'object', properties: { name: { type: 'string', title: 'Name' } }, required: ['name'] },
      defaults: {},
    },
  ],
};
