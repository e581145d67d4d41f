/** Addresses beside the contract: GET and HEAD, answered without the dispatcher. */
import type { FastifyInstance } from 'fastify';
import { sendProblem } from '../reply/answer.ts';
import { Exchange } from '../request/exchange.ts';

/** Answers a GET; `rest` is what the `*` of the address stands for. What it throws goes out as a problem. */
export type AnswerGet = (exchange: Exchange, rest: string) => void | Promise<void>;

/** Adds an address. */
export function addGet(app: FastifyInstance, url: string, answer: AnswerGet): void {
  app.route<{ Params: { '*'?: string } }>({
    method: ['GET', 'HEAD'],
    url,
    async handler(request, reply) {
      reply.hijack();
      const exchange = Exchange.of(request.raw);
      try {
        await answer(exchange, request.params['*'] ?? '');
      } catch (error) {
        sendProblem(exchange, error);
      }
    },
  });
}
