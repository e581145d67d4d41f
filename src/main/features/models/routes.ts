/** Handlers of models: maps only. */

import { reachesScope } from '../../../contract/kernel/rights.ts';
import { ModelId } from '../../../contract/kernel/scalars.ts';
import { ENGINES, engineOf } from '../../../contract/models/engines.ts';
import type { ModelDownload } from '../../../contract/models/hub.ts';
import type { InstalledModel, modelOperations } from '../../../contract/models/models.ts';
import { refOf } from '../../../contract/models/reference.ts';
import type { Handlers, Principal } from '../../core/operation/operation.ts';
import type { JobStarter } from '../jobs/index.ts';
import type { Uploads } from '../storage/index.ts';
import type { Elsewhere } from './elsewhere/index.ts';
import type { Importer, ImportInput } from './registry/import.ts';
import { refIn, variantIn } from './registry/named.ts';
import type { ModelService } from './service.ts';

/** Where files lie is told to those who manage them. */
const seenBy = (principal: Principal, model: InstalledModel): InstalledModel =>
  reachesScope(principal, 'manage') ? model : { ...model, path: null };

/** Maps the operations onto the services. */
export function modelHandlers(deps: {
  service: ModelService;
  importer: Importer;
  imports: JobStarter<ImportInput>;
  elsewhere: Elsewhere;
  downloads: () => ModelDownload[];
  uploads: Uploads;
}): Handlers<keyof typeof modelOperations> {
  const { service, importer, imports, elsewhere, downloads, uploads } = deps;
  return {
    models_list(input, { principal }) {
      const page = service.list(input);
      return { ...page, items: page.items.map((item) => seenBy(principal, item)) };
    },
    models_get: ({ id }, { principal }) => seenBy(principal, service.get(id)),
    models_fits: ({ context_length }) => service.fits(context_length),
    models_scan: () => service.scan(true),
    models_found: async () => ({ items: await elsewhere.list() }),
    async models_import({ path, mode, wait }, { requestId }) {
      if (mode === 'link') {
        const rows = await importer.link(await elsewhere.candidatesAt(path, importer.modelsAtPath));
        return { items: rows.map(service.view) };
      }
      await importer.modelsAtPath(path);
      const { job, result } = imports.start({
        ...{ input: { path, mode }, joinKey: `model_import:${path}`, scope: 'manage', area: 'models', requestId },
      });
      if (!wait) return { job_id: job.id, request_id: requestId };
      const { ids } = (await result()) as { ids: string[] };
      return { items: ids.map((id) => service.get(ModelId.parse(id))) };
    },
    async models_import_upload({ upload_id }, { principal, signal }) {
      const { file, name } = uploads.require(upload_id, principal.id);
      const row = await importer.takeFile(file, name, signal);
      await uploads.taken(upload_id);
      return service.view(row);
    },
    registered_models() {
      const models = service.all().map((row) => ({
        id: refOf(row),
        name: row.name,
        backend: ENGINES[engineOf(row.format)].backend,
        loaded: service.isLoaded(row),
        size_bytes: row.bytes,
        parameters: row.parameters,
      }));
      const partial = downloads().map(({ repo, variant, bytes }) => ({
        ...{
          id: `${repo}:${variant}`,
          name: repo,
          backend: 'none',
          loaded: false,
          size_bytes: bytes,
          parameters: null,
        },
      }));
      const all = [...models, ...partial.filter(({ id }) => !models.some((one) => one.id === id))];
      return { type: 'model_list_response', models: all, count: all.length };
    },
    select_model: (input) => ({ model_id: refOf(service.select(refIn(input))), status: 'selected' }),
    async delete_model(input) {
      const [model_id, variant] = [refIn(input), variantIn(input)];
      const { row, freed } = await service.remove(model_id, variant);
      const id = variant === undefined ? model_id : refOf(row);
      return {
        ...{ model_id: id, model: id, id, object: 'model', deleted: true, status: 'deleted' },
        ...{ freed_bytes: freed, success: true, message: `${row.name} was deleted` },
      };
    },
  };
}
