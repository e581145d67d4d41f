import type { Run } from '../run.ts';

export const storeReport = async (_run: Run, _folder: string): Promise<void> => undefined;
