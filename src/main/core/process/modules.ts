/** Where the programs are that the host starts: bundles in `out/`, or the sources when the host itself runs from source (tests). */
import path from 'node:path';

const FROM_SOURCE = import.meta.filename.endsWith('.ts');

/** Path of a child process's entry. @param folder below the workers; its last part names the bundle: `out/workers/<name>.js` */
export function workerModule(appRoot: string, folder: string): string {
  return FROM_SOURCE
    ? path.join(appRoot, 'src/workers', folder, 'index.ts')
    : path.join(appRoot, 'out/workers', `${path.posix.basename(folder)}.js`);
}

/** Path of a worker thread's entry: `out/main/threads/<name>.js`. @param folder below the features, where its source is */
export function threadModule(appRoot: string, folder: string, name: string): string {
  return FROM_SOURCE
    ? path.join(appRoot, 'src/main/features', folder, `${name}.thread.ts`)
    : path.join(appRoot, 'out/main/threads', `${name}.js`);
}

/** Path of the entry of a compute pool's processes: `out/main/compute/<name>.js`. @param folder as for a thread */
export function computeModule(appRoot: string, folder: string, name: string): string {
  return FROM_SOURCE
    ? path.join(appRoot, 'src/main/features', folder, `${name}.compute.ts`)
    : path.join(appRoot, 'out/main/compute', `${name}.js`);
}
