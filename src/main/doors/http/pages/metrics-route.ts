/** `/metrics`, for callers with a credential. */
import type { FastifyInstance } from 'fastify';
import { AppError } from '../../../../contract/kernel/errors.ts';
import type { SettingsReader } from '../../../core/settings.ts';
import { send } from '../reply/answer.ts';
import type { NotFound } from '../reply/not-found.ts';
import type { Admit } from '../request/admit.ts';
import { addGet } from './get.ts';
import type { MetricsPage } from './metrics-page.ts';

const PATH = '/metrics';

/** Adds the page; without the setting `metrics_enabled` it does not exist. */
export function addMetricsRoute(
  app: FastifyInstance,
  deps: { settings: SettingsReader; admit: Admit; metrics: MetricsPage; notFound: NotFound },
): void {
  const { settings, admit, metrics, notFound } = deps;
  addGet(app, PATH, async (exchange) => {
    if (!settings.get('metrics_enabled')) throw notFound('GET', PATH);
    admit.identify(exchange);
    if (exchange.principal.scope === null || exchange.principal.kind === 'anonymous') {
      throw new AppError('unauthorized', undefined, { extra: { required_scope: 'read' } });
    }
    send(exchange, 200, ['content-type', metrics.contentType], await metrics.render());
  });
}
