/** The catalogue of recommended models. It ships with the program, so that it can be shown offline. */
import path from 'node:path';
import { z } from 'zod';
import { CatalogueEntry } from '../../../../contract/models/hardware.ts';
import { readOwned } from '../../../core/disk/owned-reads.ts';

const Catalogue = z.strictObject({
  /** Day on which sizes and licences were looked up last. */
  checked: z.iso.date().nullable(),
  models: z.array(CatalogueEntry).min(1).max(200),
});

const MAX_BYTES = 1024 * 1024;

/** @returns reads the catalogue, once. @param appRoot folder of the program */
export function createCatalogue(appRoot: string) {
  let reading: Promise<CatalogueEntry[]> | undefined;
  return (): Promise<CatalogueEntry[]> => {
    const root = path.join(appRoot, 'resources');
    reading ??= readOwned(root, path.join(root, 'models.json'), MAX_BYTES).then(
      (text) => Catalogue.parse(JSON.parse(text.toString('utf8'))).models,
    );
    return reading;
  };
}
export type ReadCatalogue = ReturnType<typeof createCatalogue>;
