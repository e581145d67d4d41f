/** OpenAI's wires of streams: bare `data` lines with `[DONE]` at the end, or typed events. */
import type { OperationId } from '../../../contract/index.ts';
import type { AppError, Problem } from '../../../contract/kernel/errors.ts';
import { type Dialect, problemBody, type StreamWire } from '../../doors/index.ts';

const line = (value: unknown) => `data: ${JSON.stringify(value)}\n\n`;

interface Route {
  url: string;
  operation: OperationId;
  wire(problem: (error: AppError) => Problem): StreamWire;
}

const chunks: Route['wire'] = (problem) => ({
  item: line,
  end: 'data: [DONE]\n\n',
  failure: (error) => line(problem(error)),
});

/** Typed events without an end mark; what fails before the first of them is an event of its own. */
const events: Route['wire'] = (problem) => ({
  item: (event) => `event: ${(event as { type: string }).type}\n${line(event)}`,
  failure(error) {
    const { code, detail, error: told } = problem(error);
    const param = (told as { param?: unknown } | undefined)?.param ?? null;
    return `event: error\n${line({ type: 'error', code, message: detail, param, sequence_number: 0 })}`;
  },
});

/** Operations whose streams have a form of their own. */
const ROUTES: readonly Route[] = [
  { url: '/v1/chat/completions', operation: 'chat', wire: chunks },
  { url: '/v1/completions', operation: 'generate', wire: chunks },
  { url: '/v1/responses', operation: 'responses', wire: events },
];

export const openAiDialect: Dialect = {
  name: 'openai',
  register(_app, kit) {
    for (const { url, operation, wire } of ROUTES)
      kit.route({
        method: 'POST',
        url,
        operation,
        async answer({ request, requestId, run, json, stream }) {
          const result = await run(request.body);
          if (result.kind === 'value') return json(200, result.value);
          await stream(
            result.items,
            wire((error) => problemBody(error, { instance: url, requestId, openai: true })),
          );
        },
      });
  },
};
