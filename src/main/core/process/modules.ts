/** Where the programs are that the host starts: bundles in `out/`, or the sources when the host itself runs from source (tests). */
import path from 'node:path';

const FROM_SOURCE = import.meta.filename.endsWith('.ts');

/** Folder of each worker process, below the workers. */
const WORKERS = { executor: 'executor', llama: 'inference/llama', onnx: 'inference/onnx' } as const;

/** Path of a child process's entry: `out/workers/<name>.js`. */
export function workerModule(appRoot: string, name: keyof typeof WORKERS): string {
  return FROM_SOURCE
    ? path.join(appRoot, 'src/workers', WORKERS[name], 'index.ts')
    : path.join(appRoot, 'out/workers', `${name}.js`);
}

/** Folder of each worker thread, below the features. */
const THREADS = {
  backup: 'storage',
  'db-check': 'telemetry',
  'profile-archive': 'profiles/archive',
} as const;

/** Path of a worker thread's entry: `out/main/threads/<name>.js`. */
export function threadModule(appRoot: string, name: keyof typeof THREADS): string {
  return FROM_SOURCE
    ? path.join(appRoot, 'src/main/features', THREADS[name], `${name}.thread.ts`)
    : path.join(appRoot, 'out/main/threads', `${name}.js`);
}

/** Folder of each program of a compute pool, below the features. */
const COMPUTATIONS = {
  checks: 'commands/compute',
  lexical: 'embeddings',
  vectors: 'retrieval',
} as const;

/** Path of the entry of a compute pool's processes: `out/main/compute/<name>.js`. */
export function computeModule(appRoot: string, name: keyof typeof COMPUTATIONS): string {
  return FROM_SOURCE
    ? path.join(appRoot, 'src/main/features', COMPUTATIONS[name], `${name}.compute.ts`)
    : path.join(appRoot, 'out/main/compute', `${name}.js`);
}
